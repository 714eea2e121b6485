/*
 * test_called.c: what a profile hides, the program that wrote it tells: which
 * function each call instruction calls. Real programs, built and run here.
 */
#include "tests/gotoolchain.h"

#include "tests/hmaprun.h"
#include "tools/lib/process.h"

#include <jansson.h>

static const char *const programs[] = {"map_json", "map_nested", "none_json",
                                       "none_made"};

/* Each of them in dir, with a profile of every object (.pb.gz), the text with
 * all addresses (.txt) and a sampled profile (.s.pb.gz). */
static void record(const struct goToolchain *g, const char *dir)
{
    for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
        char line[900];
        snprintf(line, sizeof line,
                 "cd tests/programs && p=%s/%s && "
                 "go build -o $p profile.go %s.go && $p -o $p.pb.gz && "
                 "$p -text -o $p.txt && "
                 "$p -rate 524288 -times 25 -o $p.s.pb.gz",
                 dir, programs[i], programs[i]);
        struct ran r = go_shell(g, line);
        cr_assert_eq(r.status, 0, "%s: %s", g->name, r.err);
        ran_free(&r);
    }
}

static json_t *explained(const char *dir, const char *program,
                         const char *profile)
{
    char args[500];
    snprintf(args, sizeof args, "explain -all -json %s/%s %s/%s", dir, program,
             dir, profile);
    struct ran r = hmap(args);
    cr_assert_eq(r.status, 0, "%s: %s", args, r.err);
    json_t *doc = json_loads(r.out, 0, NULL);
    cr_assert_not_null(doc);
    ran_free(&r);
    return doc;
}

static json_t *lines_of(json_t *doc)
{
    return json_object_get(doc, "lines");
}

static json_t *mechanisms_of(json_t *line)
{
    return json_object_get(line, "mechanisms");
}

/* The same line of another document, or NULL. */
static json_t *same_line(json_t *doc, json_t *line)
{
    size_t i;
    json_t *other;
    json_array_foreach (lines_of(doc), i, other)
        if (json_equal(json_object_get(other, "func"),
                       json_object_get(line, "func")) &&
            json_equal(json_object_get(other, "line"),
                       json_object_get(line, "line")))
            return other;
    return NULL;
}

/* Each mechanism that the code tells is one that the frames tell, too; of what
 * these leave open (direct) it may tell more. */
static void expect_told(json_t *line, json_t *truth, const char *what)
{
    const char *name;
    json_t *value;
    bool open = json_object_get(mechanisms_of(truth), "direct") != NULL;
    json_object_foreach (mechanisms_of(line), name, value)
        cr_expect(open || strcmp(name, "hidden") == 0 ||
                      strcmp(name, "new") == 0 ||
                      json_object_get(mechanisms_of(truth), name),
                  "%s: %s:%lld is %s", what,
                  json_string_value(json_object_get(line, "func")),
                  json_integer_value(json_object_get(line, "line")), name);
}

static double objects_of(json_t *line, const char *mechanism)
{
    json_t *m = json_object_get(mechanisms_of(line), mechanism);
    return m ? json_number_value(json_object_get(m, "objects")) : 0;
}

static void compare(const struct goToolchain *g, const char *dir,
                    const char *program)
{
    char hidden[80], text[80], what[120];
    snprintf(hidden, sizeof hidden, "%s.pb.gz", program);
    snprintf(text, sizeof text, "%s.txt", program);
    snprintf(what, sizeof what, "%s %s", g->name, program);
    json_t *told = explained(dir, program, hidden);
    json_t *truth = explained(dir, program, text);
    json_t *line;
    size_t i;
    double untold = 0, all = 0;
    cr_expect_str_eq(json_string_value(json_object_get(told, "frames")),
                     "called");
    json_array_foreach (lines_of(told), i, line) {
        json_t *same = same_line(truth, line);
        if (same)
            expect_told(line, same, what);
        untold += objects_of(line, "hidden");
        all += json_number_value(json_object_get(line, "objects"));
    }
    cr_expect_lt(untold, all / 50, "%s: %.0f of %.0f not told", what, untold,
                 all);
    json_decref(told);
    json_decref(truth);
}

static json_t *line_of(json_t *doc, const char *func)
{
    size_t i;
    json_t *line;
    json_array_foreach (lines_of(doc), i, line)
        if (strcmp(json_string_value(json_object_get(line, "func")), func) == 0)
            return line;
    return NULL;
}

static void expect_no_map(json_t *doc)
{
    size_t i;
    json_t *line;
    json_array_foreach (lines_of(doc), i, line)
        cr_expect_str_eq(json_string_value(json_object_get(line, "verdict")),
                         "none", "%s",
                         json_string_value(json_object_get(line, "func")));
}

/* Sampled, where sizes alone say little, the call still says map or not. */
static void a_sampled_map_is_known_and_a_slice_is_none(const char *dir)
{
    json_t *doc = explained(dir, "map_nested", "map_nested.s.pb.gz");
    json_t *line = line_of(doc, "main.matrix");
    cr_assert_not_null(line);
    cr_expect_eq(objects_of(line, "map"),
                 json_number_value(json_object_get(line, "objects")));
    cr_expect_str_eq(json_string_value(json_object_get(line, "verdict")),
                     "unsure", "how far it grew, its sizes do not tell");
    json_decref(doc);
    doc = explained(dir, "none_json", "none_json.s.pb.gz");
    expect_no_map(doc);
    json_decref(doc);
    /* Maps that do not grow have lists of overflow buckets, which do. */
    doc = explained(dir, "none_made", "none_made.pb.gz");
    expect_no_map(doc);
    json_decref(doc);
}

/* Another program's code is not asked: the sizes speak, as without one. */
static void another_program_tells_nothing(const char *dir)
{
    json_t *doc = explained(dir, "none_json", "map_nested.pb.gz");
    size_t i;
    json_t *line;
    json_array_foreach (lines_of(doc), i, line)
        if (strncmp(json_string_value(json_object_get(line, "func")), "main.",
                    5) == 0)
            cr_expect_gt(objects_of(line, "hidden"), 0);
    json_decref(doc);
}

Test(called, the_program_tells_what_the_frames_would, .timeout = 300)
{
    struct goToolchain list[MaxToolchains];
    size_t n = go_toolchains(list);
    struct tempdir dir;
    tempdir_make(&dir, "called");
    for (size_t i = 0; i<n; i += n> 1 ? n - 1 : 1) {
        record(&list[i], dir.path);
        for (size_t p = 0; p < ARRAY_LEN(programs); p++)
            compare(&list[i], dir.path, programs[p]);
        if (i == 0) {
            a_sampled_map_is_known_and_a_slice_is_none(dir.path);
            another_program_tells_nothing(dir.path);
        }
    }
    tempdir_remove(&dir);
}
