/*
 * picture.c: the walk over a map of either kind that tells how it lies, by rows
 * or by cells, as large as it is.
 *
 * Locking: none; one thread records.
 */
#include "tools/log/picture.h"
#include "map/mapview.h"
#include "tools/lib/exits.h"
#include "tools/log/told.h"
#include <stdlib.h>
#include <string.h>

struct picture *picture_new(int64_t id)
{
    struct picture *p = xcalloc(1, sizeof *p);
    p->id = id;
    return p;
}

void picture_free(struct picture *p)
{
    if (p == NULL)
        return;
    told_free(p);
    free(p);
}

static void see_bucket(struct picture *p, struct toldArray *a,
                       const struct maptype *t, const struct bucketView *v)
{
    const void *key[RowSlots];
    memcpy(key, v->key, sizeof key);
    told_row(p, a, t,
             &(struct rowSight){.number = (uint32_t)v->number,
                                .depth = v->depth,
                                .spare = v->spare,
                                .bytes = v->tophash,
                                .key = key});
}

static void see_buckets(struct picture *p, const struct maptype *t,
                        const struct gomap *m, struct toldArray *old,
                        struct toldArray *new)
{
    struct bucketWalk w;
    struct bucketView v;
    bucketview_begin(&w, t, m);
    while (bucketview_next(&w, &v))
        see_bucket(p, v.old ? old : new, t, &v);
}

static void count_buckets(struct toldArray *a, const struct maptype *t,
                          const struct gomap *m, bool old)
{
    for (size_t i = 0; a != NULL && i < (size_t)a->told.f[ARRAY_ROWS]; i++) {
        struct chainView c = bucketview_chain(t, m, old, i);
        told_cell(a, i, c.entries, c.evacuated);
    }
}

static struct toldArray *see_bucket_array(struct picture *p,
                                          const struct maptype *t,
                                          const struct bmap *array, size_t n,
                                          bool old)
{
    struct event e = {.f = {[ARRAY_OLD] = old}};
    if (array == NULL)
        return NULL;
    uint8_t B = (uint8_t)__builtin_ctzl(n);
    e.f[ARRAY_ADDRESS] = (int64_t)(uintptr_t)array;
    e.f[ARRAY_ROWS] = (int64_t)n;
    e.f[ARRAY_UNIT] = t->bucketsize;
    e.f[ARRAY_SPARES] = (int64_t)bucketview_array(t, B).spares;
    return told_array(p, &e);
}

static void tell_buckets(struct picture *p, const struct maptype *t,
                         const struct gomap *m)
{
    const struct hmap *h = bucketview_map(m);
    size_t n = (size_t)1 << h->B;
    size_t nold = (h->flags & sameSizeGrow) != 0 ? n : n / 2;
    struct toldArray *old = see_bucket_array(p, t, h->oldbuckets, nold, true);
    struct toldArray *new = see_bucket_array(p, t, h->buckets, n, false);
    if (p->rows) {
        see_buckets(p, t, m, old, new);
    } else {
        count_buckets(old, t, m, true);
        count_buckets(new, t, m, false);
    }
    if (old != NULL)
        told_end(p, old);
    if (new != NULL)
        told_end(p, new);
}

static void see_group(struct picture *p, struct toldArray *a,
                      const struct swissWalk *w, const struct tableView *v,
                      size_t i)
{
    struct groupView g;
    const void *key[RowSlots];
    swissview_group(w, v, i, &g);
    memcpy(key, g.key, sizeof key);
    told_row(
        p, a, w->t,
        &(struct rowSight){.number = (uint32_t)i, .bytes = g.ctrl, .key = key});
}

/* Group i of a table whose groups begin at row first of the array. */
static void count_group(struct toldArray *a, size_t first,
                        const struct swissWalk *w, const struct tableView *v,
                        size_t i)
{
    const uint8_t *ctrl = swissview_ctrl(w, v, i);
    uint32_t entries = 0;
    bool tombstones = false;
    for (int s = 0; s < RowSlots; s++) {
        char letter = swissview_letter(ctrl[s]);
        entries += letter == '#';
        tombstones |= letter == '_';
    }
    told_cell(a, first + i, entries, tombstones);
}

static void tell_table(struct picture *p, const struct swissWalk *w,
                       const struct tableView *v)
{
    struct event e = {.f = {[ARRAY_ROWS] = (int64_t)v->groups,
                            [ARRAY_PLACE] = (int64_t)v->index,
                            [ARRAY_PLACES] = (int64_t)v->places,
                            [ARRAY_DEPTH] = v->localDepth,
                            [ARRAY_SLOTS] = v->capacity,
                            [ARRAY_USED] = v->used,
                            [ARRAY_ROOM] = v->growthLeft,
                            [ARRAY_TOMBSTONES] = v->tombstones}};
    e.f[ARRAY_UNIT] = w->t->groupsize;
    e.f[ARRAY_ADDRESS] = (int64_t)(uintptr_t)swissview_ctrl(w, v, 0);
    struct toldArray *a = told_array(p, &e);
    for (size_t i = 0; i < v->groups; i++)
        if (a->rows)
            see_group(p, a, w, v, i);
        else
            count_group(a, 0, w, v, i);
    told_end(p, a);
}

/* All of them as one array, at the address of the directory. */
static void tell_together(struct picture *p, const struct maptype *t,
                          const struct gomap *m)
{
    const struct swissMap *sm = swissview_map(m);
    struct swissCounts c = swissview_counts(t, sm);
    struct swissWalk w;
    struct tableView v;
    size_t first = 0;
    struct event e = {.f = {[ARRAY_ADDRESS] = (int64_t)(uintptr_t)sm->dirPtr,
                            [ARRAY_ROWS] = (int64_t)c.groups,
                            [ARRAY_PLACES] = (int64_t)c.dirLen,
                            [ARRAY_SLOTS] = (int64_t)c.capacity,
                            [ARRAY_USED] = (int64_t)c.used,
                            [ARRAY_TOMBSTONES] = (int64_t)c.tombstones}};
    e.f[ARRAY_UNIT] = t->groupsize;
    swissview_begin(&w, t, sm);
    while (swissview_next(&w, &v))
        e.f[ARRAY_ROOM] += v.growthLeft;
    struct toldArray *a = told_array(p, &e);
    swissview_begin(&w, t, sm);
    while (swissview_next(&w, &v)) {
        for (size_t i = 0; i < v.groups; i++)
            count_group(a, first, &w, &v, i);
        first += v.groups;
    }
    told_end(p, a);
}

static void tell_tables(struct picture *p, const struct maptype *t,
                        const struct gomap *m)
{
    struct swissWalk w;
    struct tableView v;
    swissview_begin(&w, t, swissview_map(m));
    while (swissview_next(&w, &v))
        tell_table(p, &w, &v);
}

/* How large a map is to draw. */
struct extent {
    size_t rows, tables; /* tables: of a swiss map */
};

static struct extent extent_of(const struct maptype *t, const struct gomap *m)
{
    if (t->kind == MAPKIND_SWISS) {
        struct swissCounts c = swissview_counts(t, swissview_map(m));
        return (struct extent){c.groups, c.tables};
    }
    const struct hmap *h = bucketview_map(m);
    return (struct extent){h->buckets == NULL ? 0 : (size_t)1 << h->B, 0};
}

/* Whether a map of n rows is told now: a small one always; a large one after so
 * many calls, or when it has grown by much. */
static bool is_due(struct picture *p, size_t n)
{
    enum { RowsACall = 2048 };
    p->calls++;
    return n <= RowsMost || p->calls >= n / RowsACall ||
           n >= p->toldRows + p->toldRows / 8 || n < p->toldRows;
}

/* Row by row, or by cells; where that changes all is told anew. */
static void choose_form(struct picture *p, struct extent x, uint32_t cells)
{
    size_t perCell = 1;
    bool rows = x.rows <= RowsMost;
    bool together = !rows && x.tables > TablesMost;
    while (x.rows / perCell > cells)
        perCell *= 2;
    if (p->rows != rows || p->together != together || p->perCell != perCell)
        told_forget(p);
    p->rows = rows;
    p->together = together;
    p->perCell = perCell;
}

bool picture_tell(struct picture *p, const struct maptype *t,
                  const struct gomap *m, const struct pictureWants *w,
                  void (*put)(const struct event *e))
{
    struct extent x = extent_of(t, m);
    p->all = w->all;
    p->put = put;
    if (w->cells == 0 || !is_due(p, x.rows))
        return false;
    choose_form(p, x, w->cells);
    p->calls = 0;
    p->toldRows = x.rows;
    if (p->together)
        tell_together(p, t, m);
    else if (t->kind == MAPKIND_SWISS)
        tell_tables(p, t, m);
    else
        tell_buckets(p, t, m);
    told_forget(p);
    return true;
}
