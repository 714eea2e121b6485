/*
 * spike.c: one growth from close by: the old array and the new one live
 * together until the last entry has moved, and a collection has run after that.
 */
#include "map/classic/bucketview.h"
#include "tools/scenarios/fill.h"

enum spikeMoment { BEFORE, BEGINS, HALF, LAST, MOVED, NMOMENTS };

static const char *const moment_names[NMOMENTS] = {
    [BEFORE] = "the insert before",
    [BEGINS] = "growth begins: new array",
    [HALF] = "half of the moving inserts later",
    [LAST] = "the insert before the last move",
    [MOVED] = "all moved: old array let go",
};

/* The growth after n entries. */
struct growth {
    size_t at[NMOMENTS];                   /* inserts done at each moment */
    int64_t len[NMOMENTS], left[NMOMENTS]; /* entries; old buckets to move */
    uint64_t heap[NMOMENTS];               /* bytes, when no collection runs */
    uint64_t live[NMOMENTS]; /* bytes after a collection at that moment */
    uint8_t oldB, newB;
};

/* Fills a map until it has grown once more after n entries, and notes when that
 * was. False when keys do not suffice: there are too few that differ. */
static GOFRAME bool find_growth(struct growth *g, const struct maptype *t,
                                const struct values *keys, size_t n)
{
    struct gomap *m = make_map(t, 0);
    fill(t, m, keys, 0, n);
    size_t i = n;
    while (i < keys->n && bucketview_growing(m)) { /* an earlier one */
        fill(t, m, keys, i, i + 1);
        i++;
    }
    g->oldB = bucketview_map(m)->B;
    for (; i < keys->n && bucketview_map(m)->B == g->oldB; i++)
        fill(t, m, keys, i, i + 1);
    g->newB = bucketview_map(m)->B;
    g->at[BEGINS] = i;
    g->at[BEFORE] = i - 1;
    for (; i < keys->n && bucketview_growing(m); i++)
        fill(t, m, keys, i, i + 1);
    g->at[MOVED] = i;
    g->at[HALF] = (g->at[BEGINS] + i) / 2;
    g->at[LAST] = i - 1;
    return g->newB > g->oldB && !bucketview_growing(m);
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
        g->left[i] = (int64_t)bucketview_counts(t, m).oldleft;
        if (collect)
            g->live[i] = live_bytes(m) - before;
        else
            g->heap[i] = heap_bytes() - before;
    }
}
GOFRAME_MAIN(watch);

static void report_moments(struct report *r, const struct growth *g)
{
    static const struct column cols[] = {
        {"moment", COL_WRAP},      {"entries", COL_RIGHT},
        {"to move", COL_RIGHT},    {"live bytes", COL_RIGHT},
        {"heap bytes", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (int i = 0; i < NMOMENTS; i++) {
        if ((i == HALF || i == LAST) && g->at[i] <= g->at[i - 1])
            continue; /* a small map moves all within an insert or two */
        table_text(t, "%s", moment_names[i]);
        table_num(t, g->len[i]);
        table_num(t, g->left[i]);
        table_num(t, (int64_t)g->live[i]);
        table_num(t, (int64_t)g->heap[i]);
    }
    table_text(t, "a collection");
    table_num(t, g->len[MOVED]);
    table_num(t, 0);
    table_num(t, (int64_t)g->live[MOVED]);
    table_num(t, (int64_t)g->live[MOVED]);
    report_table(r, NULL, t);
}

static void report_growth(struct report *r, const struct scenarioArgs *a,
                          const struct growth *g)
{
    struct mapArray old = bucketview_array(a->type, g->oldB);
    struct mapArray new = bucketview_array(a->type, g->newB);
    report_text(r,
                "The first growth after %s: insert %s takes the map from %s to "
                "%s buckets, %s to %s bytes; insert %s moves the last of the "
                "old ones.",
                plural(a->n, "entry", "entries"),
                commas((int64_t)g->at[BEGINS]), commas((int64_t)old.buckets),
                commas((int64_t) new.buckets), commas((int64_t)old.rounded),
                commas((int64_t) new.rounded), commas((int64_t)g->at[MOVED]));
    report_moments(r, g);
    uint64_t peak = g->live[BEGINS];
    for (int i = BEGINS; i < NMOMENTS; i++)
        peak = g->live[i] > peak ? g->live[i] : peak;
    report_text(r,
                "To move are buckets of the old array. Live bytes are what a "
                "collection at that moment would leave: at the peak %.1f times "
                "those before the growth, and no collection can help, since "
                "both arrays are in use. Each write or delete moves at most "
                "two old buckets, so a map that is only read stays in this "
                "state. Heap bytes are those of a program in which no "
                "collection runs: the old array, and the smaller ones before "
                "it, stay until one does.",
                (double)peak / (double)g->live[BEFORE]);
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

const struct scenario scenario_spike = {
    .name = "spike",
    .lesson = "While a map grows, old and new array live together, nearly "
              "three times the memory, until the last entry has moved.",
    .takes = TAKES_N | TAKES_TYPE,
    .n = 100000,
    .nmax = 1000000,
    .type = "map[int]int",
    .run = run,
};
