/*
 * fill.c: filling a map, and programs side by side.
 */
#include "tools/scenarios/fill.h"
#include "alloc/malloc.h"
#include "map/mapview.h"
#include "runtime/sched/thread.h"

/* m[key(i)] = i. The keys to come are known, as no program knows them: the
 * map's memory for one is asked for while others are inserted. */
ALWAYS_INLINE void assign(const struct maptype *t, struct gomap *m,
                          const struct values *keys, size_t i)
{
    enum { Ahead = 8 };

    if (i + Ahead < keys->n)
        mapview_prefetch(t, m, value_at(keys, i + Ahead));
    log_step(OP_INSERT, t, m, value_at(keys, i));
    store_elem(t->elem, map_assign(t, m, value_at(keys, i)), i);
    log_done(t, m);
}

GOFRAME void fill(const struct maptype *t, struct gomap *m,
                  const struct values *keys, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        assign(t, m, keys, i);
}
GOFRAME_MAIN(fill);

GOFRAME struct gomap *fill_new(const struct maptype *t, int64_t hint,
                               const struct values *keys)
{
    struct gomap *m = make_map(t, hint);
    for (size_t i = 0; i < keys->n; i++)
        assign(t, m, keys, i);
    return m;
}
GOFRAME_MAIN(fill_new);

struct measurement *measure_fill(const struct report *r,
                                 const struct maptype *t, int64_t hint,
                                 const struct values *keys)
{
    measure_begin();
    fill_new(t, hint, keys);
    return measure_end(r->view);
}

const struct type *box_type(const struct maptype *t)
{
    return t->kind == MAPKIND_SWISS ? t->group : t->bucket;
}

int64_t box_class(const struct maptype *t)
{
    const struct type *box = box_type(t);
    return (int64_t)objsize_slot(modelled, box->size, box->ptrdata == 0);
}

uint64_t heap_bytes(void)
{
    struct MemStats stats;
    readmemstats(&stats);
    return stats.HeapAlloc;
}

void collect_around(const void *held)
{
    uintptr_t bottom = getm()->stackHi;
    gc_scan_this_stack(NULL);
    gc_add_roots(&held, sizeof held);
    gc();
    gc_remove_roots(&held);
    gc_scan_this_stack((void *)bottom);
}

uint64_t live_bytes(const void *held)
{
    collect_around(held);
    return heap_bytes();
}

/* Not inlined: after it nothing of the map is on the stack. */
static GOFRAME uint64_t live_map(const struct maptype *t, int64_t hint,
                                 const struct values *keys)
{
    uint64_t before = live_bytes(NULL);
    struct gomap *m = make_map(t, hint);
    fill(t, m, keys, 0, keys->n);
    return live_bytes(m) - before;
}
GOFRAME_MAIN(live_map);

uint64_t measured_live(const struct report *r, const struct maptype *t,
                       int64_t hint, const struct values *keys)
{
    measure_begin();
    uint64_t live = live_map(t, hint, keys);
    measure_free(measure_end(r->view));
    return live;
}

uint64_t live_at_growth(const struct report *r, const struct maptype *t,
                        int64_t hint, const struct values *keys,
                        const struct measurement *grown, uint64_t live)
{
    size_t last = grown->ngrowths - 1;
    /* No table has come or gone since, and entries lie in tables. */
    if (t->kind == MAPKIND_SWISS && !t->indirectkey && !t->indirectelem)
        return live + grown->growths[last].letGo;
    struct values until = values_first(keys, (size_t)grown->steps[last]);
    return measured_live(r, t, hint, &until) + grown->growths[last].letGo;
}

void step_row(struct table *t, const char *step, int64_t size,
              const struct measurement *m)
{
    char what[160];
    chains_what(&m->chains->total, what, sizeof what);
    table_text(t, "%s", step);
    table_num(t, (int64_t)m->mallocs);
    table_num(t, (int64_t)m->bytes);
    table_num(t, size);
    table_text(t, "%s", what);
}

uint64_t bytes_so_far(void)
{
    struct MemStats stats;
    readmemstats(&stats);
    return stats.TotalAlloc;
}

struct table *compare_table(void)
{
    static const struct column buckets[] = {
        {"program", COL_WRAP},   {"objects", COL_RIGHT},
        {"bytes", COL_RIGHT},    {"arrays", COL_RIGHT},
        {"overflow", COL_RIGHT}, {"bookkeeping", COL_RIGHT},
        {"grown", COL_RIGHT},    {"to move", COL_RIGHT},
    };
    static const struct column tables[] = {
        {"program", COL_WRAP},        {"objects", COL_RIGHT},
        {"bytes", COL_RIGHT},         {"group arrays", COL_RIGHT},
        {"tables, dirs.", COL_RIGHT}, {"grown", COL_RIGHT},
        {"moved", COL_RIGHT},
    };
    if (modelled->map == MAPKIND_SWISS)
        return table_new(tables, ARRAY_LEN(tables));
    return table_new(buckets, ARRAY_LEN(buckets));
}

/* Entries that growths have to hash again and move to a new array or table. */
static int64_t to_move(const struct measurement *m)
{
    int64_t entries = 0;
    for (size_t i = 0; i < m->ngrowths; i++)
        entries += m->growths[i].moves;
    return entries;
}

void compare_row(struct table *t, const char *program,
                 const struct measurement *m)
{
    const uint64_t *part = m->chains->total.part_objects;
    eventlog_title(m->part, program);
    table_text(t, "%s", program);
    table_num(t, (int64_t)m->mallocs);
    table_num(t, (int64_t)m->bytes);
    table_num(t, (int64_t)part[PART_ARRAY]);
    if (modelled->map == MAPKIND_CLASSIC)
        table_num(t, (int64_t)part[PART_OVERFLOW]);
    table_num(t, (int64_t)part[PART_BOOKKEEPING]);
    table_num(t, (int64_t)m->ngrowths);
    table_num(t, to_move(m));
}
