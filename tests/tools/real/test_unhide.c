/*
 * test_unhide.c: what `hmap unhide` writes, go tool pprof opens, and shows the
 * functions below m[k] = v.
 */
#include "tests/gotoolchain.h"

#include "tools/lib/process.h"

/* The line of a report that has a word, without the blanks before it. */
static const char *line_with(const char *report, const char *word)
{
    static char line[400];
    const char *at = strstr(report, word);
    cr_assert_not_null(at, "no %s in:\n%s", word, report);
    while (at > report && at[-1] != '\n')
        at--;
    at += strspn(at, " ");
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

static struct ran peek(const struct goToolchain *g, const char *dir,
                       const char *regex)
{
    char line[PATH_MAX + 200];
    snprintf(line, sizeof line,
             "go tool pprof -sample_index=alloc_objects -peek '%s' "
             "%s/full.pb.gz",
             regex, dir);
    struct ran r = go_shell(g, line);
    cr_assert_eq(r.status, 0, "%s: %s", g->name, r.err);
    return r;
}

static void expect_unhidden(const struct goToolchain *g, const char *regex,
                            const char *want)
{
    struct tempdir dir;
    tempdir_make(&dir, "unhide");
    struct goServer p;
    server_start(g, dir.path, "-ldflags='-s -w'", "1", &p);
    char args[1000];
    snprintf(args, sizeof args, "unhide %.100s -o %.500s/full.pb.gz", p.url,
             dir.path);
    struct ran r = hmap(args);
    cr_assert_eq(r.status, 0, "%s: %s", g->name, r.err);
    expect_part(r.out, "full.pb.gz: frames complete, named by "
                       "/debug/pprof/symbol");
    ran_free(&r);
    r = peek(g, dir.path, regex);
    cr_expect_eq(strncmp(line_with(r.out, want), "12", 2), 0, "%s: %s", g->name,
                 r.out);
    ran_free(&r);
    snprintf(args, sizeof args, "peek '%.100s' %.100s", regex, p.url);
    r = hmap(args);
    line_with(r.out, want);
    expect_part(r.err, "hmap: frames complete, named by /debug/pprof/symbol");
    ran_free(&r);
    server_stop(&p);
    tempdir_remove(&dir);
}

Test(unhide, pprof_shows_the_growth_below_the_assignment)
{
    struct goToolchain list[MaxToolchains];
    go_toolchains(list);
    expect_unhidden(&list[0], "hashGrow", "|   runtime.makeBucketArray");
}

Test(unhide, nothing_to_unhide_is_said)
{
    struct ran r = hmap("unhide tests/golden/profiles/map_int_int.pb.gz -o "
                        "/nonexistent/full.pb.gz");
    cr_expect_eq(r.status, 1);
    expect_part(r.err, "nothing to unhide: the runtime's frames hidden");
    ran_free(&r);
}
