/*
 * first_inserts.c: which of the first inserts allocates, and what.
 *
 * The inserts run once as one program, for its call chains, and once more with
 * each insert measured by itself. Both maps are made from the same seed, so
 * every key falls into the same bucket both times.
 */
#include "map/classic/bucketview.h"
#include "tools/scenarios/fill.h"
#include <stdio.h>

static GOFRAME struct gomap *make_one(const struct maptype *t)
{
    return make_map(t, 0);
}
GOFRAME_MAIN(make_one);

/* One row; an insert that allocates nothing gets none. Frees m. */
static void add_row(struct table *t, const char *step, const struct gomap *h,
                    struct measurement *m)
{
    if (m->mallocs > 0) {
        char what[160];
        chains_what(&m->chains->total, what, sizeof what);
        table_text(t, "%s", step);
        table_num(t, (int64_t)m->mallocs);
        table_num(t, (int64_t)m->bytes);
        table_num(t, bucketview_map(h)->B);
        table_text(t, "%s", what);
    }
    measure_free(m);
}

static void insert_by_insert(struct report *r, const struct maptype *type,
                             const struct values *keys)
{
    static const struct column cols[] = {
        {"step", 0},      {"objects", COL_RIGHT}, {"bytes", COL_RIGHT},
        {"B", COL_RIGHT}, {"what", COL_WRAP},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    measure_begin();
    struct gomap *m = make_one(type);
    add_row(t, "make", m, measure_end(r->view));
    for (size_t i = 0; i < keys->n; i++) {
        char step[32];
        snprintf(step, sizeof step, "insert %zu", i + 1);
        measure_begin();
        fill(type, m, keys, i, i + 1);
        add_row(t, step, m, measure_end(r->view));
    }
    report_table(r, "The steps that allocate", t);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    report_text(r,
                "m := make(map[K]V), then one insert after another. Inserts "
                "that are not listed allocate nothing: there was a free slot "
                "in the key's bucket or, from 16 buckets on, a spare bucket. A "
                "map of one bucket grows when a 9th entry comes; a larger one "
                "when entries exceed 6.5 a bucket: above 13, 26, 52 and so "
                "on.");
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct measurement *m = measure_fill(r, a->type, 0, keys);
    insert_by_insert(r, a->type, keys);
    report_measurement(r, "The same inserts as one program", m);
    measure_free(m);
    values_free(keys);
}

const struct scenario scenario_first_inserts = {
    .name = "first-inserts",
    .lesson = "An empty map is one object; the 1st insert brings its bucket, "
              "the 9th and the 14th double it.",
    .takes = TAKES_N | TAKES_TYPE,
    .n = 27,
    .nmax = 10000,
    .type = "map[int]int",
    .run = run,
};
