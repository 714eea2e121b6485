/*
 * test_daily.c: explain's other forms: rows, notes, annotations, SARIF, and the
 * gate on a difference.
 */
#include "tests/explainrun.h"
#include "tests/gotoolchain.h"

#include "runtime/base/base.h"
#include "tools/lib/process.h"

#define GOLDEN "tests/golden/profiles/"

Test(daily, notes_and_annotations_have_file_and_line)
{
    expect_said("explain -notes " GOLDEN "map_uuid.pb.gz",
                "map_uuid.go:19: note: a map grows here to 6,657 to 13,312 "
                "entries: make(map, 6657) saves ");
    expect_said("explain -github " GOLDEN "map_uuid.pb.gz",
                "::notice file=map_uuid.go,line=19::a map grows here to 6,657");
}

Test(daily, sarif_has_a_result_a_line_with_its_rule)
{
    struct ran r = hmap("explain -sarif " GOLDEN "map_uuid.pb.gz");
    json_t *doc = json_loads(r.out, 0, NULL);
    cr_assert_not_null(doc);
    cr_expect_str_eq(get_text(doc, "version"), "2.1.0");
    json_t *run = json_array_get(json_object_get(doc, "runs"), 0);
    json_t *results = json_object_get(run, "results");
    cr_assert_eq(json_array_size(results), 1);
    json_t *result = json_array_get(results, 0);
    cr_expect_str_eq(get_text(result, "ruleId"), "map-growth");
    json_t *place =
        json_object_get(json_array_get(json_object_get(result, "locations"), 0),
                        "physicalLocation");
    cr_expect_str_eq(
        get_text(json_object_get(place, "artifactLocation"), "uri"),
        "map_uuid.go");
    cr_expect_eq(get_int(json_object_get(place, "region"), "startLine"), 19);
    json_decref(doc);
    ran_free(&r);
}

/* The schema is the standard's own, too large to be kept here: the file
 * lib/schemas/sarif-2.1.0-rtm.5.json of the npm package @microsoft/jest-sarif
 * is one copy. */
Test(daily, sarif_keeps_the_standards_schema)
{
    static const char *const profiles[] = {
        "tests/golden/full/go1.27/map_string_int.pb.gz",
        "tests/golden/std/go1.27/types.pb.gz", GOLDEN "none_json.pb.gz"};
    if (!getenv("SARIF_SCHEMA"))
        cr_skip_test("needs SARIF_SCHEMA=FILE, and python3 with jsonschema");
    for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
        char line[600];
        snprintf(line, sizeof line,
                 "\"$HMAP\" explain -sarif %s | python3 -c '"
                 "import json, os, sys, jsonschema\n"
                 "schema = json.load(open(os.environ[\"SARIF_SCHEMA\"]))\n"
                 "jsonschema.validate(json.load(sys.stdin), schema)'",
                 profiles[i]);
        struct ran r = run_program(
            "/bin/sh", (const char *const[]){"sh", "-c", line, NULL});
        cr_expect_eq(r.status, 0, "%s: %s", profiles[i], r.err);
        ran_free(&r);
    }
}

/* A row a line, and a row for what cannot be read; each is JSON by itself. */
Test(daily, rows_of_many_files_with_errors_among_them)
{
    struct ran r =
        hmap("explain -ndjson -label team=a,env=ci " GOLDEN
             "map_uuid.pb.gz /etc/passwd /nonexistent " GOLDEN "map_set.pb.gz");
    cr_assert_eq(r.status, 0, "%s", r.err);
    int rows = 0, errors = 0;
    for (char *row = strtok(r.out, "\n"); row; row = strtok(NULL, "\n")) {
        json_t *doc = json_loads(row, 0, NULL);
        cr_assert_not_null(doc, "%s", row);
        cr_expect_str_eq(get_text(doc, "team"), "a");
        cr_expect_str_eq(get_text(doc, "env"), "ci");
        errors += json_object_get(doc, "error") != NULL;
        rows++;
        json_decref(doc);
    }
    cr_expect_eq(errors, 2);
    cr_expect_geq(rows, 4);
    ran_free(&r);
}

Test(daily, names_ended_by_nul_are_read_from_a_list)
{
    struct ran r = hmap("explain -ndjson -files0-from - <<EOF\nEOF");
    cr_expect_str_empty(r.out);
    ran_free(&r);
    const char *const argv[] = {"sh", "-c",
                                "printf '" GOLDEN "map_uuid.pb.gz\\0" GOLDEN
                                "map_set.pb.gz\\0' | "
                                "\"$HMAP\" explain -ndjson -files0-from -",
                                NULL};
    r = run_program("/bin/sh", argv);
    expect_part(r.out, "\"func\":\"main.load\"");
    expect_part(r.out, "\"func\":\"main.unique\"");
    ran_free(&r);
}

static int gate_status(const char *limit, const char *old, const char *now)
{
    char args[400];
    snprintf(args, sizeof args,
             "explain -diff_base " GOLDEN "%s -fail-over %s " GOLDEN "%s", old,
             limit, now);
    struct ran r = hmap(args);
    ran_free(&r);
    return r.status;
}

/* Each damaged one is a row, with its file's name; make check-large does it
 * with 10,000. */
Test(daily, of_a_hundred_profiles_twenty_are_damaged)
{
    static const char script[] =
        "i=0; for f in " GOLDEN "none_*.pb.gz; do i=$((i + 1)); "
        "head -c $((400 + i)) \"$f\" > \"$0/bad$i\"; "
        "printf '%s\\0' \"$f\" \"$f\" \"$0/bad$i\" \"$f\" \"$f\"; "
        "[ $i -lt 20 ] || break; done | "
        "\"$HMAP\" explain -ndjson -files0-from -";
    struct tempdir dir;
    tempdir_make(&dir, "many");
    struct ran r = run_program(
        "/bin/sh", (const char *const[]){"sh", "-c", script, dir.path, NULL});
    cr_assert_eq(r.status, 0, "%s", r.err);
    int sound = 0, bad = 0;
    for (char *row = strtok(r.out, "\n"); row; row = strtok(NULL, "\n")) {
        json_t *doc = json_loads(row, 0, NULL);
        bool named = strstr(get_text(doc, "source"), "/bad") != NULL;
        cr_expect_eq(json_object_get(doc, "error") != NULL, named, "%s", row);
        bad += named;
        sound += !named;
        json_decref(doc);
    }
    cr_expect_eq(bad, 20);
    cr_expect_geq(sound, 80);
    ran_free(&r);
    tempdir_remove(&dir);
}

Test(daily, the_gate_is_red_where_growth_is_new_and_green_where_nothing_changed)
{
    static const char *const limits[] = {"growths", "64kB", "10%"};
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        cr_expect_eq(gate_status(limits[i], "none_sort.pb.gz", "map_set.pb.gz"),
                     3, "%s", limits[i]);
        cr_expect_eq(gate_status(limits[i], "map_set.pb.gz", "map_set.pb.gz"),
                     0, "%s", limits[i]);
        cr_expect_eq(gate_status(limits[i], "map_set.pb.gz", "none_sort.pb.gz"),
                     0, "%s", limits[i]);
    }
    expect_said("explain -diff_base " GOLDEN "map_set.pb.gz " GOLDEN
                "map_set.pb.gz",
                "no map grows otherwise than before");
    struct ran r = hmap("explain -diff_base " GOLDEN "none_sort.pb.gz "
                        "-fail-over growths " GOLDEN "map_set.pb.gz");
    expect_part(r.out, "new: grows to stage 13  ./map_set.go:14");
    ran_free(&r);
}

/* The status of a profile held against another's baseline; *out is its output,
 * or NULL. */
static int baseline_status(const char *old, const char *now, char **out)
{
    char path[] = "/tmp/hmap-baseline-XXXXXX", args[400];
    close(mkstemp(path));
    snprintf(args, sizeof args, "explain -save-baseline %s " GOLDEN "%s", path,
             old);
    struct ran r = hmap(args);
    cr_assert_eq(r.status, 0, "%s", r.err);
    cr_expect_str_empty(r.out);
    ran_free(&r);
    snprintf(args, sizeof args,
             "explain -baseline %s -fail-over growths " GOLDEN "%s", path, now);
    r = hmap(args);
    unlink(path);
    int status = r.status;
    if (out)
        *out = strdup(r.out);
    ran_free(&r);
    return status;
}

Test(daily, a_baseline_stands_for_the_profile_it_was_made_of)
{
    char *said;
    cr_expect_eq(baseline_status("map_set.pb.gz", "map_set.pb.gz", &said), 0);
    expect_part(said, "no map grows otherwise than before");
    free(said);
    cr_expect_eq(baseline_status("none_sort.pb.gz", "map_set.pb.gz", &said), 3);
    expect_part(said, "new: grows to stage 13  ./map_set.go:14");
    free(said);
    cr_expect_eq(baseline_status("map_set.pb.gz", "none_sort.pb.gz", NULL), 0);
}

/* --- a program's days --- */

/* Builds map_string_int with every frame; the runs are in the same folder. */
static void build_program(const struct goToolchain *g, const char *dir)
{
    char line[1000];
    snprintf(line, sizeof line,
             "export GO111MODULE=off; cd tests/programs && "
             "go build -trimpath -overlay \"$(\"$HMAP\" overlay)\" -o %s/shown "
             "profile.go map_string_int.go && "
             "go build -trimpath -o %s/hidden profile.go map_string_int.go",
             dir, dir);
    struct ran r = go_shell(g, line);
    cr_assert_eq(r.status, 0, "%s", r.err);
    ran_free(&r);
}

/* Runs it and holds it against the baseline of an earlier run. */
static struct ran next_day(const char *dir, const char *program,
                           const char *before, const char *flags)
{
    char line[2000];
    snprintf(
        line, sizeof line,
        "cd %s && ./%s %s -o base.pb.gz && "
        "\"$HMAP\" explain -save-baseline base.tsv base.pb.gz && "
        "./%s %s -o now.pb.gz && "
        "\"$HMAP\" explain -baseline base.tsv -fail-over growths now.pb.gz",
        dir, program, before, program, flags);
    return run_program("/bin/sh",
                       (const char *const[]){"sh", "-c", line, NULL});
}

Test(daily, a_hint_that_was_dropped_turns_the_gate_red_with_its_line)
{
    struct goToolchain list[MaxToolchains];
    struct tempdir dir;
    size_t n = go_toolchains(list);
    tempdir_make(&dir, "hint");
    for (size_t i = 0; i<n; i += n> 1 ? n - 1 : 1) {
        build_program(&list[i], dir.path);
        struct ran r = next_day(dir.path, "shown", "-hint", "");
        cr_expect_eq(r.status, 3, "%s: %s%s", list[i].name, r.out, r.err);
        expect_part(r.out, "hint lost: grows to stage 1");
        expect_part(r.out, "map_string_int.go:20");
        ran_free(&r);
        r = next_day(dir.path, "hidden", "-hint", "");
        cr_expect_eq(r.status, 3, "%s: %s%s", list[i].name, r.out, r.err);
        ran_free(&r);
    }
    tempdir_remove(&dir);
}

/* RERUNS=100 asks for so many; the gate is never red for the chance of
 * sampling. */
Test(daily, another_run_of_the_same_program_is_never_red, .timeout = 1800)
{
    struct goToolchain list[MaxToolchains];
    struct tempdir dir;
    const char *asked = getenv("RERUNS");
    int reruns = asked ? atoi(asked) : 4;
    size_t n = go_toolchains(list);
    tempdir_make(&dir, "reruns");
    for (size_t i = 0; i<n; i += n> 1 ? n - 1 : 1) {
        build_program(&list[i], dir.path);
        for (int run = 0; run < reruns; run++) {
            static const char sampled[] = "-rate 524288 -times 5";
            const char *flags = run % 2 ? sampled : "";
            struct ran r = next_day(dir.path, run / 2 % 2 ? "hidden" : "shown",
                                    flags, flags);
            cr_expect_eq(r.status, 0, "%s %s: %s%s", list[i].name, flags, r.out,
                         r.err);
            ran_free(&r);
        }
    }
    tempdir_remove(&dir);
}

Test(daily, a_baseline_that_is_none_says_where)
{
    char path[] = "/tmp/hmap-baseline-XXXXXX", args[400], why[200];
    make_file(path, "# hmap baseline 1\nmain.fill\tmain.go\n");
    snprintf(args, sizeof args, "explain -baseline %s " GOLDEN "map_set.pb.gz",
             path);
    snprintf(why, sizeof why,
             "hmap: -baseline %s: line 2 is no line of a "
             "baseline: want 8 fields",
             path);
    struct ran r = hmap(args);
    cr_expect_neq(r.status, 0);
    expect_part(r.err, why);
    ran_free(&r);
    unlink(path);
}

Test(daily, mistakes_are_one_line)
{
    expect_refused("explain -json -tsv x",
                   "hmap: explain: one of -json, -tsv, -ndjson, -notes, "
                   "-github, -sarif, -diff_base, -baseline and "
                   "-save-baseline");
    expect_refused("explain -fail-over 1kB x",
                   "hmap: explain: -fail-over goes with -diff_base or "
                   "-baseline");
    expect_refused("explain -diff_base x -fail-over much x",
                   "hmap: explain: -fail-over much: want bytes (64kB), a share "
                   "(10%) or growths");
    expect_refused("explain -ndjson -label k x",
                   "hmap: explain: -label k: want K=V, several parted by "
                   "commas");
    expect_refused("explain -ndjson",
                   "hmap: explain: want files, or -files0-from FILE");
}

Test(daily, the_document_keeps_its_schema)
{
    const char *const argv[] = {
        "sh", "-c",
        "\"$HMAP\" explain -json -all " GOLDEN "map_uuid.pb.gz | python3 -c '"
        "import json, sys, jsonschema\n"
        "schema = json.load(open(\"tools/explain/explain.schema.json\"))\n"
        "jsonschema.validate(json.load(sys.stdin), schema)'",
        NULL};
    struct ran has = run_program(
        "/bin/sh", (const char *const[]){
                       "sh", "-c", "python3 -c 'import jsonschema'", NULL});
    if (has.status != 0)
        cr_skip_test("needs python3 with jsonschema");
    struct ran r = run_program("/bin/sh", argv);
    cr_expect_eq(r.status, 0, "%s", r.err);
    ran_free(&r);
    ran_free(&has);
}
