/*
 * delete_all.c: what delete, clear and forgetting a map give back.
 */
#include "map/mapview.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

static void delete_keys(const struct maptype *t, struct gomap *m,
                        const struct values *keys, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        delete_key(t, m, value_at(keys, i));
}

/* Overflow buckets, counted one by one, or tombstones. */
static int64_t leftovers(const struct maptype *t, const struct gomap *m)
{
    if (t->kind == MAPKIND_SWISS)
        return holes_figure(t, m);
    struct bucketCounts c = bucketview_counts(t, m);
    return (int64_t)(c.overflow + c.oldoverflow);
}

struct shrink {
    struct report *r;
    const struct maptype *type;
    struct table *t;
    uint64_t live, total; /* before the map was made */
};

static void add_row(struct shrink *s, const char *step, const struct gomap *m)
{
    table_text(s->t, "%s", step);
    if (m != NULL) {
        table_num(s->t, map_len(m));
        table_num(s->t, size_figure(s->type, m));
        table_num(s->t, leftovers(s->type, m));
    } else {
        for (int i = 0; i < 3; i++)
            table_none(s->t);
    }
    table_num(s->t, (int64_t)(bytes_so_far() - s->total));
    int64_t live = (int64_t)(live_bytes(m) - s->live);
    table_num(s->t, live);
    char *name = xprintf("live bytes, %s", step);
    report_figure(s->r, name, live);
    free(name);
}

/* The steps; the map is forgotten when it returns. */
static GOFRAME void shrink(struct shrink *s, const struct values *keys)
{
    const struct maptype *t = s->type;
    struct gomap *m = make_map(t, 0);
    size_t n = keys->n;
    fill(t, m, keys, 0, n);
    add_row(s, "fill", m);
    delete_keys(t, m, keys, 0, n - n / 10);
    add_row(s, "delete nine in ten", m);
    delete_keys(t, m, keys, n - n / 10, n);
    add_row(s, "delete the rest", m);
    fill(t, m, keys, 0, n);
    add_row(s, "fill again", m);
    clear_map(t, m);
    add_row(s, "clear", m);
}
GOFRAME_MAIN(shrink);

static void run(struct report *r, const struct scenarioArgs *a)
{
    const struct column cols[] = {
        {"step", 0},
        {"entries", COL_RIGHT},
        {size_head(), COL_RIGHT},
        {holes_head(), COL_RIGHT},
        {"bytes so far", COL_RIGHT},
        {"live bytes", COL_RIGHT},
    };
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct shrink s = {
        .r = r,
        .type = a->type,
        .t = table_new(cols, ARRAY_LEN(cols)),
    };
    s.live = live_bytes(NULL);
    s.total = bytes_so_far();
    measure_begin();
    shrink(&s, keys);
    struct measurement *m = measure_end(r->view);
    add_row(&s, "forget the map", NULL);
    report_text(r,
                "Live bytes are those still in use after a full collection at "
                "each step, the empty heap's apart.");
    report_table(r, NULL, s.t);
    report_text(
        r, "%s",
        by_kind("A map never gets fewer buckets. delete empties slots and "
                "keeps the array and every overflow bucket; clear keeps the "
                "array with its spare buckets and lets go of overflow buckets "
                "allocated apart. That is why filling it again costs so "
                "little, and why only a map that nobody refers to gives its "
                "memory back. To shrink one, copy it into a new map.",
                "A map never gets fewer tables, and no table gets smaller. "
                "delete empties a slot, or leaves a tombstone in a group that "
                "is full; clear empties all tables where they stand. That is "
                "why filling it again costs so little, and why only a map "
                "that nobody refers to gives its memory back. To shrink one, "
                "copy it into a new map."));
    if (!a->type->key->reflexiveKey)
        report_text(r,
                    "%s, though, is cleared entry by entry, as delete does it, "
                    "and keeps every %s: a key need not equal itself (NaN).",
                    a->type->typ.str, by_kind("bucket", "tombstone"));
    report_measurement(r, "Who allocated all of it", m);
    measure_free(m);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "Neither kind of map gives memory back before it is "
                 "forgotten. A swiss map has no overflow buckets that clear "
                 "could let go of."},
    {0},
};

const struct scenario scenario_delete = {
    .name = "delete",
    .lesson = "delete frees slots, not memory; clear gives back overflow "
              "buckets at most; only dropping the map frees its array.",
    .swiss_lesson = "delete and clear free slots, not memory; only dropping "
                    "the map frees its tables.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 100000,
    .nmax = 10000000,
    .type = "map[int]int",
    .run = run,
};
