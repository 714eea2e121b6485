/*
 * large_map.c: ten thousand inserts without a hint: where the objects come
 * from, where the bytes come from, and what is left when the collector has run.
 */
#include "map/classic/bucketview.h"
#include "tools/scenarios/fill.h"

static void report_parts(struct report *r, const struct measurement *m)
{
    static const struct column cols[] = {
        {"what", 0},
        {"objects", COL_RIGHT},
        {"bytes", COL_RIGHT},
        {"% of objects", COL_RIGHT},
        {"% of bytes", COL_RIGHT},
    };
    const struct chainRow *total = &m->chains->total;
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (int i = 0; i < NPARTS; i++) {
        if (total->part_objects[i] == 0)
            continue;
        table_text(t, "%s", part_names[i]);
        table_num(t, (int64_t)total->part_objects[i]);
        table_num(t, (int64_t)total->part_bytes[i]);
        table_real(t,
                   100.0 * (double)total->part_objects[i] /
                       (double)total->alloc_objects,
                   1);
        table_real(t,
                   100.0 * (double)total->part_bytes[i] /
                       (double)total->alloc_bytes,
                   1);
    }
    report_table(r,
                 "Few arrays are most of the bytes, many overflow buckets "
                 "most of the objects",
                 t);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct MemStats before, after;
    gc();
    readmemstats(&before);
    measure_begin();
    struct gomap *m = fill_new(a->type, 0, keys);
    struct measurement *grown = measure_end(r->view);
    gc();
    readmemstats(&after);

    report_measurement(r, "m := make(map[K]V), then n inserts", grown);
    report_parts(r, grown);
    report_text(r,
                "After a collection the map of %s with B=%d keeps %s bytes of "
                "the %s that were allocated: the rest are arrays and overflow "
                "buckets that it outgrew.",
                plural(map_len(m), "entry", "entries"), bucketview_map(m)->B,
                commas((int64_t)(after.HeapAlloc - before.HeapAlloc)),
                commas((int64_t)grown->bytes));
    measure_free(grown);
    values_free(keys);
}

const struct scenario scenario_large_map = {
    .name = "large-map",
    .lesson = "alloc_objects of a growing map are overflow buckets; its "
              "alloc_space is bucket arrays.",
    .takes = TAKES_N | TAKES_TYPE,
    .n = 10000,
    .nmax = 10000000,
    .type = "map[string]int",
    .run = run,
};
