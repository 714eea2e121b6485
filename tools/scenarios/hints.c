/*
 * hints.c: which hints give which map. make is measured at the first and the
 * last hint of each step, and every map is filled until it grows.
 */
#include "map/mapview.h"
#include "runtime/base/throw.h"
#include "tools/lib/exits.h"
#include "tools/measure/anymap.h"
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
    size_t slots = mapview_shape(t, m).slots;
    int64_t at = 0;
    measure_begin();
    fill(t, m, keys, 0, 1); /* a small map has its bucket or group now */
    slots = slots > 0 ? slots : mapview_shape(t, m).slots;
    for (size_t i = 1; i < keys->n && mapview_shape(t, m).slots == slots; i++)
        fill(t, m, keys, i, i + 1);
    struct measurement *grown = measure_end(r->view);
    for (size_t i = 0; i < grown->ngrowths && at == 0; i++)
        if (!grown->growths[i].sameSize)
            at = grown->steps[i];
    measure_free(grown);
    return at;
}

/* Buckets in the array beyond 2^B, from the bytes that it took. */
static int64_t spare_buckets(const struct maptype *t, const struct mapShape *s,
                             const struct measurement *made)
{
    uint64_t bytes = made->chains->total.part_bytes[PART_ARRAY];
    if (bytes == 0)
        return 0;
    return (int64_t)(bytes / t->bucketsize) - ((int64_t)1 << s->B);
}

static bool same_shape(struct mapShape a, struct mapShape b)
{
    return a.slots == b.slots && a.tables == b.tables;
}

static bool same_hints(const struct maptype *t, int64_t a, int64_t b)
{
    return same_shape(mapview_hinted(t, (intptr_t)a),
                      mapview_hinted(t, (intptr_t)b));
}

/* The last hint that makes the same map as from does, as far as 4 n. Maps get
 * larger with their hints, so what differs once stays so. */
static int64_t end_of_step(const struct maptype *t, int64_t from, int64_t n)
{
    int64_t same = 0, other = 1; /* beyond from */
    while (other < 4 * n && same_hints(t, from, from + other)) {
        same = other;
        other *= 2;
    }
    while (other - same > 1) {
        int64_t middle = same + (other - same) / 2;
        if (same_hints(t, from, from + middle))
            same = middle;
        else
            other = middle;
    }
    return from + same;
}

/* What the kind of map has, between the bytes and where it grows. */
static void add_shape(struct table *t, const struct maptype *type,
                      const struct mapShape *s, const struct measurement *made)
{
    if (type->kind == MAPKIND_SWISS) {
        table_num(t, (int64_t)s->tables);
        table_num(t, (int64_t)s->slots);
        table_num(t, (int64_t)s->room);
    } else {
        table_num(t, s->B);
        table_num(t, (int64_t)1 << s->B);
        table_num(t, spare_buckets(type, s, made));
    }
}

static void add_step(struct report *r, struct table *t,
                     const struct maptype *type, int64_t from, int64_t to,
                     const struct values *keys)
{
    struct gomap *low, *high;
    struct measurement *made = measure_make(r, type, from, &low);
    measure_free(measure_make(r, type, to, &high));
    /* a step is where hints make no difference */
    ASSERT(same_shape(mapview_shape(type, low), mapview_shape(type, high)));
    struct mapShape shape = mapview_hinted(type, (intptr_t)from);
    char *range = from == to ? xprintf("%s", commas(from))
                             : xprintf("%s-%s", commas(from), commas(to));
    table_text(t, "%s", range);
    free(range);
    table_num(t, (int64_t)made->mallocs);
    table_num(t, (int64_t)made->bytes);
    add_shape(t, type, &shape, made);
    int64_t grows = fill_until_growth(r, type, low, keys);
    if (grows > 0)
        table_num(t, grows);
    else
        table_none(t);
    measure_free(made);
}

static struct table *step_table(void)
{
    static const struct column buckets[] = {
        {"hint", COL_RIGHT},     {"objects", COL_RIGHT}, {"bytes", COL_RIGHT},
        {"B", COL_RIGHT},        {"buckets", COL_RIGHT}, {"spare", COL_RIGHT},
        {"grows at", COL_RIGHT},
    };
    static const struct column tables[] = {
        {"hint", COL_RIGHT},     {"objects", COL_RIGHT}, {"bytes", COL_RIGHT},
        {"tables", COL_RIGHT},   {"slots", COL_RIGHT},   {"room", COL_RIGHT},
        {"grows at", COL_RIGHT},
    };
    bool swiss = modelled->map == MAPKIND_SWISS;
    return table_new(swiss ? tables : buckets, ARRAY_LEN(buckets));
}

static void report_steps(struct report *r, const struct scenarioArgs *a,
                         const struct values *keys)
{
    struct table *t = step_table();
    for (int64_t from = 0, to; from <= a->n; from = to + 1) {
        to = end_of_step(a->type, from, a->n);
        add_step(r, t, a->type, from, to, keys);
    }
    report_table(r,
                 by_kind("What make(map[K]V, hint) allocates; spare are "
                         "overflow buckets that come with the array",
                         "What make(map[K]V, hint) allocates; room is 7 of 8 "
                         "slots of all tables"),
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
        if (advice[i].factor == 0 || advice[i].factor == 1)
            report_cost(r, hint > 0 ? "hint n" : "no hint", m);
        free(name);
        measure_free(m);
    }
    char *title =
        xprintf("Hints advised for n = %s entries, tried", commas(a->n));
    report_table(r, title, t);
    free(title);
}

/* make's arithmetic is exact for any hint: only the filling is left out. */
static void add_large_step(struct table *t, const struct maptype *type,
                           int64_t from, int64_t to)
{
    struct mapShape shape = mapview_hinted(type, (intptr_t)from);
    struct mapEstimate made = estimate_map(type, from, 0);
    char *range = from == to ? xprintf("%s", commas(from))
                             : xprintf("%s-%s", commas(from), commas(to));
    table_text(t, "%s", range);
    free(range);
    table_num(t, (int64_t)made.objects);
    table_num(t, (int64_t)made.bytes);
    table_num(t, (int64_t)shape.slots);
    table_num(t, (int64_t)shape.room);
}

/* Steps that a hint near n lies in, and what the advice comes to. */
static void estimate(struct report *r, const struct scenarioArgs *a)
{
    static const struct column cols[] = {
        {"hint", COL_RIGHT},  {"objects", COL_RIGHT}, {"bytes", COL_RIGHT},
        {"slots", COL_RIGHT}, {"room", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    int64_t from = end_of_step(a->type, a->n / 8, a->n) + 1;
    for (int64_t to; from <= a->n; from = to + 1) {
        to = end_of_step(a->type, from, a->n);
        add_large_step(t, a->type, from, to);
    }
    report_table(r, "What make(map[K]V, hint) allocates, by its arithmetic", t);
    struct mapEstimate plain = estimate_map(a->type, 0, a->n);
    struct mapEstimate hinted = estimate_map(a->type, a->n, a->n);
    report_caveat(
        r,
        "An estimate: so many entries are not measured here. n inserts "
        "allocate %.4g bytes without a hint, %.4g with the hint n.",
        plain.allBytes, hinted.allBytes);
    if (mapview_hinted(a->type, (intptr_t)a->n).slots <= bucketCnt)
        report_caveat(r, "No memory could hold what the hint n asks for: make "
                         "takes it for none.");
    report_real(r, "bytes an entry, no hint", plain.allBytes / (double)a->n, 1);
    report_real(r, "bytes an entry, hint n", hinted.allBytes / (double)a->n, 1);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    if (a->estimate) {
        estimate(r, a);
        return;
    }
    /* the last step ends below 4 n: enough keys to make it grow */
    struct values *keys = values_make(
        a->type->key, 0, (size_t)a->n * 4 + 2 * (size_t)loadFactorNum);
    report_steps(r, a, keys);
    report_advice(r, a, keys);
    report_text(r, "%s",
                by_kind("The hint counts entries, not buckets: the runtime "
                        "itself leaves room for 6.5 a bucket. A little more "
                        "than n buys nothing inside a step, and twice the "
                        "memory across one.",
                        "The hint counts entries: the runtime itself leaves "
                        "room, 8 slots for 7. But the number of tables is "
                        "rounded up and then the slots of each down: at 897, "
                        "1,793, 3,585 and so on the hint just passes what full "
                        "tables of 1,024 hold, and gets twice as many of half "
                        "the size, with less room than was asked for. From two "
                        "tables on keys fall unevenly, so the first growth "
                        "comes before the room is used up."));
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "An exact hint makes one array of buckets, or a directory and "
                 "a table with its groups for each 896 entries. A table needs "
                 "no spare buckets, so a swiss map made for n is smaller; some "
                 "of its tables may still be split before all entries are in."},
    {0},
};

const struct scenario scenario_hints = {
    .name = "hints",
    .lesson = "A hint picks a power of two of buckets; all hints between two "
              "thresholds make the same map.",
    .swiss_lesson = "A hint picks tables and their size, by powers of two; "
                    "just past 896, 1,792 and 3,584 it gets too little.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 10000,
    .nmax = 1000000,
    .estimates = 1000000000000,
    .type = "map[int]int",
    .run = run,
};
