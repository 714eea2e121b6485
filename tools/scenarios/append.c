/*
 * append.c: adding to a map up to a million entries, with a hint and without:
 * bucket arrays, overflow buckets and bookkeeping told apart.
 */
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

enum { FirstSize = 1000 };

/* Short, for the table is wide: "100k". */
static char *size_name(size_t n, const char *what)
{
    if (n % 1000000 == 0)
        return xprintf("%zuM%s", n / 1000000, what);
    if (n % 1000 == 0)
        return xprintf("%zuk%s", n / 1000, what);
    return xprintf("%s%s", commas((int64_t)n), what);
}

/* Two rows: n inserts with the hint and without, of which it returns the
 * second. */
static struct measurement *add_size(struct report *r, struct table *t,
                                    const struct scenarioArgs *a,
                                    const struct values *keys, size_t n)
{
    struct values some = values_first(keys, n);
    struct measurement *hinted = measure_fill(r, a->type, (int64_t)n, &some);
    struct measurement *plain = measure_fill(r, a->type, 0, &some);
    if (n == (size_t)a->n)
        report_cost(r, "hint n", hinted);
    char *name = size_name(n, ", hint");
    compare_row(t, name, hinted);
    free(name);
    name = size_name(n, "");
    compare_row(t, name, plain);
    free(name);
    measure_free(hinted);
    return plain;
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct table *t = compare_table();
    for (size_t n = FirstSize; n < (size_t)a->n; n *= 10)
        measure_free(add_size(r, t, a, keys, n));
    struct measurement *largest = add_size(r, t, a, keys, (size_t)a->n);
    report_table(r, "n inserts with the hint n and without", t);
    report_measurement(r, "The largest without a hint", largest);
    report_text(r, "%s",
                by_kind("A map of pointer-free buckets keeps a list of its "
                        "overflow buckets, so that the collector need not look "
                        "into the array: that list, its growth by append and "
                        "its header (mapextra) are the bookkeeping. Spare "
                        "overflow buckets come with an array of 16 and more; "
                        "what they cannot serve is allocated one by one.",
                        "Up to 896 entries the one table is replaced by one "
                        "twice as large, as arrays of buckets are. From there "
                        "on only the table that is full is split: each growth "
                        "moves at most 896 entries, however large the map is. "
                        "A hint that fits makes all tables at once, but they "
                        "fill unevenly: some are split before n is reached."));
    report_cost(r, "n inserts", largest);
    measure_free(largest);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP,
     "Tens of thousands of overflow buckets are gone; in their place stand a "
     "table and its groups for each thousand entries. With the hint a bucket "
     "map is one array, a swiss map many tables."},
    {0},
};

const struct scenario scenario_append = {
    .name = "append",
    .lesson = "A million inserts are some twenty arrays, and tens of thousands "
              "of overflow buckets; a hint saves nearly all.",
    .swiss_lesson = "A million inserts are a few thousand objects: tables of "
                    "1,024 slots that split one by one.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 1000000,
    .nmax = 10000000,
    .type = "map[int]int",
    .run = run,
};
