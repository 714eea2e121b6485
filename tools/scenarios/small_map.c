/*
 * small_map.c: a hundred inserts into a map that was made without a hint.
 */
#include "tools/scenarios/fill.h"

static void run(struct report *r, const struct scenarioArgs *a)
{
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct measurement *plain = measure_fill(r, a->type, 0, keys);
    struct measurement *hinted = measure_fill(r, a->type, a->n, keys);

    report_measurement(r, "m := make(map[K]V), then n inserts", plain);
    struct table *t = compare_table();
    compare_row(t, "no hint", plain);
    compare_row(t, "hint n", hinted);
    report_table(r, "What make(map[K]V, n) would have allocated", t);
    report_text(r, "%s",
                by_kind("Each growth allocates one array and leaves the old "
                        "one to the collector. The header and its first bucket "
                        "are one object each; overflow buckets come by chance, "
                        "where more than 8 keys meet in one bucket.",
                        "Each growth allocates a table and its groups and "
                        "leaves the old ones to the collector. The header and "
                        "its first group are one object each. Nothing comes "
                        "by chance: keys that meet in one group go on to the "
                        "next."));
    report_cost(r, "no hint", plain);
    report_cost(r, "hint n", hinted);
    measure_free(plain);
    measure_free(hinted);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "A swiss map has no overflow buckets, so it costs the same "
                 "with every seed; but each growth is two objects, a table and "
                 "its groups, and tables are fuller before they double."},
    {CHANGE_HEADER, "Of newer releases an object with pointers above 512 bytes "
                    "asks for 8 more, and may need the next size class."},
    {0},
};

const struct scenario scenario_small_map = {
    .name = "small-map",
    .lesson = "A hundred inserts cost about ten objects, not thousands: an "
              "array for each doubling, and some buckets.",
    .swiss_lesson =
        "A hundred inserts cost about ten objects, not thousands: a "
        "table and its groups for each doubling.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 100,
    .nmax = 10000000,
    .type = "map[string]int",
    .run = run,
};
