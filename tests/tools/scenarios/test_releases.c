/*
 * test_releases.c: what the scenarios teach about newer releases, to the
 * figure, and several releases side by side.
 */
#include "runtime/base/goversion.h"
#include "tests/scenarioparts.h"
#include "tools/scenarios/scenario.h"

TestSuite(releases, .fini = forget_parts);

/* A figure of the i-th scenario, or release, of the document. */
static double figure(int i, const char *name)
{
    json_t *list = json_object_get(doc, "scenarios");
    json_t *figures =
        json_object_get(json_array_get(list, (size_t)i), "figures");
    json_t *value = json_object_get(figures, name);
    cr_assert(json_is_number(value), "%d: no figure %s", i, name);
    return json_number_value(value);
}

Test(releases, first_inserts_of_a_swiss_map)
{
    static const struct {
        const char *step;
        long long objects, bytes, slots;
    } want[] = {
        {"make", 1, 48, 0},
        {"insert 1", 1, 144, 8},
        {"insert 9", 3, 328, 16},
        {"insert 15", 2, 608, 32},
        {"insert 29", 2, 1184, 64},
        {"insert 57", 2, 2336, 128},
        {"insert 113", 2, 4896, 256},
        {"insert 225", 2, 9504, 512},
        {"insert 449", 2, 18464, 1024},
        {"insert 897", 5, 36944, 2048},
    };
    json_t *t = table_of(parts_of("first-inserts -go 1.27"), 0);
    cr_assert_eq(json_array_size(t), ARRAY_LEN(want));
    for (int i = 0; i < (int)ARRAY_LEN(want); i++) {
        cr_expect_str_eq(text_cell(t, i, "step"), want[i].step);
        cr_expect_eq(cell(t, i, "objects"), want[i].objects, "row %d", i);
        cr_expect_eq(cell(t, i, "bytes"), want[i].bytes, "row %d", i);
        cr_expect_eq(cell(t, i, "slots"), want[i].slots, "row %d", i);
    }
}

/* Just past 896, 1,792 and 3,584 a hint gets less room than it asks for. */
Test(releases, hints_have_their_traps)
{
    json_t *t = table_of(parts_of("hints -go 1.24 -n 4000"), 0);
    int traps = 0;
    for (int i = 0; i < (int)json_array_size(t); i++) {
        const char *hint = text_cell(t, i, "hint");
        long long room = cell(t, i, "room"), grows = cell(t, i, "grows at");
        bool trap = strcmp(hint, "897") == 0 ||
                    strcmp(hint, "1,793-1,795") == 0 ||
                    strcmp(hint, "3,585-3,590") == 0;
        char *last = strrchr(hint, '-');
        char digits[16] = "";
        for (const char *c = last == NULL ? hint : last + 1; *c != '\0'; c++)
            if (*c != ',')
                strncat(digits, c, 1);
        cr_expect_eq(trap, room < atoll(digits), "%s: %lld", hint, room);
        cr_expect_leq(grows, room + 1, "%s", hint);
        traps += trap;
    }
    cr_expect_eq(traps, 3);
}

Test(releases, an_update_of_a_full_small_map)
{
    parts_of("update-full -go 1.19,1.23,1.24,1.26,1.27");
    static const int objects[][2] = {{0, 1}, {0, 1}, {3, 0}, {3, 0}, {0, 3}};
    for (int i = 0; i < (int)ARRAY_LEN(objects); i++) {
        cr_expect_eq(figure(i, "objects, update of the 1st"), objects[i][0]);
        cr_expect_eq(figure(i, "objects, insert of a 9th"), objects[i][1]);
    }
}

Test(releases, a_queue_grows_less_and_less)
{
    parts_of("queue -go 1.19,1.24,1.25,1.27");
    static const int objects[] = {2962, 15, 13, 13};
    for (int i = 0; i < (int)ARRAY_LEN(objects); i++)
        cr_expect_eq(figure(i, "objects, all inserts and deletes"), objects[i],
                     "%d: %g", i,
                     figure(i, "objects, all inserts and deletes"));
}

Test(releases, a_set_of_ints_costs_what_a_map_to_int_costs)
{
    parts_of("set -go 1.23,1.27");
    cr_expect_lt(figure(0, "bytes, map[int]struct {}"),
                 figure(0, "bytes, map[int]bool"));
    cr_expect_lt(figure(0, "bytes, map[int]bool"),
                 figure(0, "bytes, map[int]int"));
    cr_expect_eq(figure(1, "bytes, map[int]struct {}"),
                 figure(1, "bytes, map[int]int"));
    cr_expect_eq(figure(1, "bytes, map[int]bool"),
                 figure(1, "bytes, map[int]int"));
    cr_expect_eq(figure(1, "bytes, map[int]int"), 295600);
}

Test(releases, the_spike_of_a_swiss_map_is_a_table)
{
    parts_of("spike -go 1.19,1.27");
    cr_expect_gt(figure(0, "live bytes at the peak, times that"), 2.5);
    cr_expect_lt(figure(1, "live bytes at the peak, times that"), 1.02);
    /* two tables and their groups, and the directory twice as large */
    cr_expect_eq(figure(1, "bytes that the growth allocates"),
                 2 * (32 + 18432) + 2304);
}

Test(releases, growths_are_told_table_by_table)
{
    json_t *parts = parts_of("small-map -go 1.27 -n 2000 -type 'map[int]int'");
    json_t *growth = nth_with(parts, "growth", 0);
    cr_expect_str_eq(text_cell(growth, 0, "slots of a table"), "8 -> 16");
    cr_expect_str_eq(text_cell(growth, 6, "slots of a table"), "512 -> 1,024");
    cr_expect_str_eq(text_cell(growth, 7, "slots of a table"),
                     "1,024 -> 2 x 1,024");
    cr_expect_eq(cell(growth, 7, "insert"), 897);
    cr_expect_eq(cell(growth, 7, "directory"), 2);
    cr_expect_eq(cell(growth, 7, "bytes"), 2 * 18432);
    cr_expect_eq(cell(growth, 7, "moved"), 896);
}

/* Every scenario runs on both newer kinds of map, and none speaks of buckets
 * where there are none. */
Test(releases, nobody_speaks_of_buckets_in_a_swiss_map)
{
    for (int i = 0; scenarios[i] != NULL; i++) {
        const struct scenario *s = scenarios[i];
        char args[200];
        bool large = (s->takes & TAKES_N) != 0 && s->n > 10000;
        snprintf(args, sizeof args, "run %s -go 1.27%s", s->name,
                 large ? " -n 10000" : "");
        struct ran r = hmap(args);
        cr_expect_eq(r.status, 0, "%s: %s", args, r.err);
        char *told = strstr(r.out, "\n\n"); /* behind the lesson */
        cr_assert_not_null(told, "%s", args);
        cr_expect_null(strstr(told, "overflow"), "%s", args);
        cr_expect_null(strstr(told, "bucket a"), "%s", args);
        ran_free(&r);
    }
}

Test(releases, side_by_side_with_what_changed_and_why)
{
    struct ran r = hmap("run reading -go 1.19,1.23,1.27");
    expect_part(r.out, "The same program, go1.19 to go1.27:\n");
    expect_part(r.out, "go1.19  go1.23  go1.27  change\n");
    expect_part(r.out, "objects of all look-ups and one range       2       2  "
                       "     0  -100 %\n");
    expect_part(r.out, "A swiss map keeps no list of overflow buckets");
    ran_free(&r);
    r = hmap("run reading -go 1.24,1.27");
    cr_expect_null(strstr(r.out, "keeps no list of overflow"));
    ran_free(&r);
}

/* Without -go a lesson ends with the newest release; with one, it does not. */
Test(releases, the_plain_tour_ends_each_lesson_with_the_newest)
{
    struct ran plain = hmap("run -v small-map"),
               alone = hmap("run -v small-map -go 1.19");
    expect_part(plain.out, alone.out);
    char title[60];
    snprintf(title, sizeof title, "The same program, go1.19 to %s:\n",
             goversion_newest()->name);
    expect_part(plain.out, title);
    cr_expect_null(strstr(alone.out, "The same program"));
    ran_free(&plain);
    ran_free(&alone);
}

Test(releases, a_scenario_says_where_it_has_no_subject)
{
    struct ran r = hmap("run dirty-copy -go 1.27");
    cr_expect_eq(r.status, 0);
    expect_part(r.out, "In this release sync.Map is a trie of hashes");
    ran_free(&r);
}

/* More than a machine holds is estimated, and says so. */
Test(releases, sizes_beyond_all_memory_are_estimates)
{
    struct ran r = hmap("run size -type 'map[string]int' -n 1e12 -go 1.27");
    cr_expect_eq(r.status, 0);
    expect_part(r.out, "n 1,000,000,000,000, hint 0\n\nAn estimate: so many");
    expect_part(r.out, "the map, live                      4,023,000,000  "
                       " 54,930,000,000,000         54.9\n");
    ran_free(&r);
    r = hmap("run hints -n 1e12 -go 1.27");
    expect_part(r.out, "481,975,861,248-962,072,674,304  2,147,483,650  "
                       "19,834,158,972,976");
    expect_part(r.out, "No memory could hold what the hint n asks for");
    ran_free(&r);
    expect_refused("run append -n 1e12",
                   "hmap: scenario append: -n 1000000000000: want 1 to "
                   "10000000");
    expect_refused("run size -n 1e",
                   "hmap: -n 1e: want a whole number from 1 to "
                   "1000000000000000");
}
