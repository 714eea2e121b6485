/*
 * test_daily.c: explain's other forms: rows, notes, annotations, SARIF, and the
 * gate on a difference.
 */
#include "tests/explainrun.h"

#include "runtime/base/base.h"

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

Test(daily, mistakes_are_one_line)
{
    expect_refused("explain -json -tsv x",
                   "hmap: explain: one of -json, -tsv, -ndjson, -notes, "
                   "-github, -sarif and -diff_base");
    expect_refused("explain -fail-over 1kB x",
                   "hmap: explain: -fail-over goes with -diff_base");
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
