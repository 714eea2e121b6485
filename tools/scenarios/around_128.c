/*
 * around_128.c: keys and elements above 128 bytes are kept by pointer: the
 * bucket shrinks and each entry becomes an object of its own.
 */
#include "alloc/malloc.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

/* Its map's objects at one size, where the lesson is. */
static void report_line(struct report *r, const struct maptype *type,
                        const struct measurement *m, size_t n)
{
    size_t size = type->elem->size;
    if (size != maxElemSize && size != maxElemSize + 1)
        return;
    char *name = xprintf("bytes an entry, %s", type->typ.str);
    report_real(r, name, (double)m->bytes / (double)n, 1);
    free(name);
    name = xprintf("objects, %s", type->typ.str);
    report_figure(r, name, (int64_t)m->mallocs);
    free(name);
}

static void add_type(struct report *r, struct table *t, const char *text,
                     size_t n)
{
    const struct maptype *type = maptype_parse(text, NULL);
    struct values *keys = values_make(type->key, 0, n);
    struct measurement *m = measure_fill(r, type, (int64_t)n, keys);
    const struct chainRow *total = &m->chains->total;
    bool apart = type->indirectkey || type->indirectelem;
    table_text(t, "%s", type->typ.str);
    table_text(t, "%s", apart ? "pointer" : by_kind("bucket", "group"));
    table_num(t, (int64_t)box_type(type)->size);
    table_num(t, (int64_t)m->mallocs);
    table_num(t, (int64_t)total->part_objects[PART_OTHER]);
    table_num(t, (int64_t)m->bytes);
    table_real(t, (double)m->bytes / (double)n, 1);
    report_line(r, type, m, n);
    measure_free(m);
    values_free(keys);
}

static void add_types(struct report *r, const char *title, const char *format,
                      size_t n)
{
    static const int sizes[] = {64, 120, 128, 129, 136, 256};
    const struct column cols[] = {
        {"map", 0},
        {"kept", 0},
        {by_kind("bucket", "group"), COL_RIGHT},
        {"objects", COL_RIGHT},
        {"apart", COL_RIGHT},
        {"bytes", COL_RIGHT},
        {"bytes/entry", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        char *text = format[0] == 'k' ? xprintf("map[[%d]uint8]int", sizes[i])
                                      : xprintf("map[int][%d]uint8", sizes[i]);
        add_type(r, t, text, n);
        free(text);
    }
    report_table(r, title, t);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    report_text(r,
                "make(map[K]V, n), then n inserts. Up to 128 bytes a key or "
                "element lies in the %s, eight side by side; above, the "
                "%s holds a pointer and each insert allocates the value "
                "apart (the column apart counts those objects).",
                by_kind("bucket", "group"), by_kind("bucket", "group"));
    add_types(r, "Keys around the line", "key", (size_t)a->n);
    add_types(r, "Elements around the line", "elem", (size_t)a->n);
    const struct maptype *type = maptype_parse("map[int][129]uint8", NULL);
    struct values *keys = values_make(type->key, 0, (size_t)a->n);
    struct measurement *m = measure_fill(r, type, a->n, keys);
    report_measurement(r, "map[int][129]uint8, chain by chain", m);
    measure_free(m);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "The line is the same. A group of large values has more slots "
                 "to itself at 7/8 full than an array with overflow buckets, "
                 "so just below the line the two differ by how far the last "
                 "power of two is filled."},
    {0},
};

const struct scenario scenario_around_128 = {
    .name = "around-128",
    .lesson = "One byte above 128 turns every insert into an allocation.",
    .reasons = reasons,
    .takes = TAKES_N,
    .n = 1000,
    .nmax = 1000000,
    .run = run,
};
