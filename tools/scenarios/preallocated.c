/*
 * preallocated.c: the same inserts after make(map[K]V, hint), and why an exact
 * hint does not mean no allocation.
 */
#include "runtime/rand.h"
#include "tools/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

enum { Draws = 21 }; /* hash seeds tried for the spread */

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

struct spread {
    uint64_t min, median, max;
};

static struct spread spread_of(uint64_t *values)
{
    qsort(values, Draws, sizeof values[0], by_value);
    return (struct spread){values[0], values[Draws / 2], values[Draws - 1]};
}

/* n inserts into a map made for n, under several hash seeds. */
static void add_load(struct report *r, struct table *t,
                     const struct maptype *type, const struct values *all,
                     int64_t n)
{
    struct values keys = values_first(all, (size_t)n);
    uint64_t objects[Draws];
    uint8_t B = 0;
    for (int i = 0; i < Draws; i++) {
        hash0_pin(fastrand());
        measure_begin();
        B = fill_new(type, n, &keys)->B;
        struct measurement *m = measure_end(r->view);
        objects[i] = m->mallocs;
        measure_free(m);
    }
    hash0_unpin();
    struct spread s = spread_of(objects);
    table_num(t, n);
    table_num(t, (int64_t)1 << B);
    table_real(t, (double)n / (double)((int64_t)1 << B), 2);
    table_num(t, (int64_t)s.min);
    table_num(t, (int64_t)s.median);
    table_num(t, (int64_t)s.max);
}

/* Entries at which 2^B buckets are full, for the least B that holds n. */
static int64_t capacity_for(int64_t n)
{
    if (n <= bucketCnt)
        return bucketCnt;
    int64_t capacity = loadFactorNum; /* of two buckets */
    while (capacity < n)
        capacity *= 2;
    return capacity;
}

static void report_spread(struct report *r, const struct scenarioArgs *a)
{
    static const struct column cols[] = {
        {"entries = hint", COL_RIGHT}, {"buckets", COL_RIGHT},
        {"entries/bucket", COL_RIGHT}, {"objects min", COL_RIGHT},
        {"median", COL_RIGHT},         {"max", COL_RIGHT},
    };
    int64_t full = capacity_for(a->n);
    struct values *keys = values_make(a->type->key, 0, (size_t)full);
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    const int64_t loads[] = {full / 2 + 1, full / 4 * 3, full - full / 16,
                             full};
    for (size_t i = 0; i < ARRAY_LEN(loads); i++)
        add_load(r, t, a->type, keys, loads[i]);
    char *title =
        xprintf("Exact hints at rising load, %d hash seeds each", Draws);
    report_table(r, title, t);
    free(title);
    values_free(keys);
    report_text(r,
                "Keys meet by chance. Where more than 8 meet in one bucket it "
                "takes one of the spare overflow buckets that came with the "
                "array; when those are used up, each further one is an "
                "allocation. The fuller the array, the more of them.");
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct measurement *hinted = measure_fill(r, a->type, a->hint, keys);
    struct measurement *plain = measure_fill(r, a->type, 0, keys);

    report_measurement(r, "m := make(map[K]V, hint), then n inserts", hinted);
    struct table *t = compare_table();
    compare_row(t, "hint", hinted);
    compare_row(t, "no hint", plain);
    report_table(r, "Against the same inserts without a hint", t);
    report_spread(r, a);
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
