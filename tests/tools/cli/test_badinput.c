/*
 * test_badinput.c: what no user should give and somebody will: every command
 * with hostile files, arguments and outputs. It answers with one line and
 * status 2 (1 for input and output), or with a result; never with a signal.
 */
#include "runtime/base/base.h"
#include "tests/hmaprun.h"
#include <signal.h>
#include <unistd.h>
#include <zlib.h>

#define PROFILE  "tests/golden/profiles/map_group.pb.gz"
#define WORKLOAD "tests/golden/go1.19/w1000.txt"

/* Criterion 2.4 loses a record of its own where tests run side by side (not
 * with -j1): no leak of ours. LeakSanitizer asks this. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcriterion";
}

/* Commands that read a file, without its name. */
static const char *const readers[] = {
    "replay",       "explain", "explain -json",
    "explain -tsv", "top",     "tree",
    "peek .",       "traces",  ("top -diff_base=" PROFILE),
};

/* Commands that print, each in each of its formats. */
static const char *const printers[] = {
    "help",
    "run -h",
    "run",
    "run tiny",
    "run tiny -json",
    "run tiny -tsv",
    "scenarios",
    "scenarios -json",
    "scenarios -tsv",
    "claims 1 2",
    "claims 1 -json",
    "claims 1 -tsv",
    "replay " WORKLOAD,
    "replay -layout -classes " WORKLOAD,
    "explain " PROFILE,
    "explain -json " PROFILE,
    "explain -tsv " PROFILE,
    "top " PROFILE,
    "tree " PROFILE,
    "peek . " PROFILE,
    "traces " PROFILE,
};

static bool is_one_line(const char *err)
{
    const char *end = strchr(err, '\n');
    return strncmp(err, "hmap: ", 6) == 0 && end != NULL && end[1] == '\0' &&
           end - err < 1000;
}

/* A result, or one line. */
static void expect_answer(const char *args)
{
    struct ran r = hmap(args);
    cr_expect_leq(r.status, 2, "hmap %s: status %d: %.300s", args, r.status,
                  r.err);
    if (r.status != 0)
        cr_expect(is_one_line(r.err), "hmap %s: said %.600s", args, r.err);
    ran_free(&r);
}

/* One line and status 2. */
static void expect_usage_error(const char *args)
{
    struct ran r = hmap(args);
    cr_expect_eq(r.status, 2, "hmap %s: status %d", args, r.status);
    cr_expect(is_one_line(r.err), "hmap %s: said %.600s", args, r.err);
    cr_expect_str_empty(r.out, "hmap %s: printed %.300s", args, r.out);
    ran_free(&r);
}

static char path[] = "/tmp/hmap-badinput-XXXXXX";

static void set_up(void)
{
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
}

static void tear_down(void)
{
    unlink(path);
}

static void write_bytes(const void *bytes, size_t n)
{
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    cr_assert_eq(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void write_gzip(const void *bytes, size_t n)
{
    gzFile f = gzopen(path, "wb1");
    cr_assert_eq(gzwrite(f, bytes, (unsigned)n), (int)n);
    gzclose(f);
}

/* What stands in the file, to every reader, by its name and as standard
 * input. */
static void feed_all_readers(void)
{
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        char args[300];
        snprintf(args, sizeof args, "%s %s", readers[i], path);
        expect_answer(args);
        snprintf(args, sizeof args, "%s - <%s", readers[i], path);
        expect_answer(args);
    }
}

Test(badinput, text_that_ends_too_early, .init = set_up, .fini = tear_down,
     .timeout = 300)
{
    static const char *const texts[] = {
        "",
        "\n",
        "\r\n\r\n",
        "\xef\xbb\xbfheap profile",
        "\xff\xfe\xfd",
        "heap profile: ",
        "heap profile: 1: 2 [3: 4] @ heap/1048576\n1: 2 [3: 4] @ 0x1 0x",
        "heap profile: 1: 2 [3: 4] @ heap/0\n-1: -2 [-3: -4] @ 0x1\n",
        "heap profile: 99999999999999999999: 2 [3: 4] @ heap/2\n",
        "tracealloc(",
        "tracealloc(0x1, 0x2, int)\n",
        ("tracealloc(0x1, 0xffffffffffffffffffff, int)\ngoroutine 1 "
         "[running]:\nruntime.mallocgc(0x1)\n\t/x.go:1 +0x1\n\n"),
        "map m \"int",
        "map m int int\r\ninsert m 0 9\r\ninsert m",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        write_bytes(texts[i], strlen(texts[i]));
        feed_all_readers();
    }
}

Test(badinput, bytes_that_are_no_text, .init = set_up, .fini = tear_down,
     .timeout = 300)
{
    enum { Size = 1 << 20 };
    unsigned char *bytes = calloc(Size, 1);
    write_bytes(bytes, Size);
    feed_all_readers();
    write_gzip(bytes, Size);
    feed_all_readers();
    cr_assert_eq(truncate(path, 100), 0);
    feed_all_readers();
    memset(bytes, 'x', Size); /* one line of a megabyte */
    write_bytes(bytes, Size);
    feed_all_readers();
    for (int i = 0; i < Size; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    write_bytes(bytes, Size);
    feed_all_readers();
    write_gzip(bytes, Size);
    feed_all_readers();
    free(bytes);
}

Test(badinput, files_that_are_none)
{
    static const char *const files[] = {"/nonexistent/file", "/tmp", "''"};
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        for (size_t k = 0; k < ARRAY_LEN(files); k++) {
            char args[200];
            snprintf(args, sizeof args, "%s %s", readers[i], files[k]);
            struct ran r = hmap(args);
            cr_expect_eq(r.status, 1, "%s: %d", args, r.status);
            cr_expect(is_one_line(r.err), "%s: %s", args, r.err);
            ran_free(&r);
        }
    }
}

/* Type texts; %s is many times what is repeated. */
Test(badinput, types_beyond_all_measure, .timeout = 120)
{
    static const char *const parts[] = {
        "[",        "*",     "[1]",   "[]", "struct{a ", "map[",
        "map[int]", "chan ", "func(", "(",  " ",         "x"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        char args[200];
        snprintf(
            args, sizeof args,
            "run small-map -type \"map[int]$(yes '%s' | head -n 10000 | tr -d "
            "'\\n')\"",
            parts[i]);
        expect_usage_error(args);
    }
    static const char *const types[] = {
        "",
        "map",
        "map[int",
        "map[int]int x",
        "map[int][9223372036854775807]int",
        "map[int][18446744073709551616]int",
        "map[int][-1]int",
        "map[int][100000][100000][100000]int",
        "map[map[int]int]int",
        "map[int]struct{a int; a int}",
        "map[int][1000000][1000000]byte",
    };
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        char args[200];
        snprintf(args, sizeof args, "run small-map -type '%s'", types[i]);
        expect_usage_error(args);
    }
}

/* Files that never end: each is left at a limit, named by its line. */
Test(badinput, endless_workloads, .timeout = 120)
{
    expect_refused("replay /dev/zero",
                   "hmap: /dev/zero:1: a zero byte: not a text");
    expect_refused(
        "help >/dev/null; tr '\\0' x </dev/zero | \"$HMAP\" replay -",
        "hmap: standard input:1: a line of more than 1048576 bytes");
    expect_refused("help >/dev/null; yes gc | \"$HMAP\" replay -",
                   "hmap: standard input:1000001: more than 1000000 steps");
    expect_refused("help >/dev/null; yes '# x' | \"$HMAP\" replay -",
                   "hmap: standard input:10000001: more than 10000000 lines");
}

Test(badinput, a_long_argument_is_shown_shortened)
{
    struct ran r = hmap("run \"$(yes é | head -n 5000 | tr -d '\\n')\"");
    cr_expect(is_one_line(r.err), "%s", r.err);
    expect_part(r.err, "é...é");
    expect_part(r.err, "`hmap scenarios` lists them\n");
    ran_free(&r);
}

Test(badinput, a_peek_that_finds_nothing_prints_nothing)
{
    expect_refused("peek nothing " PROFILE,
                   "hmap: peek: no function matches 'nothing'");
}

Test(badinput, standard_input_has_a_name)
{
    struct ran r = hmap("explain - <" PROFILE);
    expect_part(r.out, "standard input: the runtime's frames hidden");
    ran_free(&r);
}

Test(badinput, control_characters_are_not_echoed)
{
    expect_refused("\"$(printf 'a\\nb\\033[31m')\"",
                   "hmap: no command a\\nb\\x1b[31m; `hmap help` lists them");
}

Test(badinput, a_full_disk_under_every_command_and_format, .timeout = 120)
{
    for (size_t i = 0; i < ARRAY_LEN(printers); i++) {
        char args[200];
        snprintf(args, sizeof args, "%s >/dev/full", printers[i]);
        struct ran r = hmap(args);
        cr_expect_eq(r.status, 1, "%s: %d", args, r.status);
        cr_expect_str_eq(r.err, "hmap: writing standard output: No space left "
                                "on device\n");
        ran_free(&r);
    }
}

/* The reader is gone before the first byte. What the shell says is the
 * status of hmap: a signal's, or an ordinary end where the signal is
 * ignored. */
Test(badinput, a_closed_pipe_under_every_command_and_format, .init = set_up,
     .fini = tear_down, .timeout = 120)
{
    for (size_t i = 0; i < ARRAY_LEN(printers); i++) {
        char args[300];
        snprintf(args, sizeof args,
                 "help >/dev/null; { (trap '' PIPE; while echo; do sleep 0.01; "
                 "done) 2>/dev/null; \"$HMAP\" %s; echo $? >%s; } "
                 "| true; cat %s",
                 printers[i], path, path);
        struct ran r = hmap(args);
        int status = atoi(r.out);
        cr_expect(status == 128 + SIGPIPE || status == 1, "%s: %d", printers[i],
                  status);
        cr_expect_str_empty(r.err, "%s: %s", printers[i], r.err);
        ran_free(&r);
    }
}
