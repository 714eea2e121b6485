/*
 * hints.c: which hints give which map. make is measured at the first and the
 * last hint of each step, and every map is filled until it grows.
 */
#include "map/classic/bucketview.h"
#include "runtime/base/throw.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

static GOFRAME struct gomap *make_one(const struct maptype *t, int64_t hint)
{
    return make_map(t, hint);
}
GOFRAME_MAIN(make_one);

static struct measurement *measure_make(const struct report *r,
                                        const struct maptype *t, int64_t hint,
                                        struct gomap **m)
{
    measure_begin();
    *m = make_one(t, hint);
    return measure_end(r->view);
}

/* Inserts keys until m grows: at which insert that was, 0 when it never was. */
static int64_t fill_until_growth(const struct report *r,
                                 const struct maptype *t, struct gomap *m,
                                 const struct values *keys)
{
    uint8_t B = bucketview_map(m)->B;
    int64_t at = 0;
    measure_begin();
    for (size_t i = 0; i < keys->n && bucketview_map(m)->B == B; i++)
        fill(t, m, keys, i, i + 1);
    struct measurement *grown = measure_end(r->view);
    for (size_t i = 0; i < grown->ngrowths && at == 0; i++)
        if (!grown->growths[i].sameSize)
            at = grown->steps[i];
    measure_free(grown);
    return at;
}

/* Buckets in the array beyond 2^B, from the bytes that it took. */
static int64_t spare_buckets(const struct maptype *t, const struct gomap *m,
                             const struct measurement *made)
{
    uint64_t bytes = made->chains->total.part_bytes[PART_ARRAY];
    if (bytes == 0)
        return 0;
    return (int64_t)(bytes / t->bucketsize) -
           ((int64_t)1 << bucketview_map(m)->B);
}

static void add_step(struct report *r, struct table *t,
                     const struct maptype *type, int64_t from, int64_t to,
                     const struct values *keys)
{
    struct gomap *low, *high;
    struct measurement *made = measure_make(r, type, from, &low);
    measure_free(measure_make(r, type, to, &high));
    uint8_t B = bucketview_map(low)->B;
    /* a step is where hints make no difference */
    ASSERT(B == bucketview_map(high)->B);
    char *range = from == to ? xprintf("%s", commas(from))
                             : xprintf("%s-%s", commas(from), commas(to));
    table_text(t, "%s", range);
    free(range);
    table_num(t, (int64_t)made->mallocs);
    table_num(t, (int64_t)made->bytes);
    table_num(t, B);
    table_num(t, (int64_t)1 << B);
    table_num(t, spare_buckets(type, low, made));
    int64_t grows = fill_until_growth(r, type, low, keys);
    if (grows > 0)
        table_num(t, grows);
    else
        table_none(t);
    measure_free(made);
}

static void report_steps(struct report *r, const struct scenarioArgs *a,
                         const struct values *keys)
{
    static const struct column cols[] = {
        {"hint", COL_RIGHT},     {"objects", COL_RIGHT}, {"bytes", COL_RIGHT},
        {"B", COL_RIGHT},        {"buckets", COL_RIGHT}, {"spare", COL_RIGHT},
        {"grows at", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    int64_t from = 0;
    for (int64_t to = bucketCnt; from <= a->n; from = to + 1) {
        if (from > 0) /* from 2 buckets on: 6.5 entries a bucket */
            to = to == bucketCnt ? loadFactorNum : 2 * to;
        add_step(r, t, a->type, from, to, keys);
    }
    report_table(r,
                 "What make(map[K]V, hint) allocates; spare are overflow "
                 "buckets that come with the array",
                 t);
}

/* The advice that one hears, tried. */
static void report_advice(struct report *r, const struct scenarioArgs *a,
                          const struct values *all)
{
    static const struct {
        const char *name;
        double factor;
    } advice[] = {
        {"no hint", 0},   {"n / 6.5", 1 / 6.5}, {"n", 1},
        {"1.25 n", 1.25}, {"2 n", 2},
    };
    struct values keys = values_first(all, (size_t)a->n);
    struct table *t = compare_table();
    for (size_t i = 0; i < ARRAY_LEN(advice); i++) {
        int64_t hint = (int64_t)((double)a->n * advice[i].factor + 0.999);
        struct measurement *m = measure_fill(r, a->type, hint, &keys);
        char *name = xprintf("%s: %s", advice[i].name, commas(hint));
        compare_row(t, hint > 0 ? name : advice[i].name, m);
        free(name);
        measure_free(m);
    }
    char *title =
        xprintf("Hints advised for n = %s entries, tried", commas(a->n));
    report_table(r, title, t);
    free(title);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    /* the last step ends below 4 n: enough keys to make it grow */
    struct values *keys = values_make(
        a->type->key, 0, (size_t)a->n * 4 + 2 * (size_t)loadFactorNum);
    report_steps(r, a, keys);
    report_advice(r, a, keys);
    report_text(r, "The hint counts entries, not buckets: the runtime itself "
                   "leaves room for 6.5 a bucket. A little more than n buys "
                   "nothing inside a step, and twice the memory across one.");
    values_free(keys);
}

const struct scenario scenario_hints = {
    .name = "hints",
    .lesson = "A hint picks a power of two of buckets; all hints between two "
              "thresholds make the same map.",
    .takes = TAKES_N | TAKES_TYPE,
    .n = 10000,
    .nmax = 1000000,
    .type = "map[int]int",
    .run = run,
};
