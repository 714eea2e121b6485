/*
 * test_nomaps.c: programs without a map (tests/programs/nomaps, drawn by a
 * seed), run by a real Go and read without frames: no line is called a map. 200
 * of them where NOMAPS=200 asks for so many (3 minutes), else 20.
 */
#include "tests/explainrun.h"
#include "tests/gotoolchain.h"

#include "tools/lib/process.h"

enum { FewPrograms = 20 };

Test(nomaps, no_line_of_programs_without_maps_is_called_one)
{
    struct goToolchain list[MaxToolchains];
    const char *asked = getenv("NOMAPS");
    int programs = asked ? atoi(asked) : FewPrograms;
    go_toolchains(list);
    struct tempdir dir;
    tempdir_make(&dir, "nomaps");
    char line[1000], file[300];
    snprintf(line, sizeof line,
             "cd tests/programs/nomaps && go build -o %.200s/nomaps main.go",
             dir.path);
    struct ran r = go_shell(&list[0], line);
    cr_assert_eq(r.status, 0, "%s", r.err);
    ran_free(&r);
    snprintf(file, sizeof file, "%.200s/p.pb.gz", dir.path);
    for (int seed = 1; seed <= programs; seed++) {
        snprintf(line, sizeof line, "%.200s/nomaps %d %d %.300s", dir.path,
                 seed, seed % 3 ? 1 : 524288, file);
        r = go_shell(&list[0], line);
        cr_assert_eq(r.status, 0, "seed %d: %s", seed, r.err);
        ran_free(&r);
        json_t *doc = explain_args(file);
        cr_expect_eq(count_verdicts(doc, "map"), 0, "seed %d", seed);
        json_decref(doc);
    }
    tempdir_remove(&dir);
}
