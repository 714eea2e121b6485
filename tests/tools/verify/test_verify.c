/*
 * test_verify.c: finding a Go toolchain, and the same workload here and on each
 * release of Go that this machine has (HMAP_GOROOTS=DIR, or go in PATH).
 */
#include "tests/hmaprun.h"
#include "tools/lib/exits.h"
#include "tools/verify/verify.h"
#include <sys/stat.h>

#define WORKLOAD "tests/golden/go1.19/w1000.txt"

static void expect_failure(const char *args, const char *line)
{
    struct ran r = hmap(args);
    cr_expect_eq(r.status, 1, "hmap %s: status %d", args, r.status);
    cr_expect_str_empty(r.out);
    cr_expect_str_eq(r.err, line);
    ran_free(&r);
}

Test(verify, a_missing_toolchain_is_one_line_with_the_ways_out)
{
    unsetenv("HMAP_GOROOTS");
    setenv("PATH", "/nowhere", 1);
    expect_failure("verify -go 1.22 " WORKLOAD,
                   "hmap: real go1.22 takes its toolchain: -goroot DIR, or "
                   "HMAP_GOROOTS=DIR where it is DIR/1.22, or go in PATH, "
                   "which is missing (https://go.dev/dl has them)\n");
    expect_failure("verify " WORKLOAD,
                   "hmap: real go1.19 takes its toolchain: -goroot DIR, or "
                   "HMAP_GOROOTS=DIR where it is DIR/1.19, or go in PATH, "
                   "which is missing (Debian 12: apt-get install golang-go)\n");
    expect_failure("verify -goroot /no/such/folder " WORKLOAD,
                   "hmap: -goroot /no/such/folder: want a folder with bin/go "
                   "of go1.19; it is missing\n");
}

Test(verify, traces_are_refused_where_go_prints_none)
{
    expect_refused("verify -trace -go 1.23 " WORKLOAD,
                   "hmap: verify: go1.23 has no GODEBUG=allocfreetrace for "
                   "-trace");
}

Test(verify, a_toolchain_is_of_the_release_that_was_asked_for)
{
    struct toolchain t;
    char *why = NULL;
    int found = 0;
    for (const struct goversion *v = goversions; v->name != NULL; v++) {
        if (!toolchain_find(&t, v, NULL, &why)) {
            fprintf(stderr, "test_verify: not checked: %s\n", why);
            free(why);
            continue;
        }
        cr_expect_eq(goversion_named(t.version), v);
        toolchain_free(&t);
        found++;
    }
    if (found == 0)
        cr_skip_test("no toolchain at all");
}

/* Ends the test where this machine has no toolchain of v. */
static void want_toolchain(const struct goversion *v)
{
    struct toolchain t;
    char *why;
    if (!toolchain_find(&t, v, NULL, &why))
        cr_skip_test("%s", why);
    toolchain_free(&t);
}

Test(verify, a_workload_is_as_in_go, .timeout = 300)
{
    want_toolchain(modelled);
    struct ran r = hmap("verify " WORKLOAD);
    cr_expect_eq(r.status, 0);
    expect_part(r.out, "\n1 workload, 30 lines, 4 maps: all equal\n");
    ran_free(&r);
}

/*
 * Toolchains that are not Go: a script in its place, whose program answers with
 * our own figures, changed by a line of the shell. So what verify does with
 * answers of each kind is tested where no Go is.
 */

struct standin {
    char root[32];       /* for -goroot */
    char workload[40];   /* a file that a test may write */
    const char *version; /* of the toolchain */
    const char *build;   /* what `go build` does before it succeeds */
    const char *change;  /* a filter of the answers; NULL: as they are */
};

static void standin_make(struct standin *s)
{
    char path[64];
    strcpy(s->root, "/tmp/hmap-standin-XXXXXX");
    cr_assert_not_null(mkdtemp(s->root));
    snprintf(s->workload, sizeof s->workload, "%s/w.txt", s->root);
    snprintf(path, sizeof path, "%s/bin", s->root);
    mkdir(path, 0777);
    strcat(path, "/go");
    FILE *f = fopen(path, "w");
    fprintf(f,
            "#!/bin/sh\n"
            "[ \"$1\" = env ] && exec echo %s\n"
            "%s\n"
            "cat >oracle <<'END'\n"
            "#!/bin/sh\n"
            "for f; do\n"
            "    case $f in -trace) export GODEBUG=allocfreetrace=1 ;; esac\n"
            "    case $f in -*) continue ;; esac\n"
            "    echo \"== $f\"; echo \"== $f\" >&2\n"
            "    \"$HMAP\" replay -layout \"$f\" | sed 1d | %s || exit 1\n"
            "done\n"
            "END\n"
            "chmod +x oracle\n",
            s->version ? s->version : "go1.19.8", s->build ? s->build : "",
            s->change ? s->change : "cat");
    fclose(f);
    chmod(path, 0777);
}

static struct ran standin_verify(const struct standin *s, const char *args)
{
    char line[256];
    snprintf(line, sizeof line, "verify -goroot %s %s", s->root, args);
    return hmap(line);
}

static void standin_remove(const struct standin *s)
{
    char line[64];
    snprintf(line, sizeof line, "rm -r %s", s->root);
    cr_assert_eq(system(line), 0);
}

static void write_workload(const struct standin *s, const char *text)
{
    FILE *f = fopen(s->workload, "w");
    fputs(text, f);
    fclose(f);
}

#define KEYS                                                            \
    "hashkey 0x9f0c250e9ab558a5 0x122ca7bceca3971d 0xda0e93ba5f05c67d " \
    "0xd63ebe07600607c5\nhash0 0x5eed1234\n"

Test(verify, equal_answers_are_counted)
{
    struct standin s = {.change = "cat"};
    standin_make(&s);
    write_workload(&s, KEYS "map m int64 int64\ninsert m 0 14\n");
    struct ran r = standin_verify(&s, s.workload);
    cr_expect_eq(r.status, 0);
    cr_expect_str_empty(r.err);
    cr_expect_str_eq(r.out, "# go1.19 against go1.19.8, seed 1\n"
                            "1 workload, 10 lines, 1 map: all equal\n");
    ran_free(&r);
    r = standin_verify(&s, "-random 60 -types 9 -aimed -seed 2");
    cr_expect_eq(r.status, 0);
    expect_part(r.out, "# go1.19 against go1.19.8, seed 2\n60 workloads, ");
    expect_part(r.out, " maps: all equal\n");
    ran_free(&r);
    standin_remove(&s);
}

Test(verify, keys_that_a_file_lacks_come_from_the_seed)
{
    struct standin s = {.change = "sed /total/d"};
    standin_make(&s);
    write_workload(&s, "map m int64 int64\ninsert m 0 1\n");
    struct ran r = standin_verify(&s, s.workload);
    expect_part(r.out, "from 2 steps to 0:\nhashkey 0x");
    expect_part(r.out, "\nhash0 0x");
    char args[64];
    snprintf(args, sizeof args, "-seed 2 %s", s.workload);
    struct ran other = standin_verify(&s, args);
    cr_expect_str_neq(strstr(r.out, "hashkey"), strstr(other.out, "hashkey"));
    standin_remove(&s);
}

/* What differs is printed as the least workload that does, and its lines: here
 * two buckets are called three, and a 9th insert brings the second one. */
Test(verify, what_differs_is_reduced_and_shown)
{
    struct standin s = {.change = "sed 's/ B=1 / B=3 /'"};
    standin_make(&s);
    write_workload(&s, KEYS "map a string int8\ninsert a 0 3\n"
                            "map m int64 int64\ninsert m 0 11\n"
                            "delete m 0 1\ngc\nlookup a 0 3\n");
    struct ran r = standin_verify(&s, s.workload);
    cr_expect_eq(r.status, 1);
    cr_expect_str_eq(
        r.out,
        "\n# differs from go1.19.8, reduced from 7 steps to 2:\n" KEYS
        "map m int64 int64\ninsert m 0 9\n"
        "# the lines that differ:\n"
        "go:   hmap m count=9 B=3 noverflow=0 nevacuate=1 growing=false\n"
        "hmap: hmap m count=9 B=1 noverflow=0 nevacuate=1 growing=false\n"
        "# go1.19 against go1.19.8, seed 1\n"
        "1 workload, 9 lines, 2 maps: 1 workload differs\n");
    ran_free(&r);
    standin_remove(&s);
}

/* Events are compared in order; the first that differs is shown. */
Test(verify, events_are_compared_in_order)
{
    needs_the_heaps_place();
    struct standin s = {.change = "cat"};
    standin_make(&s);
    write_workload(&s, KEYS "map m int64 int64\ninsert m 0 14\n");
    char args[64];
    snprintf(args, sizeof args, "-trace %s", s.workload);
    struct ran r = standin_verify(&s, args);
    cr_expect_eq(r.status, 0, "%s%s", r.out, r.err);
    cr_expect_str_eq(r.out, "# go1.19 against go1.19.8, seed 1\n"
                            "1 workload, 11 events: all equal\n");
    ran_free(&r);
    standin_remove(&s);
}

/* As tests/golden has them: a digest of the answers, then the workload. */
Test(verify, answers_are_recorded_whole)
{
    struct standin s = {.change = "cat"};
    standin_make(&s);
    write_workload(&s, KEYS "map m int64 int64\ninsert m 0 14\n");
    char args[128];
    snprintf(args, sizeof args, "-record %s/r %s && cat %s/r", s.root,
             s.workload, s.root);
    struct ran r = standin_verify(&s, args);
    cr_expect_eq(r.status, 0, "%s", r.err);
    unsigned long long digest;
    const char *at = strstr(r.out, "all equal\n== 0x");
    cr_assert_not_null(at, "%s", r.out);
    cr_expect_eq(sscanf(at, "all equal\n== 0x%llx\n", &digest), 1);
    cr_expect_str_eq(at + strlen("all equal\n== 0x0123456789abcdef\n"),
                     KEYS "map m int64 int64\ninsert m 0 14\n");
    ran_free(&r);
    snprintf(args, sizeof args, "-record /nowhere/r %s", s.workload);
    r = standin_verify(&s, args);
    cr_expect_eq(r.status, 1);
    cr_expect_str_eq(r.err, "hmap: /nowhere/r: No such file or directory\n");
    ran_free(&r);
    standin_remove(&s);
}

/* What a failing toolchain says is told, made visible. */
Test(verify, a_build_or_a_program_that_fails_is_told)
{
    struct standin s = {.build =
                            "printf 'pairs.go:1: \\033[2Jno\\n' >&2; exit 1"};
    standin_make(&s);
    struct ran r = standin_verify(&s, WORKLOAD);
    cr_expect_eq(r.status, 1);
    cr_expect_str_empty(r.out);
    cr_expect_str_eq(r.err, "hmap: go build failed:\npairs.go:1: \\x1b[2Jno\n");
    ran_free(&r);
    standin_remove(&s);

    s = (struct standin){.change = "(echo out of luck >&2; false)"};
    standin_make(&s);
    r = standin_verify(&s, WORKLOAD);
    cr_expect_eq(r.status, 1);
    cr_expect_str_empty(r.out);
    expect_part(r.err, "hmap: the Go side failed: == /");
    expect_part(r.err, "out of luck\n");
    ran_free(&r);
    standin_remove(&s);
}

Test(verify, a_toolchain_of_another_release_is_named)
{
    struct standin s = {.version = "go1.22.3"};
    standin_make(&s);
    char line[160];
    snprintf(line, sizeof line,
             "hmap: -goroot %s: want a folder with bin/go of go1.19; it is "
             "go1.22.3\n",
             s.root);
    struct ran r = standin_verify(&s, WORKLOAD);
    cr_expect_eq(r.status, 1);
    cr_expect_str_eq(r.err, line);
    ran_free(&r);
    standin_remove(&s);
}

Test(verify, files_or_random_ones)
{
    expect_refused("verify",
                   "hmap: verify wants a workload file, or -random COUNT");
    expect_refused("verify -random 3 " WORKLOAD,
                   "hmap: verify takes files or -random, not both");
}
