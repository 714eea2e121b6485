/*
 * preallocated.c: the same inserts after make(map[K]V, hint), and why an exact
 * hint does not mean no allocation.
 */
#include "map/mapview.h"
#include "runtime/sched/rand.h"
#include "tools/lib/exits.h"
#include "tools/measure/measure.h"
#include "tools/scenarios/fill.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { Seeds = 21, LongestChain = 8 };

/*
 * How many overflow buckets chance lets expect. Keys fall on buckets like rain:
 * a bucket holds k of them with probability load^k / k! * e^-load (Poisson),
 * and one that holds more than 8 needs an overflow bucket for each 8 more.
 */
static double expected_overflow(double buckets, double load)
{
    double p = exp(-load), sum = 0;
    for (int k = 1; k <= LongestChain * bucketCnt; k++) {
        p *= load / k;
        int overflow = (k - 1) / bucketCnt; /* whole buckets */
        sum += p * overflow;
    }
    return buckets * sum;
}

/* Objects of n inserts into a map made for n, under several seeds. */
static struct spread objects_over_seeds(struct report *r,
                                        const struct maptype *type,
                                        const struct values *keys)
{
    double objects[Seeds];
    uint64_t seed = rand_current_seed();
    for (int i = 0; i < Seeds; i++) {
        rand_seed(spread_first_seed(seed, Seeds) + (uint64_t)i);
        struct measurement *m = measure_fill(r, type, (int64_t)keys->n, keys);
        objects[i] = (double)m->mallocs;
        measure_free(m);
    }
    rand_seed(seed);
    return spread_of(objects, Seeds);
}

/* A row about a hint that is met exactly: what the map is like, and the objects
 * that chance makes of it. */
static void add_load(struct report *r, struct table *t,
                     const struct maptype *type, const struct values *all,
                     int64_t n)
{
    struct values keys = values_first(all, (size_t)n);
    struct mapShape shape = mapview_hinted(type, (intptr_t)n);
    struct spread s = objects_over_seeds(r, type, &keys);
    table_num(t, n);
    if (type->kind == MAPKIND_SWISS) {
        table_num(t, (int64_t)shape.tables);
        table_num(t, (int64_t)shape.slots);
        table_real(t, 100 * (double)n / (double)shape.slots, 1);
    } else {
        struct mapArray array = bucketview_array(type, shape.B);
        double load = (double)n / (double)array.buckets;
        table_num(t, (int64_t)array.buckets);
        table_real(t, load, 2);
        table_real(t, expected_overflow((double)array.buckets, load), 1);
        table_num(t, (int64_t)array.spares);
    }
    table_num(t, (int64_t)s.min);
    table_num(t, (int64_t)s.median);
    table_num(t, (int64_t)s.max);
}

static struct table *load_table(void)
{
    static const struct column buckets[] = {
        {"n = hint", COL_RIGHT}, {"buckets", COL_RIGHT}, {"load", COL_RIGHT},
        {"overflow", COL_RIGHT}, {"spare", COL_RIGHT},   {"min", COL_RIGHT},
        {"median", COL_RIGHT},   {"max", COL_RIGHT},
    };
    static const struct column tables[] = {
        {"n = hint", COL_RIGHT}, {"tables", COL_RIGHT}, {"slots", COL_RIGHT},
        {"% full", COL_RIGHT},   {"min", COL_RIGHT},    {"median", COL_RIGHT},
        {"max", COL_RIGHT},
    };
    if (modelled->map == MAPKIND_SWISS)
        return table_new(tables, ARRAY_LEN(tables));
    return table_new(buckets, ARRAY_LEN(buckets));
}

static void report_spread(struct report *r, const struct scenarioArgs *a)
{
    int64_t full = (int64_t)mapview_hinted(a->type, (intptr_t)a->n).room;
    struct values *keys = values_make(a->type->key, 0, (size_t)full);
    struct table *t = load_table();
    const int64_t first = full / 2 + (modelled->map == MAPKIND_SWISS
                                          ? full / 16 /* past the trap: hints */
                                          : 1);
    const int64_t loads[] = {first, full / 4 * 3, full - full / 16, full};
    for (size_t i = 0; i < ARRAY_LEN(loads); i++)
        add_load(r, t, a->type, keys, loads[i]);
    uint64_t seed = spread_first_seed(rand_current_seed(), Seeds);
    char *title = xprintf("Exact hints at rising load: objects over seeds "
                          "%" PRIu64 " to %" PRIu64,
                          seed, seed + Seeds - 1);
    report_table(r, title, t);
    free(title);
    values_free(keys);
    report_text(r, "%s",
                by_kind("Load is entries a bucket. Keys meet by chance: "
                        "overflow says how many overflow buckets that lets "
                        "expect, spare how many come with the array. What the "
                        "spares cannot serve is allocated one by one, and a "
                        "map of pointer-free buckets keeps a list of all of "
                        "them besides.",
                        "Keys fall on the tables by chance. A table that gets "
                        "more than its share is full, at 7 of 8 slots, before "
                        "the others, and is split: two objects for each of the "
                        "two new tables, and now and then a larger directory. "
                        "The fuller the hint makes the map, the more tables "
                        "that meets."));
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
    report_cost(r, "hint", hinted);
    report_cost(r, "no hint", plain);
    measure_free(hinted);
    measure_free(plain);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "The right hint makes one array, or a table and its groups "
                 "for each 896 entries: more objects, but fewer bytes than an "
                 "array with its spare buckets."},
    {0},
};

const struct scenario scenario_preallocated = {
    .name = "preallocated",
    .lesson = "The right hint allocates the array once; what remains are "
              "overflow buckets, by chance.",
    .swiss_lesson = "The right hint makes every table at once; what remains "
                    "are splits of tables that get more than their share.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_HINT | TAKES_TYPE,
    .n = 10000,
    .nmax = 10000000,
    .hint = 10000,
    .type = "map[string]int",
    .run = run,
};
