/*
 * test_scenarios_gc.c: scenarios about what lives, what is garbage, and what a
 * profile or the system makes of it.
 */
#include "tests/scenarioparts.h"
#include <regex.h>

TestSuite(scenarios_gc, .fini = forget_parts);

static double real_cell(json_t *table, int row, const char *column)
{
    json_t *value = json_object_get(json_array_get(table, (size_t)row), column);
    cr_assert(json_is_number(value), "row %d: %s", row, column);
    return json_number_value(value);
}

static int last_row(json_t *table)
{
    return (int)json_array_size(table) - 1;
}

Test(scenarios_gc, size_tells_live_from_all)
{
    json_t *parts = parts_of("size"), *t = table_of(parts, 0);
    int sum = last_row(t);
    cr_expect_str_eq(text_cell(t, 2, "what"), "bucket arrays");
    cr_expect_eq(cell(t, 2, "live objects"), 1);
    cr_expect_eq(cell(t, 2, "live bytes"), 458752);
    cr_expect_eq(cell(t, sum, "live bytes"), 458824);
    json_t *share = table_of(parts, 1);
    cr_expect_eq(cell(share, 0, "bytes"), 10000 * (16 + 8));
    cr_expect_eq(cell(share, 1, "bytes"), cell(t, sum, "live bytes"));
    cr_expect_gt(cell(share, 2, "bytes"), cell(share, 1, "bytes"));
    cr_expect_eq(cell(share, 3, "bytes"), cell(t, sum, "all bytes"));
}

Test(scenarios_gc, size_says_that_a_map_is_growing)
{
    json_t *parts = parts_of("size -n 14000");
    cr_expect_not_null(strstr(json_string_value(nth_with(parts, "text", 2)),
                              "of 2,048 old buckets"));
    cr_expect_eq(cell(table_of(parts, 0), 2, "live objects"), 2);
}

Test(scenarios_gc, a_map_made_to_measure_is_all_live)
{
    json_t *parts = parts_of("size -n 1000 -hint 1000 -type 'map[int]int'");
    json_t *t = table_of(parts, 0);
    int sum = last_row(t);
    /* all but a list of one overflow bucket: the second outgrew it */
    cr_expect_eq(cell(t, sum, "live objects"), cell(t, sum, "all objects") - 1);
    cr_expect_eq(cell(t, sum, "live bytes"), cell(t, sum, "all bytes") - 8);
    cr_expect_str_eq(text_cell(table_of(parts, 1), 2, "bytes of"),
                     "all that was allocated");
}

Test(scenarios_gc, a_growing_map_leaves_half_behind)
{
    json_t *t = table_of(parts_of("left-behind"), 0);
    int last = last_row(t);
    for (int row = 0; row <= last; row++)
        cr_expect_eq(cell(t, row, "heap bytes"),
                     cell(t, row, "live") + cell(t, row, "garbage"));
    cr_expect_eq(cell(t, 0, "inserts"), 8);
    cr_expect_eq(cell(t, 0, "garbage"), 0);
    cr_expect_eq(cell(t, 1, "garbage"), 208); /* the first bucket */
    cr_expect_float_eq(real_cell(t, last, "% garbage"), 50, 5);
}

Test(scenarios_gc, two_arrays_live_until_the_last_move)
{
    enum { Before, Begins, Middle, Last, Moved, Collected };
    json_t *t = table_of(parts_of("spike"), 0);
    long long array = 5013504;
    cr_assert_eq(last_row(t), Collected);
    cr_expect_eq(cell(t, Before, "entries"), 106496);
    cr_expect_eq(cell(t, Begins, "live bytes"),
                 cell(t, Before, "live bytes") + array);
    cr_expect_geq(cell(t, Last, "live bytes"), cell(t, Begins, "live bytes"));
    cr_expect_eq(cell(t, Middle, "entries"),
                 (cell(t, Begins, "entries") + cell(t, Moved, "entries")) / 2);
    cr_expect_eq(cell(t, Last, "to move"), 1);
    cr_expect_eq(cell(t, Moved, "to move"), 0);
    cr_expect_lt(cell(t, Moved, "live bytes"), array + array / 100);
    cr_expect_eq(cell(t, Moved, "heap bytes"), cell(t, Last, "heap bytes"));
    cr_expect_eq(cell(t, Collected, "heap bytes"),
                 cell(t, Moved, "live bytes"));
}

Test(scenarios_gc, a_spike_at_any_size)
{
    for (int n = 1; n < 120; n += 7) {
        char args[40];
        snprintf(args, sizeof args, "spike -n %d", n);
        json_t *t = table_of(parts_of(args), 0);
        int last = last_row(t);
        cr_expect_gt(cell(t, 1, "live bytes"), 0);
        cr_expect_geq(cell(t, 0, "entries"), n);
        cr_expect_eq(cell(t, last, "to move"), 0);
        cr_expect_eq(cell(t, last, "live bytes"), cell(t, last, "heap bytes"));
    }
}

Test(scenarios_gc, only_buckets_with_pointers_are_scanned)
{
    json_t *t = table_of(parts_of("mark-work"), 0);
    for (int row = 0; row <= last_row(t); row++) {
        long long scanned = cell(t, row, "scanned");
        if (json_is_false(
                json_object_get(json_array_get(t, (size_t)row), "pointers")))
            cr_expect_lt(scanned, 4096, "row %d", row);
        else
            cr_expect_gt(scanned, 10000 * 16, "row %d", row);
        cr_expect_leq(scanned, cell(t, row, "bytes"));
    }
    /* one more object an entry; two ints share a tiny block */
    cr_expect_str_eq(text_cell(t, 5, "map"), "map[int]*int");
    cr_expect_eq(cell(t, 5, "marked"), 3 + 10000 / 2);
    cr_expect_eq(cell(t, 7, "marked"), 3 + 10000);
}

Test(scenarios_gc, collections_follow_bytes)
{
    json_t *parts = parts_of("gctrace"), *t = table_of(parts, 0);
    cr_expect_eq(cell(t, 0, "collections"), 0);
    long long plain = cell(t, 1, "collections");
    long long hinted = cell(t, 2, "collections");
    cr_expect(plain > 15 && plain < 35, "%lld", plain);
    cr_expect(hinted > plain / 3 && hinted < plain * 2 / 3, "%lld", hinted);
}

Test(scenarios_gc, gctrace_lines_have_gos_format)
{
    struct ran r = hmap("run -v gctrace -n 20");
    for (char *nl = r.out; (nl = strchr(nl, '\n')) != NULL;)
        *nl = ' '; /* the paragraph is wrapped somewhere */
    regex_t line;
    cr_assert_eq(regcomp(&line,
                         "gc [0-9]+ @[0-9]+\\.[0-9]{3}s [0-9]+%: "
                         "[0-9.]+\\+[0-9.]+\\+[0-9.]+ ms clock, "
                         "[0-9.]+\\+[0-9.]+/[0-9.]+/[0-9.]+\\+[0-9.]+ ms cpu, "
                         "[0-9]+->[0-9]+->[0-9]+ MB, [0-9]+ MB goal, "
                         "[0-9]+ MB stacks, [0-9]+ MB globals, [0-9]+ P",
                         REG_EXTENDED | REG_NOSUB),
                 0);
    cr_expect_eq(regexec(&line, r.out, 0, NULL, 0), 0, "%s", r.out);
    cr_expect_str_empty(r.err);
    regfree(&line);
    ran_free(&r);
}

Test(scenarios_gc, sizes_of_one_heap_differ_by_its_holes)
{
    json_t *t = table_of(parts_of("inuse"), 0);
    for (int row = 0; row <= last_row(t); row++) {
        long long sum = cell(t, row, "HeapAlloc") + cell(t, row, "slots") +
                        cell(t, row, "tails");
        long long inuse = cell(t, row, "HeapInuse");
        cr_expect(sum - inuse >= -3 && sum - inuse <= 3, "row %d: %lld, %lld",
                  row, sum, inuse); /* kilobytes, each cut off */
    }
    cr_expect_eq(cell(t, 1, "profile"), cell(t, 0, "profile"));
    cr_expect_lt(cell(t, 2, "HeapAlloc"), cell(t, 1, "HeapAlloc") * 2 / 3);
    cr_expect_eq(cell(t, 2, "HeapInuse"), cell(t, 1, "HeapInuse"));
    cr_expect_gt(cell(t, 3, "idle"), cell(t, 2, "HeapInuse") * 9 / 10);
    cr_expect_eq(cell(t, 4, "idle"), 0);
}

Test(scenarios_gc, a_sampled_profile_is_right_about_bytes_only)
{
    json_t *t = table_of(parts_of("sampled"), 0);
    enum { Objects, Bytes, Arrays, Single };
    long long bytes = cell(t, Bytes, "exact");
    cr_expect_float_eq((double)cell(t, Bytes, "median"), (double)bytes,
                       (double)bytes / 10);
    cr_expect_gt(real_cell(t, Bytes, "min %"), 40);
    cr_expect_lt(real_cell(t, Bytes, "max %"), 200);
    cr_expect_lt(real_cell(t, Objects, "min %"), 10);
    cr_expect_gt(real_cell(t, Arrays, "max %"), 200);
    cr_expect_gt(cell(t, Single, "unseen"), 0);
}

Test(scenarios_gc, a_profile_of_nearly_all_is_always_right)
{
    json_t *t = table_of(parts_of("sampled -memprofilerate 2 -n 1000"), 0);
    for (int row = 0; row <= last_row(t); row++) {
        cr_expect_gt(real_cell(t, row, "min %"), 95);
        cr_expect_lt(real_cell(t, row, "max %"), 101);
    }
}
