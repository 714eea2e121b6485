/*
 * large_map.c: ten thousand inserts without a hint: where the objects come
 * from, where the bytes come from, and what is left when the collector has run.
 */
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
        table_text(t, "%s", part_name(i));
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
                 by_kind("Few arrays are most of the bytes, many overflow "
                         "buckets most of the objects",
                         "Half of the objects are group arrays, and nearly all "
                         "of the bytes"),
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
    uint64_t live = after.HeapAlloc - before.HeapAlloc;
    report_text(r,
                by_kind("After a collection the map of %s with B=%s keeps %s "
                        "bytes of the %s that were allocated: the rest are "
                        "arrays and overflow buckets that it outgrew.",
                        "After a collection the map of %s with %s slots keeps "
                        "%s bytes of the %s that were allocated: the rest are "
                        "tables that it outgrew or split."),
                plural(map_len(m), "entry", "entries"),
                commas(size_figure(a->type, m)), commas((int64_t)live),
                commas((int64_t)grown->bytes));
    report_cost(r, "n inserts", grown);
    report_figure(r, "bytes live at the end", (int64_t)live);
    measure_free(grown);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "The overflow buckets are gone, which were most of the "
                 "objects. Tables of 1,024 slots split one by one, so a large "
                 "map never copies itself as a whole: what it leaves behind is "
                 "smaller, and it is between 7/16 and 7/8 full."},
    {0},
};

const struct scenario scenario_large_map = {
    .name = "large-map",
    .lesson = "alloc_objects of a growing map are overflow buckets; its "
              "alloc_space is bucket arrays.",
    .swiss_lesson = "A growing map allocates tables of at most 1,024 slots: "
                    "few objects, and nearly all bytes are their groups.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 10000,
    .nmax = 10000000,
    .type = "map[string]int",
    .run = run,
};
