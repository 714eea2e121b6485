/*
 * test_explain.c: `hmap explain` on profiles of real Go programs with hidden
 * frames (tests/programs, recorded by its record.sh): no map where there is
 * none, the growing maps where they can be told, and the savings that the
 * programs themselves measured when given the hint.
 */
#include "tests/explainrun.h"

#include "runtime/base/base.h"

#include <math.h>

#define FULL "tests/golden/full/"

/* What is known of a program: where its maps grow, by what buckets, to which
 * B. */
struct known {
    const char *program, *line, *verdict;
    int unit, B;
};

static const struct known maps[] = {
    {"map_big_elem", "main.states:17", "map", 144, 9},
    {"map_float", "main.work:13", "map", 88, 14},
    {"map_iface", "main.work:19", "map", 272, 11},
    {"map_inlined", "main.(*table).add:21", "map", 176, 10},
    {"map_inlined", "main.(*table).add:22", "map", 176, 10},
    {"map_inner", "main.stats.add:28", "map", 208, 8},
    {"map_inner", "main.stats.add:30", "unsure", 208, 2},
    {"map_int_int", "main.work:15", "map", 144, 11},
    {"map_json", "reflect.Value.SetMapIndex:2302", "map", 208, 10},
    {"map_local", "main.distinct:13", "map", 80, 10},
    {"map_many_small", "main.row:14", "map", 144, 2},
    {"map_million", "main.load:12", "map", 144, 18},
    {"map_nested", "main.matrix:30", "map", 208, 3},
    {"map_nested", "main.matrix:32", "map", 208, 6},
    {"map_pair", "main.number:22", "map", 176, 9},
    {"map_set", "main.unique:14", "map", 80, 13},
    {"map_sizes", "main.put:9", "map", 144, 11},
    {"map_small_hint", "main.fill:10", "map", 112, 11},
    {"map_small_hint", "main.fillOnce:18", "map", 208, 8},
    {"map_string_int", "main.count:20", "map", 208, 12},
    {"map_string_string", "main.(*registry).set:29", "map", 272, 10},
    {"map_uint32_ptr", "main.index:22", "map", 112, 13},
    {"map_uuid", "main.load:19", "map", 208, 11},
};

static const char *const none[] = {
    "none_append_int", "none_append_struct", "none_buffer", "none_channels",
    "none_closures",   "none_heap",          "none_json",   "none_made",
    "none_matrix",     "none_orders",        "none_printf", "none_scan",
    "none_sort",       "none_strings",       "none_tree",
};

static void expect_known(const struct known *k, const char *suffix)
{
    json_t *doc = explain_golden(k->program, suffix);
    json_t *line = find_line(doc, k->line), *map = map_of(line);
    cr_assert_not_null(line, "%s: no %s", k->program, k->line);
    cr_expect_str_eq(get_text(line, "verdict"), k->verdict, "%s %s", k->program,
                     k->line);
    cr_expect_eq(get_int(map, "unit"), k->unit, "%s %s: unit %ld", k->program,
                 k->line, get_int(map, "unit"));
    cr_expect_eq(stage_of(map), k->B, "%s %s: B %ld", k->program, k->line,
                 stage_of(map));
    json_decref(doc);
}

Test(explain, hidden_maps_are_found_by_their_sizes)
{
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        expect_known(&maps[i], ".pb.gz");
}

/* How many lines of its program have that verdict; NULL: any. */
static int lines_of(const char *program, const char *verdict)
{
    int n = 0;
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        n += strcmp(maps[i].program, program) == 0 &&
             (!verdict || strcmp(maps[i].verdict, verdict) == 0);
    return n;
}

Test(explain, no_other_line_of_theirs_is_called_a_map)
{
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        int known = lines_of(maps[i].program, "map");
        json_t *doc = explain_golden(maps[i].program, ".pb.gz");
        cr_expect_eq(count_verdicts(doc, "map"), known, "%s", maps[i].program);
        json_decref(doc);
    }
}

Test(explain, no_line_of_programs_without_maps_is_called_one)
{
    for (size_t i = 0; i < ARRAY_LEN(none); i++) {
        json_t *doc = explain_golden(none[i], ".pb.gz");
        cr_expect_eq(count_verdicts(doc, "map"), 0, "%s", none[i]);
        json_decref(doc);
        doc = explain_golden(none[i], ".sampled.pb.gz");
        cr_expect_eq(count_verdicts(doc, "map"), 0, "%s, sampled", none[i]);
        json_decref(doc);
    }
}

/* At Go's default rate few of these are sure; those that are, are right. */
Test(explain, a_sampled_verdict_is_right)
{
    int sure = 0;
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        json_t *doc = explain_golden(maps[i].program, ".sampled.pb.gz");
        json_t *line = find_line(doc, maps[i].line);
        if (strcmp(get_text(line, "verdict"), "map") == 0) {
            cr_expect_eq(get_int(map_of(line), "unit"), maps[i].unit, "%s: %ld",
                         maps[i].program, get_int(map_of(line), "unit"));
            sure++;
        }
        cr_expect_leq(count_verdicts(doc, "map"),
                      lines_of(maps[i].program, NULL), "%s", maps[i].program);
        json_decref(doc);
    }
    cr_expect_eq(sure, 14, "%d", sure);
}

/* Slices of a merge sort, cut in halves: 43 % of the bytes were "127 maps". */
Test(explain, the_slices_of_a_merge_sort_are_no_maps)
{
    json_t *doc = explain_golden("merge_sort", ".pb.gz");
    cr_expect_eq(count_verdicts(doc, "map"), 0);
    json_decref(doc);
}

Test(explain, what_would_save_most_stands_before_the_table)
{
    expect_said("explain " FULL "go1.27/map_string_int.pb.gz",
                "What would save most:\n  ./map_string_int.go:20: a map grows "
                "here to 14,337 to 28,672 entries:");
}

/* A swiss directory doubles for the fullest of its tables: the number of tables
 * tells the size, and each of two types on a line has its own. */
Test(explain, tables_tell_how_far_swiss_maps_grew)
{
    expect_said("explain " FULL "go1.27/map_million.pb.gz",
                "make(map, 917505) saves 4,098 of 8,195 objects and");
    json_t *doc = explain_args(FULL "go1.27/map_pair.pb.gz");
    json_t *both = json_object_get(find_line(doc, "main.number:22"), "maps");
    cr_assert_eq(json_array_size(both), 2);
    for (size_t i = 0; i < 2; i++)
        cr_expect_eq(get_int(json_object_get(json_array_get(both, i), "own"),
                             "saved_objects"),
                     21);
    json_decref(doc);
}

Test(explain, a_text_without_names_says_so_and_how_to_have_them)
{
    expect_said("explain tests/golden/profiles/nameless.debug1.txt",
                "no frame has a name; give the program");
}

Test(explain, what_is_in_use_alone_is_not_called_every_allocation)
{
    char path[] = "/tmp/hmap-inuse-XXXXXX", args[100];
    make_file(path, "heap profile: 1: 208 [1: 208] @ heap/2\n"
                    "1: 208 [1: 208] @ 0x1001\n"
                    "#\t0x1000\tmain.f+0x1\t/a.go:1\n\n");
    snprintf(args, sizeof args, "explain %s", path);
    expect_said(args, "but only what is in use");
    unlink(path);
}

/* Overflow buckets come by chance, in the real program too: its hinted runs
 * differ among themselves by about the root of how many they have. */
static void expect_saving(const char *program, const double m[4])
{
    json_t *doc = explain_golden(program, ".pb.gz"), *line;
    double objects = 0, bytes = 0, chance = 0;
    size_t i;
    json_array_foreach (json_object_get(doc, "lines"), i, line) {
        json_t *map = map_of(line), *best = json_object_get(map, "own");
        if (strcmp(get_text(line, "verdict"), "none") == 0)
            continue;
        objects += (double)get_int(best, "saved_objects");
        bytes += (double)get_int(best, "saved_bytes");
        chance += (double)part_of(map, "overflow") / 4;
    }
    json_decref(doc);
    double want_objects = m[0] - m[2], want_bytes = m[1] - m[3];
    cr_expect_float_eq(bytes, want_bytes, 0.05 * want_bytes,
                       "%s: saves %.0f bytes, measured %.0f", program, bytes,
                       want_bytes);
    cr_expect_float_eq(objects, want_objects,
                       fmax(0.05 * want_objects, 3 * sqrt(chance) + 1),
                       "%s: saves %.0f objects, measured %.0f", program,
                       objects, want_objects);
}

/* Not of programs with maps on several lines, with two on one, or with many
 * maps of which some stayed small: without frames those are not told apart. */
static bool is_whole(const char *program)
{
    static const char *const pieced[] = {
        "map_lines",  "map_pair",  "map_group",      "map_inner",
        "map_nested", "map_sizes", "map_small_hint", "map_many_small"};
    for (size_t i = 0; i < ARRAY_LEN(pieced); i++)
        if (strcmp(program, pieced[i]) == 0)
            return false;
    return true;
}

Test(explain, savings_are_those_that_the_program_measured)
{
    FILE *f = fopen("tests/golden/profiles/savings.tsv", "r");
    char program[64];
    double m[4];
    int n = 0;
    cr_assert_not_null(f);
    cr_assert_eq(fscanf(f, "%*[^\n]\n"), 0);
    while (fscanf(f, "%63s %lf %lf %lf %lf\n", program, &m[0], &m[1], &m[2],
                  &m[3]) == 5)
        if (is_whole(program)) {
            expect_saving(program, m);
            n++;
        }
    fclose(f);
    cr_expect_eq(n, 13);
}

/* The line's hints, of a program with every frame. */
static json_t *own_price(const char *path, const char *name, json_t **doc)
{
    *doc = explain_args(path);
    json_t *line = find_line(*doc, name);
    cr_assert_not_null(line, "%s: no %s", path, name);
    return json_object_get(map_of(line), "own");
}

/* The right hint stands in the place of one that was too small: what that one
 * allocated is saved, too. Of each of the 200 maps that is an array, a table
 * and a directory; what growth made and what the hint makes is as much. */
/* Of 16 tables: 10,000 entries, as the program itself measured. */
Test(explain, what_a_hint_saves_a_swiss_map_of_many_tables)
{
    json_t *doc = explain_args("tests/golden/full/go1.27/map_int_int.pb.gz");
    json_t *own =
        json_object_get(map_of(find_line(doc, "main.work:15")), "own");
    cr_expect_eq(get_int(own, "saved_objects"), 82 - 35, "%ld",
                 get_int(own, "saved_objects"));
    cr_expect_eq(get_int(own, "saved_bytes"), 591688 - 295616, "%ld",
                 get_int(own, "saved_bytes"));
    json_decref(doc);
}

/* Each call of a line by itself: two maps of two types grow on this one. */
Test(explain, calls_of_a_line_are_told_apart)
{
    json_t *doc = explain_golden("map_pair", ".pb.gz");
    json_t *both = json_object_get(find_line(doc, "main.number:22"), "maps");
    cr_assert_eq(json_array_size(both), 2);
    cr_expect_eq(get_int(json_array_get(both, 0), "unit"), 176);
    cr_expect_eq(get_int(json_array_get(both, 1), "unit"), 56);
    json_decref(doc);
}

Test(explain, a_hint_that_was_too_small_is_saved_too)
{
    json_t *doc, *own = own_price("tests/golden/full/go1.27/"
                                  "map_small_hint.pb.gz",
                                  "main.fillOnce:18", &doc);
    cr_expect_eq(get_int(own, "saved_objects"), 200 * 3);
    cr_expect_eq(get_int(own, "saved_bytes"), 200 * 27304);
    json_decref(doc);
}

/* A map that another line filled before wants its hint there. */
Test(explain, growth_that_goes_on_from_another_line_has_no_price_of_its_own)
{
    json_t *doc;
    for (int line = 29; line <= 31; line += 2) {
        char name[40];
        snprintf(name, sizeof name, "main.update:%d", line);
        json_t *own =
            own_price("tests/golden/full/go1.27/map_lines.pb.gz", name, &doc);
        cr_expect(json_is_null(own), "%s", name);
        json_decref(doc);
    }
    struct ran r = hmap("explain tests/golden/full/go1.27/map_lines.pb.gz");
    expect_part(r.out, "grown on another line before");
    cr_expect_null(strstr(r.out, "keys come and go"));
    ran_free(&r);
}

Test(explain, a_text_says_the_same_as_a_profile)
{
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        if (strcmp(maps[i].program, "map_inlined") == 0)
            expect_known(&maps[i], ".debug1.txt");
}

/* A log has every frame: nothing is inferred. */
Test(explain, a_log_of_allocfreetrace_tells_every_part)
{
    json_t *doc = explain_golden("map_inlined", ".trace.gz");
    cr_expect_str_eq(get_text(doc, "frames"), "complete");
    json_t *map = map_of(find_line(doc, "main.(*table).add:21"));
    cr_expect_eq(get_int(map, "unit"), 176);
    cr_expect_eq(part_of(map, "array"), 10);
    cr_expect_eq(part_of(map, "first"), 1);
    json_decref(doc);
}

/* Go 1.22 gives large objects with pointers a header; its maps are the same. */
Test(explain, maps_of_go_1_22)
{
    static const struct known go122[] = {
        {"go1.22/map_uint32_ptr", "main.index:22", "map", 112, 13},
        {"go1.22/map_int_int", "main.work:15", "map", 144, 11},
    };
    for (size_t i = 0; i < ARRAY_LEN(go122); i++)
        expect_known(&go122[i], ".pb.gz");
}

Test(explain, maps_of_go_1_24)
{
    static const char *const lines[][2] = {
        {"go1.24/map_int_int", "main.work:15"},
        {"go1.24/map_nested", "main.matrix:32"},
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        json_t *doc = explain_golden(lines[i][0], ".pb.gz");
        json_t *map = map_of(find_line(doc, lines[i][1]));
        cr_expect_str_eq(get_text(map, "kind"), "swiss", "%s", lines[i][0]);
        json_decref(doc);
    }
}

Test(explain, ranks_by_what_was_asked_for_and_says_the_share)
{
    json_t *doc = explain_args("tests/golden/profiles/map_uuid.pb.gz");
    json_t *by_bytes = explain_args("-sample_index=alloc_space "
                                    "tests/golden/profiles/map_uuid.pb.gz");
    const char *const keys[] = {"objects", "bytes"};
    json_t *docs[] = {doc, by_bytes};
    for (size_t d = 0; d < 2; d++) {
        json_t *lines = json_object_get(docs[d], "lines");
        for (size_t i = 1; i < json_array_size(lines); i++)
            cr_expect_geq(get_int(json_array_get(lines, i - 1), keys[d]),
                          get_int(json_array_get(lines, i), keys[d]));
    }
    json_decref(doc);
    json_decref(by_bytes);
    expect_said("explain tests/golden/profiles/map_uuid.pb.gz",
                "% of the program's objects");
}

Test(explain, speaks_to_people_and_to_programs)
{
    expect_said("explain tests/golden/profiles/map_uuid.pb.gz",
                "make(map[K]V, 6657)");
    expect_said("explain -tsv tests/golden/profiles/map_uuid.pb.gz",
                "\nmain.load:19\t./map_uuid.go\tmap\t");
    expect_said("explain tests/golden/profiles/map_json.pb.gz",
                "called from main.decode:28.");
    expect_said("explain -n 1 tests/golden/profiles/none_sort.pb.gz",
                "more lines are smaller: -all lists them.");
}

Test(explain, a_library_s_map_is_not_told_to_take_a_hint)
{
    char path[] = "/tmp/hmap-sync-XXXXXX", args[100];
    FILE *f = fdopen(mkstemp(path), "w");
    static const int sizes[] = {24, 416, 896, 1792, 4096, 8192, 14336};
    fputs("heap profile: 1: 1 [2: 2] @ heap/2\n", f);
    static const char stack[] = "#\t0x0\tsync.(*Map).Store+0x1\t/m.go:7\n"
                                "#\t0x1\tmain.put+0x1\t/app/put.go:9\n";
    fprintf(f, "14: 2912 [14: 2912] @ 0x1 0x2\n%s", stack);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        fprintf(f, "1: %d [1: %d] @ 0x1 0x2\n%s", sizes[i], sizes[i], stack);
    fclose(f);
    snprintf(args, sizeof args, "explain %s", path);
    expect_said(args, "A sync.Map takes no hint");
    unlink(path);
}
