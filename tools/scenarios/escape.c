/*
 * escape.c: the same small map on the heap and on the stack.
 *
 * Go's compiler decides: a map that does not leave its function has its header,
 * and for a hint of up to 8 its first bucket too, in the function's frame. The
 * functions below are what it makes of each program.
 */
#include "runtime/sched/rand.h"
#include "tools/scenarios/fill.h"

static GOFRAME struct gomap *escapes(const struct maptype *t,
                                     const struct values *keys)
{
    struct gomap *m = map_make_small(t);
    fill(t, m, keys, 0, keys->n);
    return m; /* it outlives the call: header and bucket must be on the heap */
}
GOFRAME_MAIN(escapes);

static GOFRAME struct gomap *stays(const struct maptype *t,
                                   const struct values *keys)
{
    struct gomap h = {0};
    _Alignas(PtrSize) char first[MaxFirst] = {0};
    map_make_stack(&h, first);
    fill(t, &h, keys, 0, keys->n);
    return NULL;
}
GOFRAME_MAIN(stays);

static GOFRAME struct gomap *stays_hinted(const struct maptype *t,
                                          const struct values *keys)
{
    struct gomap h = {0};
    map_make(t, (intptr_t)keys->n, &h);
    fill(t, &h, keys, 0, keys->n);
    return NULL;
}
GOFRAME_MAIN(stays_hinted);

struct program {
    const char *name;
    struct gomap *(*run)(const struct maptype *t, const struct values *keys);
    size_t entries;
};

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const struct program programs[] = {
        {"8 entries, escapes", escapes, 8},
        {"8 entries, stays", stays, 8},
        {"9 entries, escapes", escapes, 9},
        {"9 entries, stays", stays, 9},
        {"100 entries, hint 100, stays", stays_hinted, 100},
    };
    const struct column cols[] = {
        {"program", COL_WRAP},
        {"objects", COL_RIGHT},
        {"bytes", COL_RIGHT},
        {part_name(PART_HEADER), COL_RIGHT},
        {part_name(PART_FIRST), COL_RIGHT},
        {by_kind("arrays", "group arrays"), COL_RIGHT},
    };
    struct measurement *m[ARRAY_LEN(programs)];
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
        struct values *keys = values_make(a->type->key, 0, programs[i].entries);
        measure_begin();
        programs[i].run(a->type, keys);
        m[i] = measure_end(r->view);
        const uint64_t *part = m[i]->chains->total.part_objects;
        table_text(t, "%s", programs[i].name);
        table_num(t, (int64_t)m[i]->mallocs);
        table_num(t, (int64_t)m[i]->bytes);
        table_num(t, (int64_t)part[PART_HEADER]);
        table_num(t, (int64_t)part[PART_FIRST]);
        table_num(t, (int64_t)part[PART_ARRAY]);
        report_cost(r, programs[i].name, m[i]);
        values_free(keys);
    }
    report_table(r, NULL, t);
    report_measurement(r, "9 entries in a map that stays", m[3]);
    report_text(r,
                "%s is always on the heap: the compiler cannot "
                "know how large it will be. A map that escapes (is returned, "
                "stored, captured by a closure that does) puts its header and "
                "%s there too. go build -gcflags=-m says which maps "
                "escape.",
                by_kind("A bucket array", "A table with its groups"),
                part_name(PART_FIRST));
    for (size_t i = 0; i < ARRAY_LEN(programs); i++)
        measure_free(m[i]);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "Up to 8 entries a map that stays costs nothing in either "
                 "kind. The 9th brings one array of buckets, or three objects: "
                 "a table, its groups, a directory."},
    {0},
};

const struct scenario scenario_escape = {
    .name = "escape",
    .lesson = "A small map that does not escape is no heap object at all; the "
              "same map returned is two.",
    .reasons = reasons,
    .takes = TAKES_TYPE,
    .type = "map[int]int",
    .run = run,
};
