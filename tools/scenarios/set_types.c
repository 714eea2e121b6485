/*
 * set_types.c: a set as map[K]struct{}, map[K]bool or map[K]int: what the
 * element costs once it stands in a bucket and the bucket in a size class.
 */
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

static void add_type(struct report *r, struct table *t, const char *text,
                     size_t n)
{
    const struct maptype *type = maptype_parse(text, NULL);
    struct values *keys = values_make(type->key, 0, n);
    struct measurement *m = measure_fill(r, type, (int64_t)n, keys);
    table_text(t, "%s", type->typ.str);
    table_num(t, (int64_t)box_type(type)->size);
    table_num(t, box_class(type));
    table_num(t, (int64_t)m->mallocs);
    table_num(t, (int64_t)m->bytes);
    table_real(t, (double)m->bytes / (double)n, 1);
    char *name = xprintf("bytes, %s", type->typ.str);
    report_figure(r, name, (int64_t)m->bytes);
    free(name);
    measure_free(m);
    values_free(keys);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const char *const types[] = {
        "map[int]struct {}",    "map[int]bool",    "map[int]int",
        "map[string]struct {}", "map[string]bool", "map[string]int",
        "map[int32]struct {}",  "map[int32]bool",  "map[int32]int32",
    };
    const struct column cols[] = {
        {"set", 0},           {by_kind("bucket", "group"), COL_RIGHT},
        {"class", COL_RIGHT}, {"objects", COL_RIGHT},
        {"bytes", COL_RIGHT}, {"bytes/entry", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        add_type(r, t, types[i], (size_t)a->n);
    report_text(r, "%s",
                by_kind("make(set, n), then n inserts. A bucket holds 8 keys, "
                        "8 elements, 8 bytes of hash and a pointer; class is "
                        "what one bucket takes when it is allocated alone, as "
                        "overflow buckets are.",
                        "make(set, n), then n inserts. A group holds 8 bytes "
                        "of control and 8 slots of key and element side by "
                        "side, each with its padding; class is what one group "
                        "takes when it is allocated alone, as in a map of up "
                        "to 8 entries."));
    report_table(r, NULL, t);
    report_text(r, "%s",
                by_kind("bool costs 8 bytes a bucket, one a slot; int costs "
                        "64, eight a slot. A map has more slots than entries, "
                        "so an entry's share is larger. Inside an array of "
                        "buckets every byte counts; for a bucket alone the "
                        "size class decides.",
                        "An element of one byte beside a key of eight takes "
                        "eight, to keep the next key aligned. struct{} takes "
                        "as much: an element of no size at the end of a slot "
                        "gets a byte, so that its address stays inside. "
                        "Beside int all three cost the same; beside int32 a "
                        "bool costs four."));
}

static const struct reason reasons[] = {
    {CHANGE_MAP,
     "A bucket has its 8 keys together and then its 8 elements, so a bool "
     "costs a byte and struct{} nothing. A group has each element beside its "
     "key, padded to the key's alignment: a set of ints costs what a map to "
     "int costs."},
    {0},
};

const struct scenario scenario_set = {
    .name = "set",
    .lesson = "struct{} saves a byte a slot against bool, and eight against "
              "int.",
    .swiss_lesson = "struct{} saves nothing any more: beside an int key it "
                    "takes the 8 bytes that an int takes.",
    .reasons = reasons,
    .takes = TAKES_N,
    .n = 10000,
    .nmax = 1000000,
    .run = run,
};
