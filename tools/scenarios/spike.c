/*
 * spike.c: one growth from close by: the old array and the new one live
 * together until the last entry has moved, and a collection has run after that.
 */
#include "map/mapview.h"
#include "tools/scenarios/fill.h"

enum spikeMoment { BEFORE, BEGINS, HALF, LAST, MOVED, NMOMENTS };

static const char *moment_name(enum spikeMoment at)
{
    static const char *const names[NMOMENTS][2] = {
        [BEFORE] = {"the insert before", "the insert before"},
        [BEGINS] = {"growth begins: new array", "growth: two tables for one"},
        [HALF] = {"half of the moving inserts later", NULL},
        [LAST] = {"the insert before the last move", NULL},
        [MOVED] = {"all moved: old array let go", NULL},
    };
    return by_kind(names[at][0], names[at][1]);
}

/* The growth after n entries. */
struct growth {
    size_t at[NMOMENTS];                   /* inserts done at each moment */
    int64_t len[NMOMENTS], left[NMOMENTS]; /* entries; old buckets to move */
    uint64_t heap[NMOMENTS];               /* bytes, when no collection runs */
    uint64_t live[NMOMENTS]; /* bytes after a collection at that moment */
    struct mapShape old, new;
};

/* Entries are still on their way: a swiss map moves them at once. */
static bool moving(const struct maptype *t, const struct gomap *m)
{
    return t->kind == MAPKIND_CLASSIC && bucketview_growing(m);
}

/* Old buckets that have not moved yet. */
static int64_t left_to_move(const struct maptype *t, const struct gomap *m)
{
    if (t->kind == MAPKIND_SWISS)
        return 0;
    return (int64_t)bucketview_counts(t, m).oldleft;
}

/* Fills a map until it has grown once more after n entries, and notes when that
 * was. False when keys do not suffice: there are too few that differ. */
static GOFRAME bool find_growth(struct growth *g, const struct maptype *t,
                                const struct values *keys, size_t n)
{
    struct gomap *m = make_map(t, 0);
    fill(t, m, keys, 0, n);
    size_t i = n;
    while (i < keys->n && moving(t, m)) { /* an earlier one */
        fill(t, m, keys, i, i + 1);
        i++;
    }
    g->old = g->new = mapview_shape(t, m);
    for (; i < keys->n && g->new.slots == g->old.slots; i++) {
        fill(t, m, keys, i, i + 1);
        g->new = mapview_shape(t, m);
    }
    g->at[BEGINS] = i;
    g->at[BEFORE] = i - 1;
    for (; i < keys->n && moving(t, m); i++)
        fill(t, m, keys, i, i + 1);
    g->at[MOVED] = i;
    g->at[HALF] = (g->at[BEGINS] + i) / 2;
    g->at[LAST] = i - 1;
    return g->new.slots > g->old.slots && !moving(t, m);
}
GOFRAME_MAIN(find_growth);

/* The same program again, looked at in each moment. */
static GOFRAME void watch(struct growth *g, const struct maptype *t,
                          const struct values *keys, bool collect)
{
    uint64_t before = live_bytes(NULL);
    struct gomap *m = make_map(t, 0);
    size_t done = 0;
    for (int i = 0; i < NMOMENTS; i++) {
        fill(t, m, keys, done, g->at[i]);
        done = g->at[i] > done ? g->at[i] : done;
        g->len[i] = map_len(m);
        g->left[i] = left_to_move(t, m);
        if (collect)
            g->live[i] = live_bytes(m) - before;
        else
            g->heap[i] = heap_bytes() - before;
    }
}
GOFRAME_MAIN(watch);

static void moment_row(struct table *t, const struct growth *g,
                       const char *name, enum spikeMoment at, uint64_t heap)
{
    table_text(t, "%s", name);
    table_num(t, g->len[at]);
    if (modelled->map == MAPKIND_CLASSIC)
        table_num(t, g->left[at]);
    table_num(t, (int64_t)g->live[at]);
    table_num(t, (int64_t)heap);
}

static struct table *moment_table(void)
{
    static const struct column buckets[] = {
        {"moment", COL_WRAP},      {"entries", COL_RIGHT},
        {"to move", COL_RIGHT},    {"live bytes", COL_RIGHT},
        {"heap bytes", COL_RIGHT},
    };
    static const struct column tables[] = {
        {"moment", COL_WRAP},
        {"entries", COL_RIGHT},
        {"live bytes", COL_RIGHT},
        {"heap bytes", COL_RIGHT},
    };
    if (modelled->map == MAPKIND_SWISS)
        return table_new(tables, ARRAY_LEN(tables));
    return table_new(buckets, ARRAY_LEN(buckets));
}

static void report_moments(struct report *r, const struct growth *g)
{
    struct table *t = moment_table();
    for (int i = 0; i < NMOMENTS; i++) {
        if ((i == HALF || i == LAST) && g->at[i] <= g->at[i - 1])
            continue; /* a small map moves all within an insert or two */
        if (i > BEGINS && modelled->map == MAPKIND_SWISS)
            continue; /* all within one */
        moment_row(t, g, moment_name(i), i, g->heap[i]);
    }
    moment_row(t, g, "a collection", MOVED, g->live[MOVED]);
    report_table(r, NULL, t);
}

/* In the middle of a growth that is done at once, the old and the new are both
 * in use. */
static double peak_of(const struct growth *g)
{
    uint64_t peak = g->live[BEGINS];
    if (modelled->map == MAPKIND_SWISS)
        peak = g->live[BEFORE] + g->heap[BEGINS] - g->heap[BEFORE];
    for (int i = BEGINS; i < NMOMENTS; i++)
        peak = g->live[i] > peak ? g->live[i] : peak;
    return (double)peak / (double)g->live[BEFORE];
}

static void report_array(struct report *r, const struct scenarioArgs *a,
                         const struct growth *g)
{
    struct mapArray old = bucketview_array(a->type, g->old.B);
    struct mapArray new = bucketview_array(a->type, g->new.B);
    report_text(r,
                "The first growth after %s: insert %s takes the map from %s to "
                "%s buckets, %s to %s bytes; insert %s moves the last of the "
                "old ones.",
                plural(a->n, "entry", "entries"),
                commas((int64_t)g->at[BEGINS]), commas((int64_t)old.buckets),
                commas((int64_t) new.buckets), commas((int64_t)old.rounded),
                commas((int64_t) new.rounded), commas((int64_t)g->at[MOVED]));
    report_moments(r, g);
    report_text(r,
                "To move are buckets of the old array. Live bytes are what a "
                "collection at that moment would leave: at the peak %.1f times "
                "those before the growth, and no collection can help, since "
                "both arrays are in use. Each write or delete moves at most "
                "two old buckets, so a map that is only read stays in this "
                "state. Heap bytes are those of a program in which no "
                "collection runs: the old array, and the smaller ones before "
                "it, stay until one does.",
                peak_of(g));
}

static void report_table_growth(struct report *r, const struct scenarioArgs *a,
                                const struct growth *g)
{
    report_text(r,
                "The first growth after %s: insert %s takes the map from %s to "
                "%s slots, from %zu to %zu tables, all at once.",
                plural(a->n, "entry", "entries"),
                commas((int64_t)g->at[BEGINS]), commas((int64_t)g->old.slots),
                commas((int64_t)g->new.slots), g->old.tables, g->new.tables);
    report_moments(r, g);
    report_text(r,
                "Live bytes are what a collection at that moment would leave. "
                "The peak lies within the insert, while the table that was "
                "full is there twice: %.3f times the bytes before. At most 896 "
                "entries move, and the others stay where they are. "
                "Heap bytes are those of a program in which no collection "
                "runs: each table that was outgrown on the way stays until "
                "one does.",
                peak_of(g));
}

static void report_growth(struct report *r, const struct scenarioArgs *a,
                          const struct growth *g)
{
    if (a->type->kind == MAPKIND_SWISS)
        report_table_growth(r, a, g);
    else
        report_array(r, a, g);
    report_figure(r, "live bytes before the growth", (int64_t)g->live[BEFORE]);
    report_real(r, "live bytes at the peak, times that", peak_of(g), 3);
    report_figure(r, "heap bytes before the growth", (int64_t)g->heap[BEFORE]);
    report_figure(r, "bytes that the growth allocates",
                  (int64_t)(g->heap[BEGINS] - g->heap[BEFORE]));
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    /* Capacity at most doubles n, evacuation takes one insert a bucket. */
    struct values *keys =
        values_make(a->type->key, 0, (size_t)(4 * (a->n + bucketCnt)));
    int32_t percent = gc_set_percent(-1);
    struct growth g = {0};
    measure_begin();
    bool grew = find_growth(&g, a->type, keys, (size_t)a->n);
    measure_free(measure_end(r->view));
    for (int collect = 0; grew && collect < 2; collect++) {
        measure_begin();
        watch(&g, a->type, keys, collect);
        measure_free(measure_end(r->view));
    }
    if (grew)
        report_growth(r, a, &g);
    else
        report_text(r, "%s has too few different keys: it does not grow.",
                    a->type->typ.str);
    gc_set_percent(percent);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "A bucket map needs its old and its new array until the last "
                 "entry has moved. A swiss map of more than 896 entries splits "
                 "one table: the spike is one table, however large the map "
                 "is."},
    {0},
};

const struct scenario scenario_spike = {
    .name = "spike",
    .lesson = "While a map grows, old and new array live together, nearly "
              "three times the memory, until the last entry has moved.",
    .swiss_lesson = "A map grows one table at a time: the spike is two tables "
                    "of 1,024 slots, however large the map is.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 100000,
    .nmax = 1000000,
    .type = "map[int]int",
    .run = run,
};
