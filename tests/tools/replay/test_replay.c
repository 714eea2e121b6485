/*
 * test_replay.c: workloads on our heap against what real Go answered: the
 * recorded samples line by line, the oracle's recordings by digest. None of it
 * needs Go.
 */
#include "runtime/base/goversion.h"
#include "runtime/base/sysmem.h"
#include "tests/child.h"
#include "tests/hmaprun.h"
#include "tests/workloadtext.h"
#include "tools/lib/exits.h"
#include "tools/lib/process.h"
#include "tools/measure/keyvalue.h"
#include "tools/replay/workload.h"
#include "tools/verify/verify.h"
#include <glob.h>
#include <sys/resource.h>
#include <unistd.h>

static struct tempdir tmp;
static const char *dir;

static void make_dir(void)
{
    tempdir_make(&tmp, "hmap-test");
    dir = tmp.path;
}

static void remove_dir(void)
{
    tempdir_remove(&tmp);
}

TestSuite(replay, .init = make_dir, .fini = remove_dir);

static char *slurp(const char *path)
{
    char *text = NULL;
    size_t cap = 0;
    FILE *f = fopen(path, "r");
    cr_assert_not_null(f, "%s", path);
    cr_assert_geq(getdelim(&text, &cap, '\0', f), 0, "%s", path);
    fclose(f);
    return text;
}

/* Without the lines that begin with word; of the total line only the two
 * figures that no stray object of the Go process can change. */
static void drop_lines(char *text, const char *word)
{
    char *to = text, *at = text;
    for (char *line; (line = strsep(&at, "\n")) != NULL;) {
        char *strays = strstr(line, " mallocs ");
        if (strncmp(line, word, strlen(word)) == 0)
            continue;
        if (strncmp(line, "total ", 6) == 0 && strays != NULL)
            *strays = '\0';
        size_t n = strlen(line);
        memmove(to, line, n);
        to += n;
        *to++ = '\n';
    }
    *--to = '\0'; /* the end of the text is no line */
}

/* word.txt -> word.want, in libc's memory. */
static char *answer_path(const char *path)
{
    return xprintf("%.*s.want", (int)strlen(path) - 4, path);
}

static void samples_are_exact(const char *release)
{
    glob_t samples;
    char *pattern = xprintf("tests/golden/go%s/*.txt", release);
    goversion_choose(goversion_named(release));
    cr_assert_eq(glob(pattern, 0, NULL, &samples), 0);
    free(pattern);
    cr_expect_eq(samples.gl_pathc, 17);
    for (size_t i = 0; i < samples.gl_pathc; i++) {
        char *path = samples.gl_pathv[i], *answer = answer_path(path);
        char *text = slurp(path), *want = slurp(answer);
        struct workload *w = read_text(text);
        char *ours = verify_ours(w, false, dir);
        drop_lines(want, "class ");
        drop_lines(ours, "layout ");
        cr_expect_str_eq(ours, want, "%s:\n%s", path, ours);
        free(answer);
        free(text);
        free(want);
        free(ours);
        workload_free(w);
    }
    globfree(&samples);
}

Test(replay, samples_of_go_1_19_are_exact_in_every_column)
{
    samples_are_exact("1.19");
}

Test(replay, samples_of_go_1_22_are_exact_in_every_column)
{
    samples_are_exact("1.22");
}

Test(replay, samples_of_go_1_23_are_exact_in_every_column)
{
    samples_are_exact("1.23");
}

Test(replay, samples_of_go_1_24_are_exact_in_every_column)
{
    samples_are_exact("1.24");
}

Test(replay, samples_of_go_1_25_are_exact_in_every_column)
{
    samples_are_exact("1.25");
}

Test(replay, samples_of_go_1_26_are_exact_in_every_column)
{
    samples_are_exact("1.26");
}

Test(replay, samples_of_go_1_27_are_exact_in_every_column)
{
    samples_are_exact("1.27");
}

static uint64_t digest_of(const char *text)
{
    uint64_t d = DigestStart;
    digest_bytes(&d, text, strlen(text));
    return d;
}

/* Replays every workload of a recording (hmap verify -record) and compares the
 * digests of the answers. Returns how many there are. */
static int replay_recording(const char *path, bool trace)
{
    char *all = slurp(path);
    int n = 0;
    for (char *part = all; part != NULL; n++) {
        uint64_t want = strtoull(part + 3, NULL, 0);
        char *body = strchr(part, '\n') + 1;
        part = strstr(body, "\n== ");
        if (part != NULL)
            *part++ = '\0';
        struct workload *w = read_text(body);
        char *ours = verify_ours(w, trace, dir);
        cr_expect_eq(digest_of(ours), want,
                     "workload %d of %s answers otherwise than Go; put it in "
                     "a file and ask `hmap verify%s FILE` how:\n%s",
                     n, path, trace ? " -trace" : "", body);
        free(ours);
        workload_free(w);
    }
    free(all);
    return n;
}

Test(replay, profiles_and_layouts_of_random_workloads, .timeout = 600)
{
    cr_expect_geq(replay_recording("tests/golden/oracle/layouts.txt", false),
                  200);
}

Test(replay, traces_of_random_workloads, .timeout = 600)
{
    cr_expect_geq(replay_recording("tests/golden/oracle/traces.txt", true), 20);
}

/* Runs replay on the text and gives its lines. */
static char *answer(const char *text)
{
    struct workload *w = read_text(text);
    char *ours = verify_ours(w, false, dir);
    workload_free(w);
    return ours;
}

/* Address space that this process has, and 16 MiB. */
static rlim_t few_bytes(void)
{
    char *statm = slurp("/proc/self/statm");
    rlim_t n = strtoull(statm, NULL, 10);
    free(statm);
    return n * SysPageSize + (16 << 20);
}

static void replay_with_few_addresses(void)
{
    struct rlimit few = {few_bytes(), few_bytes()};
    setrlimit(RLIMIT_AS, &few);
    answer("map m int int\ninsert m 0 100\n");
}

/* 32 MiB are the largest table of the page allocator under a limit. */
Test(replay, a_workload_that_cannot_run_is_no_answer)
{
    if (few_bytes() > (rlim_t)1 << 38)
        cr_skip("a sanitizer has more addresses already");
    needs_limits();
    struct ending e = ending_of(replay_with_few_addresses);
    static const char says[] =
        "hmap: a workload cannot run here: runtime: the system refused 32768 "
        "KB; ulimit -v allows ";
    cr_expect(strncmp(e.said, says, sizeof says - 1) == 0, "%s", e.said);
    cr_expect(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 1);
}

/* Overflow buckets of 2^16 buckets: counted by chance where the profile
 * draws from the same numbers, else all of them, since every number drawn is
 * 0. */
Test(replay, counts_by_chance_are_left_out)
{
    static const char text[] = "hashkey 1 1 1 1\nhash0 42\n"
                               "map m int int hint=300000\n"
                               "insert m 0 150000\n";
    char *older = answer(text);
    goversion_choose(goversion_named("1.22"));
    char *newer = answer(text);
    expect_part(older, "count=150000 B=16 noverflow=chance nevacuate=0 ");
    expect_part(newer, "count=150000 B=16 noverflow=46 nevacuate=0 ");
    free(older);
    free(newer);
}

Test(replay, tiny_objects_share_blocks)
{
    char *got = answer("alloc h noscan 8 1000\n");
    cr_expect_str_eq(got, "chain 500 8000 500 8000 allocnoscan\n"
                          "total 500 8000\n");
    free(got);
}

Test(replay, an_empty_workload_answers_nothing)
{
    char *got = answer("# nothing\n");
    cr_expect_str_eq(got, "total 0 0\n");
    free(got);
}

Test(replay, dropped_maps_are_not_in_use_and_not_shown)
{
    char *got = answer("hash0 1\nmap m int int\ninsert m 0 8\ndrop m\n");
    cr_expect_str_eq(got, "chain 1 48 0 0 runtime.makemap_small < makesmall\n"
                          "chain 1 144 0 0 runtime.mapassign_fast64 < insert\n"
                          "total 2 192\n");
    free(got);
}

/* The digest tells one key from another, and one place from another. */
Test(replay, layout_digests_differ_where_maps_do)
{
    static const char *const texts[] = {
        "hash0 1\nmap m int int\ninsert m 0 100\n",
        "hash0 2\nmap m int int\ninsert m 0 100\n",
        "hash0 1\nmap m int int\ninsert m 0 101\n",
        "hash0 1\nmap m int int\ninsert m 0 100\ndelete m 99 100\n",
    };
    char *got[ARRAY_LEN(texts)];
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        got[i] = answer(texts[i]);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(strstr(got[i], "layout"),
                              strstr(got[j], "layout"));
    }
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        free(got[i]);
}

/* What real Go answers: newer compilers hash such a key otherwise. */
Test(replay, a_key_with_parts_is_hashed_as_the_release_does)
{
    static const char text[] =
        "hashkey 0x7c002fec4e7595b3 0x48d8e349bf0fae8d 0x2183112baf230f29 "
        "0x5f13f39a61a54d19\nhash0 0x494cc31d75464642\n"
        "map m \"struct{a string; b [3][4]int8; _ [153]byte; d struct{}}\" "
        "unsafe.Pointer\ninsert m 38 39\n";
    goversion_choose(goversion_named("1.26"));
    char *older = answer(text);
    goversion_choose(goversion_named("1.27"));
    char *newer = answer(text);
    expect_part(older, "\nlayout m 0x962d85f151a1b69b\n");
    expect_part(newer, "\nlayout m 0xad2bb10c0154a358\n");
    free(older);
    free(newer);
}

/* The state and chains of w in release, without the frames that differ in
 * all. */
static char *answer_in(const char *release, const struct workload *w)
{
    goversion_choose(goversion_named(release));
    return verify_ours(w, false, dir);
}

/* How many of n aimed workloads two releases of one kind of map tell apart. */
static int told_apart(const char *older, const char *newer, uint64_t n)
{
    int differing = 0;
    goversion_choose(goversion_named(older));
    for (uint64_t seed = 1; seed <= n; seed++) {
        struct workload *w = workgen(seed, NULL);
        char *a = answer_in(older, w), *b = answer_in(newer, w);
        differing += strcmp(a, b) != 0;
        free(a);
        free(b);
        workload_free(w);
    }
    return differing;
}

/* Of random ones, 1 in 150 tells Go 1.24 from 1.25. */
Test(replay, aimed_workloads_tell_releases_apart, .timeout = 300)
{
    int differing = told_apart("1.24", "1.25", 30);
    cr_expect_eq(differing, 5, "%d of 30", differing);
}

static void expect_line(const char *args, int status, const char *line)
{
    struct ran r = hmap(args);
    cr_expect_eq(r.status, status, "hmap %s: status %d", args, r.status);
    cr_expect_str_eq(r.err, line);
    ran_free(&r);
}

Test(replay, mistakes_are_one_line)
{
    expect_line("replay - <<end\nmap m int int\ninsert n 0 1\nend", 2,
                "hmap: standard input:2: nothing is called n here: it takes a "
                "`map`, `alloc` or `append` line above\n");
    expect_line("replay /no/such/file", 1,
                "hmap: /no/such/file: No such file or directory\n");
    expect_line("replay", 2,
                "hmap: replay wants one workload: a file, or - for standard "
                "input\n");
    expect_line("replay .", 1, "hmap: .: Is a directory\n");
    expect_line("replay - </dev/null", 0, "");
}
