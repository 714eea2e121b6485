/*
 * preallocated.c: the same inserts after make(map[K]V, hint), and why an exact
 * hint does not mean no allocation.
 */
#include "runtime/rand.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

enum { Draws = 21 }; /* hash seeds tried for the spread */

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The same program under other hash seeds: how many objects by chance? */
static void report_spread(struct report *r, const struct scenarioArgs *a,
                          const struct values *keys)
{
    uint64_t objects[Draws], overflow[Draws];
    for (int i = 0; i < Draws; i++) {
        hash0_pin(fastrand());
        struct measurement *m = measure_fill(r, a->type, a->hint, keys);
        objects[i] = m->mallocs;
        overflow[i] = m->chains->total.part_objects[PART_OVERFLOW];
        measure_free(m);
    }
    hash0_unpin();
    qsort(objects, Draws, sizeof objects[0], by_value);
    qsort(overflow, Draws, sizeof overflow[0], by_value);
    report_text(
        r,
        "Under %d other hash seeds the same program allocates %s to %s "
        "objects (median %s), of them %s to %s overflow buckets: keys "
        "meet by chance, and where more than 8 meet in one bucket "
        "beyond the spare ones that came with the array, an overflow "
        "bucket is allocated.",
        Draws, commas((int64_t)objects[0]), commas((int64_t)objects[Draws - 1]),
        commas((int64_t)objects[Draws / 2]), commas((int64_t)overflow[0]),
        commas((int64_t)overflow[Draws - 1]));
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct measurement *hinted = measure_fill(r, a->type, a->hint, keys);
    struct measurement *plain = measure_fill(r, a->type, 0, keys);

    report_measurement(r, "m := make(map[K]V, hint), then n inserts:", hinted);
    struct table *t = compare_table();
    compare_row(t, "hint", hinted);
    compare_row(t, "no hint", plain);
    report_table(r, "Against the same inserts without a hint:", t);
    report_spread(r, a, keys);
    measure_free(hinted);
    measure_free(plain);
    values_free(keys);
}

const struct scenario scenario_preallocated = {
    .name = "preallocated",
    .lesson = "The right hint allocates the array once; what remains are "
              "overflow buckets, by chance.",
    .takes = TAKES_N | TAKES_HINT | TAKES_TYPE,
    .n = 10000,
    .nmax = 10000000,
    .hint = 10000,
    .type = "map[string]int",
    .run = run,
};
