/*
 * test_surroundings.c: hmap started without what a process mostly has: standard
 * files, descriptors, symbols, memory. It says so in one line or works all the
 * same; it never prints into a file that is not its output, and never a wrong
 * number.
 */
#include "runtime/base/base.h"
#include "tests/child.h"
#include "tests/hmaprun.h"

#define PROFILE  "tests/golden/profiles/map_group.pb.gz"
#define WORKLOAD "tests/golden/go1.19/w1000.txt"

/* One of each way in which commands read and print. */
static const char *const commands[] = {
    "help",     "scenarios -tsv",   "run small-map", "run tiny -json",
    "claims 1", "replay " WORKLOAD, "top " PROFILE,  "explain -tsv " PROFILE,
};

static void expect_error(const char *args, const char *line)
{
    struct ran r = hmap(args);
    cr_expect_eq(r.status, 1, "hmap %s: status %d", args, r.status);
    cr_expect_str_eq(r.err, line, "hmap %s: said %s", args, r.err);
    ran_free(&r);
}

Test(surroundings, without_standard_input)
{
    static const char *const readers[] = {"replay", "explain", "top", "traces"};
    struct ran taken =
        hmap("help >/dev/null; sh -c '[ -e /proc/self/fd/0 ]' <&-");
    if (taken.status == 0)
        cr_skip("qemu-user opens the program as the descriptor that is free");
    ran_free(&taken);
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        char args[100];
        snprintf(args, sizeof args, "%s - <&-", readers[i]);
        expect_error(args, "hmap: standard input: Bad file descriptor\n");
    }
    struct ran r = hmap("run small-map <&-");
    cr_expect_eq(r.status, 0);
    ran_free(&r);
}

Test(surroundings, without_standard_output)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        char args[200];
        snprintf(args, sizeof args, "%s >&-", commands[i]);
        expect_error(args,
                     "hmap: writing standard output: Bad file descriptor\n");
        snprintf(args, sizeof args, "%s <&- >&-", commands[i]);
        expect_error(args,
                     "hmap: writing standard output: Bad file descriptor\n");
    }
}

/* What is meant for the terminal stays out of the file. */
Test(surroundings, without_any_standard_file_a_profile_is_whole)
{
    struct ran r =
        hmap("help >/dev/null; d=$(mktemp -d) && "
             "{ \"$HMAP\" run small-map -textprofile $d/a >/dev/null; "
             "  \"$HMAP\" run small-map -textprofile $d/b <&- >&- 2>&-; "
             "  echo $?; cmp $d/a $d/b && echo same; rm -r $d; }");
    cr_assert_str_eq(r.out, "1\nsame\n");
    ran_free(&r);
}

/* As ever, or one line that says why not. */
static void expect_same_or_error(const char *limit, const char *args)
{
    char limited[300];
    struct ran free_run = hmap(args);
    snprintf(limited, sizeof limited, "help >/dev/null; %s; \"$HMAP\" %s",
             limit, args);
    struct ran r = hmap(limited);
    if (r.status == 0)
        cr_expect_str_eq(r.out, free_run.out, "%s", limited);
    else
        cr_expect(r.status == 1 && strncmp(r.err, "hmap: ", 6) == 0 &&
                      strchr(r.err, '\n')[1] == '\0',
                  "%s: status %d, said %s", limited, r.status, r.err);
    ran_free(&r);
    ran_free(&free_run);
}

Test(surroundings, with_few_files_to_open, .timeout = 60)
{
#ifdef HMAP_OUTLINED
    cr_skip("a build for coverage writes its counts into files of its own");
#endif
    if (strcmp(ARCH_NAME, "arm64") == 0)
        cr_skip("libunwind ends by SIGSEGV there where it can open no pipe");
    /* With three the loader finds no libraries. */
    for (int n = 4; n <= 8; n++)
        for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
            /* LeakSanitizer, where there is one, opens files of its own. */
            char limit[80];
            snprintf(limit, sizeof limit,
                     "export ASAN_OPTIONS=detect_leaks=0; ulimit -n %d", n);
            expect_same_or_error(limit, commands[i]);
        }
}

/* The tables of the heap's addresses are as large as the limit asks. Where a
 * sanitizer needs more of them for itself nothing starts. */
Test(surroundings, with_few_addresses, .timeout = 60)
{
    static const char limit[] = "help >/dev/null; ulimit -v 300000; \"$HMAP\"";
    static const char *const runs[] = {
        "run small-map -memprofile /dev/null -folded /dev/null",
        "run large-map", ("explain " PROFILE)};
    char args[200];

    snprintf(args, sizeof args, "%s help >/dev/null", limit);
    struct ran r = hmap(args);
    int starts = r.status;
    ran_free(&r);
    if (starts != 0)
        cr_skip("no program starts");
    for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
        struct ran free_run = hmap(runs[i]);
        snprintf(args, sizeof args, "%s %s", limit, runs[i]);
        r = hmap(args);
        cr_expect_eq(r.status, 0, "%s: status %d", args, r.status);
        cr_expect_str_eq(r.out, free_run.out, "%s", args);
        ran_free(&r);
        ran_free(&free_run);
    }
}

Test(surroundings, with_hardly_an_address)
{
    needs_limits();
    struct ran r = hmap("help >/dev/null; ulimit -v 100000; \"$HMAP\" help "
                        ">/dev/null || exit 99; \"$HMAP\" run large-map");
    if (r.status == 99)
        cr_skip("no program starts");
    cr_expect_eq(r.status, 2, "status %d", r.status);
    expect_part(r.err, "KB; ulimit -v allows 100000 KB of address space\n"
                       "fatal error: out of memory\n");
    ran_free(&r);
}

Test(surroundings, with_a_small_stack)
{
    needs_limits();
    struct ran r = hmap("help >/dev/null; ulimit -s 100; \"$HMAP\" run tiny "
                        ">/dev/null");
    cr_expect_eq(r.status, 1, "status %d", r.status);
    cr_expect_str_eq(r.err,
                     "hmap: the stack is full: ulimit -s allows 100 KB\n");
    ran_free(&r);
}

Test(surroundings, without_proc)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip("AddressSanitizer reads /proc itself");
#endif
    struct ran r = hmap("help >/dev/null; unshare -m sh -c 'mount -t tmpfs "
                        "none /proc 2>/dev/null || exit 99; exec \"$HMAP\" run "
                        "tiny >/dev/null' || exit $?");
    if (r.status == 99 || strncmp(r.err, "unshare", 7) == 0)
        cr_skip("needs the right to mount a file system");
    cr_expect_eq(r.status, 1, "status %d", r.status);
    cr_expect_str_eq(r.err, "hmap: call stacks are out of reach without "
                            "/proc/self/maps: No such file or directory\n");
    ran_free(&r);
}

/* Chains are made of names: better none than chains of nothing. */
Test(surroundings, without_symbols, .timeout = 60)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        expect_same_or_error("s=$(mktemp) && strip -o $s \"$HMAP\" && "
                             "trap \"rm $s\" EXIT && HMAP=$s",
                             commands[i]);
}

/* Threads that wait for each other let the other ones run. */
Test(surroundings, at_a_real_time_priority, .timeout = 60)
{
    struct ran r = hmap("help >/dev/null; chrt -f 10 true 2>/dev/null || exit "
                        "99; chrt -f 10 timeout 40 \"$HMAP\" run contention -n "
                        "1000 >/dev/null");
    if (r.status == 99)
        cr_skip("needs the right to a real-time priority");
    cr_expect_eq(r.status, 0, "status %d", r.status);
    ran_free(&r);
}
