/*
 * test_scenarios.c: the figures that the scenarios teach, against those that
 * the real runtime gives.
 */
#include "tests/scenarioparts.h"
#include "tools/scenarios/scenario.h"

TestSuite(scenarios, .fini = forget_parts);

Test(scenarios, first_inserts_allocate_at_the_1st_9th_14th_and_27th)
{
    json_t *t = table_of(parts_of("first-inserts"), 0);
    static const struct {
        const char *step;
        long long bytes;
    } arrays[] = {{"make", 48},
                  {"insert 1", 144},
                  {"insert 9", 288},
                  {"insert 14", 576},
                  {"insert 27", 1152}};
    size_t found = 0;
    for (int row = 0; row < (int)json_array_size(t); row++)
        for (size_t i = 0; i < ARRAY_LEN(arrays); i++)
            if (strcmp(text_cell(t, row, "step"), arrays[i].step) == 0) {
                cr_expect_geq(cell(t, row, "bytes"), arrays[i].bytes);
                found++;
            }
    cr_assert_eq(found, ARRAY_LEN(arrays));
}

Test(scenarios, step_by_step_and_at_once_the_sums_are_equal)
{
    json_t *parts = parts_of("first-inserts -n 200"), *t = table_of(parts, 0);
    long long objects = 0, bytes = 0;
    for (int row = 0; row < (int)json_array_size(t); row++) {
        objects += cell(t, row, "objects");
        bytes += cell(t, row, "bytes");
    }
    cr_assert_eq(objects, total(parts, 0, "objects"));
    cr_assert_eq(bytes, total(parts, 0, "bytes"));
}

Test(scenarios, small_large_and_preallocated_maps_are_as_gos)
{
    long long n = total(parts_of("small-map"), 0, "objects");
    cr_expect(n >= 9 && n <= 12, "small-map: %lld objects", n);
    n = total(parts_of("large-map"), 0, "objects");
    cr_expect(n >= 275 && n <= 305, "large-map: %lld objects", n);
    n = total(parts_of("preallocated"), 0, "objects");
    cr_expect(n >= 3 && n <= 12, "preallocated: %lld objects", n);
}

Test(scenarios, a_program_has_the_same_numbers_wherever_it_is_measured)
{
    long long alone = total(parts_of("large-map"), 0, "objects");
    json_t *t = table_of(parts_of("preallocated"), 0);
    cr_expect_str_eq(text_cell(t, 1, "program"), "no hint");
    cr_expect_eq(cell(t, 1, "objects"), alone);
    json_t *parts = parts_of("small-map -n 1000 -type 'map[int]int'");
    alone = total(parts, 0, "objects");
    t = table_of(parts_of("append -n 1000"), 0);
    cr_expect_eq(cell(t, 1, "objects"), alone);
}

Test(scenarios, exact_hints_allocate_what_chance_lets_expect)
{
    json_t *t = table_of(parts_of("preallocated"), 1);
    for (int row = 0; row < (int)json_array_size(t); row++) {
        double overflow = json_real_value(
            json_object_get(json_array_get(t, (size_t)row), "overflow"));
        double expected = overflow - (double)cell(t, row, "spare");
        double objects = 3 + (expected > 0 ? expected : 0);
        cr_expect_float_eq((double)cell(t, row, "median"), objects,
                           0.1 * objects, "row %d: want %f", row, objects);
    }
}

Test(scenarios, a_million_with_and_without_a_hint)
{
    json_t *t = table_of(parts_of("append"), 0);
    int last = (int)json_array_size(t) - 1;
    cr_assert_eq(last, 7); /* four sizes, each twice */
    long long hinted = cell(t, last - 1, "objects");
    long long grown = cell(t, last, "objects");
    cr_expect(hinted >= 15 && hinted <= 25, "with: %lld", hinted);
    cr_expect(grown >= 37000 && grown <= 39000, "without: %lld", grown);
    cr_expect_eq(cell(t, last, "arrays"), 18);
    cr_expect_eq(cell(t, last, "grown"), 18);
    cr_expect_eq(cell(t, last - 1, "grown"), 0);
}

Test(scenarios, hints_give_the_golden_bytes_and_thresholds)
{
    static const struct {
        const char *range;
        long long objects, bytes, B, grows;
    } want[] = {
        {"0-8", 1, 48, 0, 9},        {"9-13", 2, 336, 1, 14},
        {"14-26", 2, 624, 2, 27},    {"27-52", 2, 1200, 3, 53},
        {"53-104", 3, 2760, 4, 105},
    };
    json_t *t = table_of(parts_of("hints"), 0);
    for (int i = 0; i < (int)ARRAY_LEN(want); i++) {
        cr_expect_str_eq(text_cell(t, i, "hint"), want[i].range);
        cr_expect_eq(cell(t, i, "objects"), want[i].objects);
        cr_expect_eq(cell(t, i, "bytes"), want[i].bytes);
        cr_expect_eq(cell(t, i, "B"), want[i].B);
        cr_expect_eq(cell(t, i, "grows at"), want[i].grows);
    }
    cr_expect_str_eq(text_cell(t, 8, "hint"), "833-1,664");
    cr_expect_eq(cell(t, 8, "bytes"), 41032);
    cr_expect_str_eq(text_cell(t, 11, "hint"), "6,657-13,312");
    cr_expect_eq(cell(t, 11, "bytes"), 319560);
}

Test(scenarios, make_in_a_loop_and_clear)
{
    json_t *t = table_of(parts_of("make-loop -n 10000"), 0);
    cr_expect_eq(cell(t, 0, "objects"), 20000); /* make each round */
    cr_expect_eq(cell(t, 1, "objects"), 30000); /* with a hint */
    cr_expect_eq(cell(t, 2, "objects"), 2);     /* clear */
    cr_expect_eq(cell(t, 3, "objects"), 3);
}

Test(scenarios, objects_do_not_follow_space)
{
    json_t *t = table_of(parts_of("objects-space"), 0);
    for (int row = 0; row < (int)json_array_size(t); row++)
        cr_expect_eq(cell(t, row, "alloc_objects"), 11);
    cr_expect_eq(cell(t, 0, "alloc_space"), 160 + 10 * 16);
    cr_expect_eq(cell(t, 4, "alloc_space"), 160 + 10 * 40960);
}

Test(scenarios, a_map_that_stays_in_its_function_is_no_object)
{
    json_t *t = table_of(parts_of("escape"), 0);
    cr_expect_eq(cell(t, 0, "objects"), 2);
    cr_expect_eq(cell(t, 1, "objects"), 0);
    cr_expect_eq(cell(t, 2, "objects"), 3);
    cr_expect_eq(cell(t, 3, "objects"), 1);
    cr_expect_eq(cell(t, 4, "hmap"), 0);
    cr_expect_eq(cell(t, 4, "arrays"), 1);
}

Test(scenarios, beyond_128_bytes_values_lie_apart)
{
    json_t *parts = parts_of("around-128 -n 100");
    for (int table = 0; table < 2; table++) {
        json_t *t = table_of(parts, table);
        for (int row = 0; row < 6; row++) {
            cr_expect_eq(cell(t, row, "apart"), row < 3 ? 0 : 100);
            cr_expect_str_eq(text_cell(t, row, "kept"),
                             row < 3 ? "bucket" : "pointer");
        }
        cr_expect_eq(cell(t, 2, "bucket"), 8 + 8 * (128 + 8) + 8);
        cr_expect_eq(cell(t, 3, "bucket"), 144);
    }
}

Test(scenarios, sets)
{
    json_t *t = table_of(parts_of("set"), 0);
    static const long long buckets[] = {80, 88, 144, 144, 152, 208, 48, 56, 80};
    for (int row = 0; row < (int)ARRAY_LEN(buckets); row++)
        cr_expect_eq(cell(t, row, "bucket"), buckets[row]);
    cr_expect_eq(cell(t, 1, "class"), 96);
}

Test(scenarios, only_dropping_the_map_frees_its_array)
{
    json_t *t = table_of(parts_of("delete -n 20000"), 0);
    long long full = cell(t, 0, "live bytes");
    cr_expect_gt(full, 20000 * 16);
    cr_expect_eq(cell(t, 1, "live bytes"), full); /* nine in ten deleted */
    cr_expect_eq(cell(t, 2, "live bytes"), full); /* all deleted */
    cr_expect_eq(cell(t, 2, "entries"), 0);
    cr_expect_gt(cell(t, 4, "live bytes"), full / 2); /* cleared */
    cr_expect_eq(cell(t, 5, "live bytes"), 0);        /* forgotten */
}

Test(scenarios, clear_deletes_floats_one_by_one)
{
    json_t *t = table_of(parts_of("delete -n 2000 -type 'map[float64]int'"), 0);
    cr_expect_gt(cell(t, 3, "overflow"), 0);
    cr_expect_eq(cell(t, 4, "overflow"), cell(t, 3, "overflow"));
    cr_expect_eq(cell(t, 4, "live bytes"), cell(t, 3, "live bytes"));
}

/* hmap.noverflow would say a quarter of it: B is 17. */
Test(scenarios, delete_counts_all_overflow_buckets_of_a_large_map)
{
    json_t *t = table_of(parts_of("delete -n 500000"), 0);
    cr_expect_eq(cell(t, 0, "B"), 17);
    cr_expect_gt(cell(t, 0, "overflow"), 800);
}

Test(scenarios, churn_ends_in_growth_of_the_same_size)
{
    json_t *parts = parts_of("churn"), *t = table_of(parts, 0);
    int last = (int)json_array_size(t) - 1;
    cr_expect_eq(cell(t, last, "entries"), cell(t, 0, "entries"));
    cr_expect_eq(cell(t, last, "B"), cell(t, 0, "B"));
    cr_expect_gt(cell(t, last, "bytes so far"), 2 * cell(t, 0, "bytes so far"));
    json_t *log = nth_with(parts, "growth", 0);
    int row = (int)json_array_size(log) - 1;
    cr_expect_str_eq(text_cell(log, row, "B"), "8 -> 8");
    cr_expect_geq(cell(log, row, "overflow"), 256);
}

Test(scenarios, tiny_objects_are_counted_three_ways)
{
    static const struct {
        const char *type;
        long long profiled;
    } want[] = {{"bool", 63},       {"int16", 125},    {"[3]uint8", 200},
                {"int32", 250},     {"[5]uint8", 334}, {"int64", 500},
                {"[12]uint8", 1000}};
    json_t *t = table_of(parts_of("tiny"), 0);
    for (int row = 0; row < (int)ARRAY_LEN(want); row++) {
        cr_expect_str_eq(text_cell(t, row, "new(T)"), want[row].type);
        cr_expect_eq(cell(t, row, "Mallocs"), 1000);
        cr_expect_eq(cell(t, row, "alloc_objects"), want[row].profiled);
        cr_expect_eq(cell(t, row, "TotalAlloc"), 16 * want[row].profiled);
    }
}

Test(scenarios, each_takes_any_map_type_where_it_takes_one)
{
    static const char *const types[] = {
        "map[struct{a int; b string}][]int",
        "map[interface{}]int",
        "map[float64]string",
        "map[[129]uint8]*int",
        "map[bool]int",
        "map[struct{}]struct{}",
        "map[string]map[int]int",
    };
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        for (int s = 0; scenarios[s] != NULL; s++) {
            if (!(scenarios[s]->takes & TAKES_TYPE))
                continue;
            char args[200];
            snprintf(args, sizeof args, "run %s%s -type '%s'",
                     scenarios[s]->name,
                     scenarios[s]->takes & TAKES_N ? " -n 300" : "", types[i]);
            struct ran r = hmap(args);
            cr_expect_eq(r.status, 0, "%s: %s", args, r.err);
            ran_free(&r);
        }
}

static bool within(long long n, long long least, long long most)
{
    return n >= least && n <= most;
}

Test(scenarios, boxing_costs_two_objects_a_write_and_no_key_is_lost)
{
    json_t *parts = parts_of("sync-map -n 200 -w 50");
    json_t *t = table_of(parts, 0);
    enum { Writes = 200 * 50 };
    cr_assert_eq(cell(t, 0, "keys"), 50);
    cr_assert_eq(cell(t, 3, "keys"), Writes);
    /* Two boxes a write; sync.Map's argument; a new key's entry and value. The
     * rest is the map itself. */
    cr_expect(within(cell(t, 0, "Mallocs"), 2 * Writes, 2 * Writes + 30));
    cr_expect(within(cell(t, 1, "Mallocs"), 3 * Writes, 3 * Writes + 150));
    cr_expect(within(cell(t, 2, "Mallocs"), 32 + 1, 3 * 32));
    cr_expect(within(cell(t, 4, "Mallocs"), 5 * Writes, 5 * Writes + 600));
    cr_expect_not_null(strstr(json_string_value(nth_with(parts, "text", 1)),
                              "none was missing"));
}

Test(scenarios, a_new_key_after_a_promotion_copies_the_whole_map)
{
    json_t *t = table_of(parts_of("dirty-copy -n 500"), 0);
    cr_expect_eq(cell(t, 0, "dirty"), 500);
    cr_expect_eq(cell(t, 1, "read"), 500);
    cr_expect_eq(cell(t, 1, "dirty"), 0);
    cr_expect_eq(cell(t, 2, "copy"), 0);
    cr_expect_eq(cell(t, 3, "copy"), 3); /* hmap, array, mapextra */
    cr_expect_eq(cell(t, 3, "dirty"), 501);
    cr_expect_eq(cell(t, 4, "copy"), 0);
    cr_expect_eq(cell(t, 5, "dirty"), 502); /* not yet */
    cr_expect_eq(cell(t, 6, "read"), 502);
    cr_expect_eq(cell(t, 8, "expunged"), 250);
}

Test(scenarios, threads_meet_once_a_span)
{
    json_t *t = table_of(parts_of("contention -n 4096"), 0);
    cr_expect_eq(cell(t, 0, "refills"), 8); /* 512 objects of 16 bytes */
    cr_expect_eq(cell(t, 7, "size"), 1024);
    cr_expect(within(cell(t, 7, "refills"), 512, 514));
    cr_expect_eq(cell(t, 14, "refills"), 4096);
    cr_expect_eq(json_array_size(t), 21);
}

Test(scenarios, what_a_thread_dropped_another_one_gets)
{
    json_t *t = table_of(parts_of("cross-free -n 2560"), 0);
    cr_expect_neq(cell(t, 0, "thread"), cell(t, 1, "thread"));
    cr_expect_eq(cell(t, 1, "thread"), cell(t, 2, "thread"));
    cr_expect_eq(cell(t, 1, "Frees"), 2560);
    cr_expect_eq(cell(t, 2, "HeapInuse"), cell(t, 0, "HeapInuse"));
}
