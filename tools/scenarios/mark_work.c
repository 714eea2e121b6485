/*
 * mark_work.c: what the collector has to look through because of a map: a
 * pointer-free bucket array is marked and left alone, any other is read word by
 * word.
 */
#include "alloc/heapview.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

/* p := new(int); *p = i; m[key(i)] = p */
static GOFRAME void fill_pointers(const struct maptype *t, struct gomap *m,
                                  const struct values *keys)
{
    for (size_t i = 0; i < keys->n; i++) {
        log_step(OP_INSERT, t, m, value_at(keys, i));
        uint64_t *p = newobject(type_basic(kindInt));
        *p = i;
        *(uint64_t **)map_assign(t, m, value_at(keys, i)) = p;
        log_done(t, m);
    }
}
GOFRAME_MAIN(fill_pointers);

static GOFRAME struct gomap *make_filled(const struct maptype *t,
                                         const struct values *keys)
{
    struct gomap *m = make_map(t, (int64_t)keys->n);
    if (t->elem->kind == kindPtr)
        fill_pointers(t, m, keys);
    else
        fill(t, m, keys, 0, keys->n);
    return m;
}
GOFRAME_MAIN(make_filled);

static struct markView mark_around(const struct gomap *m)
{
    struct markView v;
    collect_around(m);
    heapview_mark(&v);
    return v;
}

/* What a collection does more when the map is there than when it is not. */
static struct markView mark_with_map(const struct maptype *t,
                                     const struct values *keys)
{
    struct markView before = mark_around(NULL);
    struct gomap *m = make_filled(t, keys);
    struct markView v = mark_around(m);
    return (struct markView){v.objects - before.objects, v.bytes - before.bytes,
                             v.scannedBytes - before.scannedBytes};
}

static void add_map(struct report *r, struct table *t, const char *text,
                    size_t n)
{
    const struct maptype *type = maptype_parse(text, NULL);
    struct values *keys = values_make(type->key, 0, n);
    measure_begin();
    struct markView v = mark_with_map(type, keys);
    measure_free(measure_end(r->view));
    table_text(t, "%s", type->typ.str);
    table_bool(t, box_type(type)->ptrdata != 0);
    table_num(t, (int64_t)v.objects);
    table_num(t, (int64_t)v.bytes);
    table_num(t, (int64_t)v.scannedBytes);
    table_real(t, (double)v.scannedBytes / (double)n, 1);
    char *name = xprintf("bytes scanned, %s", type->typ.str);
    report_figure(r, name, (int64_t)v.scannedBytes);
    free(name);
    values_free(keys);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const char *const types[] = {
        "map[int]int",         "map[int][16]uint8",  "map[string]int",
        "map[int]string",      "map[string]string",  "map[int]*int",
        "map[int]interface{}", "map[int][129]uint8",
    };
    static const struct column cols[] = {
        {"map", 0},
        {"pointers", 0},
        {"marked", COL_RIGHT},
        {"bytes", COL_RIGHT},
        {"scanned", COL_RIGHT},
        {"scanned/entry", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        add_map(r, t, types[i], (size_t)a->n);
    report_text(r, "What one collection does because a map of n entries, made "
                   "with the hint n, is there: objects marked alive, their "
                   "bytes, and the bytes scanned, read for pointers.");
    report_table(r, NULL, t);
    report_text(r,
                "%s A string, a pointer, an interface or a value above "
                "128 bytes in the %s has the whole array read at each "
                "collection, empty slots included. (The bytes of these string "
                "keys are constants outside the heap; elements are empty, but "
                "for map[int]*int, where each points to an int of its own.) "
                "That is why map[int]int32 as an index into a slice is easier "
                "on the collector than map[string]*T.",
                by_kind("An array of pointer-free buckets is marked and never "
                        "read: what is scanned then is the header and the list "
                        "of overflow buckets.",
                        "An array of pointer-free groups is marked and never "
                        "read: what is scanned then is the header, the "
                        "directory and the tables."),
                by_kind("bucket", "group"));
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "Pointer-free groups are not read either; a directory and "
                 "tables take the place of the list of overflow buckets. With "
                 "pointers all groups are read, full or not, as all buckets "
                 "were."},
    {0},
};

const struct scenario scenario_mark_work = {
    .name = "mark-work",
    .lesson = "A map without pointers costs the collector next to nothing; "
              "with them, every bucket is read at each collection.",
    .swiss_lesson = "A map without pointers costs the collector next to "
                    "nothing; with them, every group is read at each "
                    "collection.",
    .reasons = reasons,
    .takes = TAKES_N,
    .n = 10000,
    .nmax = 1000000,
    .run = run,
};
