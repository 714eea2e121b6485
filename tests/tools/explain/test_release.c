/*
 * test_release.c: whose rules a profile without frames is read by. Go 1.24 and
 * 1.25 could be built with the older maps (GOEXPERIMENT=noswissmap): then what
 * the maps look like, or the program, outranks the release.
 */
#include "tests/explainrun.h"
#include "tests/gotoolchain.h"

#include "runtime/base/base.h"
#include "tools/lib/process.h"

/* Collections began below the map's call and made objects of their own there;
 * and the maps are of buckets though the release has swiss ones. */
Test(release, what_a_collection_makes_hides_no_map)
{
    json_t *doc = explain_golden("go1.24/collected", ".pb.gz");
    json_t *line = find_line(doc, "main.count:18");
    cr_expect_str_eq(get_text(line, "verdict"), "map");
    cr_expect_str_eq(get_text(map_of(line), "kind"), "bucket");
    cr_expect_eq(get_int(map_of(line), "unit"), 144);
    cr_expect_eq(stage_of(map_of(line)), 14);
    cr_expect_eq(count_verdicts(doc, "map"), 1);
    json_decref(doc);
}

Test(release, sizes_of_bucket_maps_outrank_a_line_of_the_runtime)
{
    json_t *doc = explain_golden("go1.24/collected", ".pb.gz");
    cr_expect_str_eq(get_text(doc, "go"), "go1.23");
    cr_expect_str_eq(get_text(doc, "go_why"),
                     "the last with maps whose arrays have these sizes");
    json_decref(doc);
    expect_said("explain tests/golden/profiles/go1.24/collected.pb.gz",
                "make(map[K]V, 53249), or any hint up to 106,496, saves 2,231");
}

/* One stack of func and its main, of Go 1.27's runtime.main. */
static void put_stack(FILE *f, int64_t n, int64_t size, const char *func,
                      int line)
{
    fprintf(f,
            "%ld: %ld [%ld: %ld] @ 0x1 0x2 0x3\n"
            "#\t0x0\tmain.%s+0x1\t/m.go:%d\n"
            "#\t0x1\tmain.main+0x1\t/m.go:900\n"
            "#\t0x2\truntime.main+0x1\t/proc.go:302\n",
            n, n * size, n, n * size, func, line);
}

/* Text of a program in which one map of 208-byte buckets grew, and before it
 * so many lines that make larger things of one size. */
static void write_text(const char *path, int lines)
{
    static const int64_t sizes[] = {24, 416, 896, 1792, 4096, 8192, 14336};
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs("heap profile: 1: 1 [1: 1] @ heap/2\n", f);
    for (int i = 0; i < lines; i++)
        put_stack(f, 100, 1024, "make", 100 + i);
    put_stack(f, 14, 208, "put", 7);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        put_stack(f, 1, sizes[i], "put", 7);
    fclose(f);
}

/* The largest lines say which maps a program has; of what lies below them it is
 * said whose rules would price it. */
Test(release, a_map_of_the_other_kind_is_priced_or_it_is_said_why_not)
{
    struct tempdir dir;
    char path[PATH_MAX], args[PATH_MAX + 40];
    tempdir_make(&dir, "release");
    snprintf(path, sizeof path, "%s/heap.txt", dir.path);
    snprintf(args, sizeof args, "explain -all %s", path);
    write_text(path, 199);
    expect_said(args, "Rules of go1.23");
    expect_said(args, "make(map[K]V, 209), or any hint up to 416, saves 10");
    write_text(path, 200);
    expect_said(args, "Rules of go1.27");
    expect_said(args, "No hint is priced, since go1.27 has maps of another "
                      "kind: explain -go 1.23");
    snprintf(args, sizeof args, "explain -all -go 1.23 %s", path);
    expect_said(args, "make(map[K]V, 209), or any hint up to 416, saves 10");
    tempdir_remove(&dir);
}

/* Its own build says that it has the older maps. */
static void expect_older_maps(const struct goToolchain *g, const char *dir)
{
    char line[2 * PATH_MAX];
    snprintf(line, sizeof line,
             "cd tests/programs && GOEXPERIMENT=noswissmap GO111MODULE=off "
             "go build -o %s/p profile.go map_nested.go && %s/p -o %s/p.pb.gz",
             dir, dir, dir);
    struct ran r = go_shell(g, line);
    cr_assert_eq(r.status, 0, "%s: %s", g->name, r.err);
    ran_free(&r);
    snprintf(line, sizeof line, "%s/p %s/p.pb.gz", dir, dir);
    json_t *doc = explain_args(line);
    json_t *map = map_of(find_line(doc, "main.matrix:30"));
    cr_expect_str_eq(get_text(doc, "go"), "go1.23", "%s", g->name);
    cr_expect(strstr(get_text(doc, "go_why"), "X:noswissmap"), "%s", g->name);
    cr_assert_not_null(map, "%s", g->name);
    cr_expect_str_eq(get_text(map, "kind"), "bucket", "%s", g->name);
    cr_expect_eq(get_int(map, "unit"), 208, "%s", g->name);
    cr_expect_eq(get_int(map, "maps"), 300, "%s", g->name);
    json_decref(doc);
}

Test(release, a_program_built_with_the_older_maps_says_so, .timeout = 120)
{
    struct goToolchain list[MaxToolchains];
    struct tempdir dir;
    size_t n = go_toolchains(list), asked = 0;
    tempdir_make(&dir, "release");
    for (size_t i = 0; i < n; i++)
        if (strncmp(list[i].name, "go1.24", 6) == 0 ||
            strncmp(list[i].name, "go1.25", 6) == 0) {
            expect_older_maps(&list[i], dir.path);
            asked++;
        }
    tempdir_remove(&dir);
    if (asked == 0)
        cr_skip_test("needs Go 1.24 or 1.25 below HMAP_GOROOTS");
}
