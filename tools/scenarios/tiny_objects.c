/*
 * tiny_objects.c: pointer-free objects below 16 bytes share 16-byte blocks, and
 * each counter counts another thing.
 */
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

/* for i := 0; i < n; i++ { sink = new(T) } */
static GOFRAME void make_objects(const struct type *t, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        newobject(t);
}
GOFRAME_MAIN(make_objects);

static struct measurement *measure_objects(const struct report *r,
                                           const struct type *t, int64_t n)
{
    gc(); /* a collection leaves the open block: each type starts with none */
    measure_begin();
    make_objects(t, n);
    return measure_end(r->view);
}

static void add_type(struct report *r, struct table *t, const char *text,
                     int64_t n)
{
    const struct type *type = type_parse(text, NULL);
    struct measurement *m = measure_objects(r, type, n);
    table_text(t, "%s", type->str);
    table_num(t, (int64_t)type->size);
    table_num(t, (int64_t)m->mallocs);
    table_num(t, (int64_t)m->chains->total.alloc_objects);
    table_num(t, (int64_t)m->tiers.tinyHits);
    table_num(t, (int64_t)m->bytes);
    table_real(t, (double)m->mallocs / (double)n, 1);
    measure_free(m);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const char *const types[] = {
        "bool",  "int16",     "[3]uint8",  "int32",      "[5]uint8",
        "int64", "[12]uint8", "[15]uint8", "complex128", "*int",
    };
    static const struct column cols[] = {
        {"new(T)", 0},
        {"size", COL_RIGHT},
        {"Mallocs", COL_RIGHT},
        {"alloc_objects", COL_RIGHT},
        {"in open block", COL_RIGHT},
        {"TotalAlloc", COL_RIGHT},
        {"allocs/op", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        add_type(r, t, types[i], a->n);
    char *title = xprintf("%s calls of new(T), each T by itself", commas(a->n));
    report_table(r, title, t);
    free(title);
    report_text(r,
                "MemStats.Mallocs counts every object, tiny ones one by one. "
                "The heap profile sees only an object that opens a new block: "
                "those that fit the open one return early, before they are "
                "recorded. TotalAlloc counts blocks. A benchmark's allocs/op "
                "is Mallocs over rounds. None is wrong; they answer different "
                "questions. A pointer, as in *int, keeps an object out of the "
                "tiny allocator.");
    struct measurement *m = measure_objects(r, type_basic(kindInt32), a->n);
    report_measurement(r, "new(int32), as the profile has it", m);
    report_cost(r, "n times new(int32)", m);
    report_figure(r, "of those in the profile",
                  (int64_t)m->chains->total.alloc_objects);
    measure_free(m);
}

const struct scenario scenario_tiny = {
    .name = "tiny",
    .lesson = "Why Mallocs, alloc_objects and allocs/op disagree: tiny objects "
              "share 16-byte blocks.",
    .takes = TAKES_N,
    .n = 1000,
    .nmax = 10000000,
    .run = run,
};
