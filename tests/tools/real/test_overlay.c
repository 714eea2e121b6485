/*
 * test_overlay.c: a real toolchain writes every frame under the overlay, and
 * one that writes profiles in another way is left alone.
 */
#include "tests/gotoolchain.h"

#include "tools/lib/process.h"
#include "tools/profile/source.h"
#include "tools/real/overlay.h"

#include <sys/stat.h>

static struct tempdir dir;

static void in_own_cache(void)
{
    tempdir_make(&dir, "overlay");
    setenv("XDG_CACHE_HOME", dir.path, 1);
}

static void remove_cache(void)
{
    tempdir_remove(&dir);
}

TestSuite(overlay, .init = in_own_cache, .fini = remove_cache);

/* Writes a toolchain with nothing but that file. */
static char *made_up_root(const char *protomem)
{
    char *root, *path;
    cr_assert_gt(asprintf(&root, "%s/root", dir.path), 0);
    cr_assert_gt(asprintf(&path, "mkdir -p %s/src/runtime/pprof", root), 0);
    cr_assert_eq(system(path), 0);
    free(path);
    cr_assert_gt(asprintf(&path, "%s/src/runtime/pprof/protomem.go", root), 0);
    FILE *f = fopen(path, "w");
    fputs(protomem, f);
    fclose(f);
    free(path);
    return root;
}

static void expect_nothing(const char *root, const char *why)
{
    char err[OverlayErrorSize] = "it was written", cache[PATH_MAX];
    cr_expect_null(overlay_make(root, err));
    cr_expect(strstr(err, why), "want '%s', got '%s'", why, err);
    snprintf(cache, sizeof cache, "%s/hmap", dir.path);
    cr_expect_neq(access(cache, F_OK), 0, "something was written");
}

Test(overlay, another_way_of_writing_is_left_alone)
{
    expect_nothing(made_up_root("package pprof\n"), "nothing was written");
    expect_nothing(made_up_root("hideRuntime := true\nhideRuntime := true\n"),
                   "no single line");
    expect_nothing("/nonexistent", "want a Go toolchain's GOROOT");
}

Test(overlay, one_line_differs_and_one_path_serves_again)
{
    char err[OverlayErrorSize] = "";
    char *root = made_up_root("a\n\t\thideRuntime := true\nb\n");
    char *path = overlay_make(root, err), *again = overlay_make(root, err);
    cr_assert_not_null(path, "%s", err);
    cr_expect_str_eq(path, again);
    char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));
    char *patched;
    cr_assert_gt(asprintf(&patched, "%s/protomem.go", folder), 0);
    char *text = read_to_end(fopen(patched, "r"));
    cr_expect_str_eq(text, "a\n\t\thideRuntime := false\nb\n");
    char *json = read_to_end(fopen(path, "r")), *replace;
    cr_assert_gt(asprintf(&replace,
                          "\"%s/src/runtime/pprof/protomem.go\": \"%s\"", root,
                          patched),
                 0);
    expect_part(json, replace);
    free(made_up_root("other\nhideRuntime := true\n"));
    cr_expect_str_neq(path, overlay_make(root, err), "another content");
}

/* Profiles the package fill as people would by hand. */
static void expect_every_frame(const struct goToolchain *g, bool swiss)
{
    char *line, err[SourceErrorSize];
    cr_assert_gt(asprintf(&line,
                          "cd tests/programs/fill && go test -overlay "
                          "\"$(\"$HMAP\" overlay)\" -memprofile %s/mem.pb.gz "
                          "-memprofilerate 1 -o %s/fill.test .",
                          dir.path, dir.path),
                 0);
    struct ran r = go_shell(g, line);
    cr_assert_eq(r.status, 0, "%s: %s%s", g->name, r.out, r.err);
    char *file;
    cr_assert_gt(asprintf(&file, "%s/mem.pb.gz", dir.path), 0);
    struct source *s = source_read(&file, 1, err);
    cr_assert_not_null(s, "%s", err);
    cr_expect_eq(s->shown, SHOWN_COMPLETE, "%s", g->name);
    bool seen = false;
    for (size_t i = 0; i < s->p->nfuncs; i++)
        seen |= strcmp(s->p->funcs[i]->name,
                       swiss ? "internal/runtime/maps.newGroups"
                             : "runtime.makeBucketArray") == 0;
    cr_expect(seen, "%s shows no map", g->name);
    source_free(s);
    free(file);
    free(line);
    ran_free(&r);
}

Test(overlay, real_toolchains_write_every_frame)
{
    struct goToolchain list[MaxToolchains];
    size_t n = go_toolchains(list);
    expect_every_frame(&list[0], false);
    if (n > 1)
        expect_every_frame(&list[n - 1], true);
}

Test(overlay, hmap_test_runs_and_explains_and_keeps_the_status)
{
    struct goToolchain list[MaxToolchains];
    go_toolchains(list);
    struct ran r =
        go_shell(&list[0], "cd tests/programs/fill && \"$HMAP\" test ./...");
    cr_expect_eq(r.status, 0, "%s", r.err);
    expect_part(r.out, "ok  \tfill");
    expect_part(r.out, "fill.words:9");
    ran_free(&r);
    r = go_shell(&list[0], "cd tests/programs/fill && FAIL=1 \"$HMAP\" test");
    cr_expect_eq(r.status, 1);
    expect_part(r.out, "fill.words:9");
    ran_free(&r);
    r = go_shell(&list[0], "cd tests/programs/fill && \"$HMAP\" test ./none");
    cr_expect_eq(r.status, 1);
    ran_free(&r);
}
