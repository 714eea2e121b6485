/*
 * objects_space.c: the two numbers of an allocation profile, on a list of
 * strings and on maps: the same count of objects, any count of bytes.
 */
#include "tools/scenarios/fill.h"
#include <string.h>

/* A Go string of len bytes, its bytes on the heap. */
static GOFRAME struct gostring new_string(intptr_t len)
{
    char *bytes = makeslice(type_basic(kindUint8), len, len);
    memset(bytes, 'x', (size_t)len);
    return (struct gostring){bytes, len};
}
GOFRAME_MAIN(new_string);

/* list := make([]string, n); for i := range list { list[i] = … } */
static GOFRAME struct gostring *make_list(int64_t n, intptr_t len)
{
    struct gostring *list = makeslice(type_basic(kindString), n, n);
    for (int64_t i = 0; i < n; i++)
        list[i] = new_string(len);
    return list;
}
GOFRAME_MAIN(make_list);

static void report_lists(struct report *r, int64_t n)
{
    static const struct column cols[] = {
        {"string length", COL_RIGHT},
        {"alloc_objects", COL_RIGHT},
        {"alloc_space", COL_RIGHT},
        {"bytes/object", COL_RIGHT},
    };
    static const intptr_t lengths[] = {16, 48, 100, 1000, 40000};
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    struct measurement *m = NULL;
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        if (m != NULL)
            measure_free(m);
        measure_begin();
        make_list(n, lengths[i]);
        m = measure_end(r->view);
        table_num(t, lengths[i]);
        table_num(t, (int64_t)m->mallocs);
        table_num(t, (int64_t)m->bytes);
        table_real(t, (double)m->bytes / (double)m->mallocs, 1);
    }
    report_table(r, "A list and its n strings, for strings of several lengths",
                 t);
    report_measurement(r, "The longest strings", m);
    report_cost(r, "the longest strings", m);
    measure_free(m);
}

static void report_maps(struct report *r)
{
    static const char *const types[] = {"map[int]bool", "map[int]int",
                                        "map[string]string",
                                        "map[[128]uint8][128]uint8"};
    static const struct column cols[] = {
        {"map", 0},
        {"alloc_objects", COL_RIGHT},
        {"alloc_space", COL_RIGHT},
    };
    enum { Entries = 8 };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        const struct maptype *type = maptype_parse(types[i], NULL);
        struct values *keys = values_make(type->key, 0, Entries);
        struct measurement *m = measure_fill(r, type, 0, keys);
        table_text(t, "%s", type->typ.str);
        table_num(t, (int64_t)m->mallocs);
        table_num(t, (int64_t)m->bytes);
        report_cost(r, type->typ.str, m);
        measure_free(m);
        values_free(keys);
    }
    report_table(r, "Eight entries in maps of several types", t);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    report_lists(r, a->n);
    report_maps(r);
    report_text(r,
                "alloc_objects counts calls that took a new object: it costs "
                "time in the allocator and work for the collector. alloc_space "
                "counts bytes, rounded up to size classes: it decides how "
                "often the collector runs. A line can lead one list and be "
                "nowhere on the other.");
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "A group has no overflow pointer, and keys and elements stand "
                 "side by side, each with its padding: a bool beside an int "
                 "takes 8 bytes."},
    {CHANGE_HEADER, "Of newer releases an object with pointers above 512 bytes "
                    "asks for 8 more."},
    {0},
};

const struct scenario scenario_objects_space = {
    .name = "objects-space",
    .lesson = "alloc_objects and alloc_space are two questions: how often, and "
              "how much.",
    .reasons = reasons,
    .takes = TAKES_N,
    .n = 10,
    .nmax = 10000,
    .run = run,
};
