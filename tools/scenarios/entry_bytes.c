/*
 * entry_bytes.c: what an entry costs in a map that grew to n: live, at the peak
 * of its last growth, and in all.
 */
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

/* The most that was in use at once: as the last growth begins, or at the
 * end. */
static uint64_t peak_of(const struct report *r, const struct maptype *t,
                        const struct values *keys, const struct measurement *m,
                        uint64_t live)
{
    if (m->ngrowths == 0)
        return live;
    uint64_t peak = live_at_growth(r, t, 0, keys, m, live);
    return peak > live ? peak : live;
}

/* The figures of n entries. */
static void report_pair(struct report *r, size_t n, double live, double peak)
{
    char *name = xprintf("%s: live bytes an entry", commas((int64_t)n));
    report_real(r, name, live, 1);
    free(name);
    name = xprintf("%s: at the peak", commas((int64_t)n));
    report_real(r, name, peak, 1);
    free(name);
}

static void add_size(struct report *r, struct table *t,
                     const struct maptype *type, const struct values *all,
                     size_t n)
{
    struct values keys = values_first(all, n);
    struct measurement *m = measure_fill(r, type, 0, &keys);
    uint64_t live = measured_live(r, type, 0, &keys);
    uint64_t peak = peak_of(r, type, &keys, m, live);
    table_num(t, (int64_t)n);
    table_num(t, (int64_t)live);
    table_real(t, (double)live / (double)n, 1);
    table_real(t, (double)peak / (double)n, 1);
    table_real(t, (double)m->bytes / (double)n, 1);
    report_pair(r, n, (double)live / (double)n, (double)peak / (double)n);
    measure_free(m);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const size_t sizes[] = {8, 9, 100, 896, 897, 10000, 100000};
    static const struct column cols[] = {
        {"entries", COL_RIGHT},  {"live bytes", COL_RIGHT},
        {"an entry", COL_RIGHT}, {"at the peak", COL_RIGHT},
        {"in all", COL_RIGHT},
    };
    int32_t percent = gc_set_percent(-1);
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < ARRAY_LEN(sizes) && sizes[i] < (size_t)a->n; i++)
        add_size(r, t, a->type, keys, sizes[i]);
    add_size(r, t, a->type, keys, (size_t)a->n);
    report_text(r,
                "Maps of several sizes, filled without a hint. A key with its "
                "element has %zu bytes. Live is what a collection leaves; the "
                "peak is as the last growth begins, when what it replaces is "
                "still in use; in all counts everything that was allocated on "
                "the way.",
                a->type->key->size + a->type->elem->size);
    report_table(r, "Bytes, and bytes an entry", t);
    report_text(r, "%s",
                by_kind("An entry costs most just after a growth, when half of "
                        "the array is empty and the old array is still there.",
                        "An entry costs most in a map that has just got a "
                        "larger table. In a map of many tables these grow one "
                        "by one, so the figure hardly moves."));
    gc_set_percent(percent);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP,
     "A swiss map holds 7 entries in 8 slots where a bucket map "
     "holds 6.5, and needs no spare buckets. At the peak it has one "
     "table twice; a bucket map has its old array beside the new "
     "one, and half as large."},
    {0},
};

const struct scenario scenario_entry_bytes = {
    .name = "entry-bytes",
    .lesson = "An entry's share of its map: live, and at the peak of the last "
              "growth.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 100000,
    .nmax = 10000000,
    .type = "map[int]int",
    .run = run,
};
