/*
 * first_inserts.c: which of the first inserts allocates, and what.
 *
 * The inserts run once as one program, for its call chains, and once more with
 * each insert measured by itself. Both maps are made from the same seed, so
 * every key falls into the same bucket both times.
 */
#include "tools/scenarios/fill.h"
#include <stdio.h>

static GOFRAME struct gomap *make_one(const struct maptype *t)
{
    return make_map(t, 0);
}
GOFRAME_MAIN(make_one);

/* One row; an insert that allocates nothing gets none. Frees m. */
static void add_row(struct table *t, const char *step, int64_t size,
                    struct measurement *m)
{
    if (m->mallocs > 0)
        step_row(t, step, size, m);
    measure_free(m);
}

static void insert_by_insert(struct report *r, const struct maptype *type,
                             const struct values *keys)
{
    const struct column cols[] = {
        {"step", 0},          {"objects", COL_RIGHT},
        {"bytes", COL_RIGHT}, {size_head(), COL_RIGHT},
        {"what", COL_WRAP},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    measure_begin();
    struct gomap *m = make_one(type);
    add_row(t, "make", size_figure(type, m), measure_end(r->view));
    for (size_t i = 0; i < keys->n; i++) {
        char step[32];
        snprintf(step, sizeof step, "insert %zu", i + 1);
        measure_begin();
        fill(type, m, keys, i, i + 1);
        struct measurement *one = measure_end(r->view);
        if (i == 0 || i == bucketCnt)
            report_figure(
                r, i == 0 ? "objects of insert 1" : "objects of insert 9",
                (int64_t)one->mallocs);
        add_row(t, step, size_figure(type, m), one);
    }
    report_table(r, "The steps that allocate", t);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    report_text(r,
                "m := make(map[K]V), then one insert after another. Inserts "
                "that are not listed allocate nothing: %s",
                by_kind("there was a free slot "
                        "in the key's bucket or, from 16 buckets on, a spare "
                        "bucket. A map of one bucket grows when a 9th entry "
                        "comes; a larger one when entries exceed 6.5 a bucket: "
                        "above 13, 26, 52 and so on.",
                        "there was a free slot in a group that the key's "
                        "search passes. Up to 8 entries a map is one group of "
                        "8 slots. The 9th entry brings a table of 16 slots, "
                        "its groups and a directory to find tables by. A "
                        "table doubles when 7 of 8 slots are taken, above 14, "
                        "28, 56 and so on; one of 1,024, above 896, is split "
                        "in two."));
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct measurement *m = measure_fill(r, a->type, 0, keys);
    insert_by_insert(r, a->type, keys);
    report_measurement(r, "The same inserts as one program", m);
    report_cost(r, "all inserts", m);
    measure_free(m);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP,
     "A swiss map needs three objects for its 9th entry (a table, its groups, "
     "a "
     "directory), where a bucket map takes one array. After that a table "
     "doubles at 7/8 full, an array of buckets at 6.5 of 8, and a full group "
     "needs no overflow bucket."},
    {0},
};

const struct scenario scenario_first_inserts = {
    .name = "first-inserts",
    .lesson = "An empty map is one object; the 1st insert brings its bucket, "
              "the 9th and the 14th double it.",
    .swiss_lesson = "An empty map is one object; the 1st insert brings a "
                    "group, the 9th a table; tables double up to 1,024 slots, "
                    "then split.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 27,
    .swiss_n = 900,
    .nmax = 10000,
    .type = "map[int]int",
    .run = run,
};
