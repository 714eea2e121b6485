/*
 * picture.c: a map's arrays and tables as they were told last.
 *
 * Arrays are known by their address, and while they stand in the map: a new one
 * at the same address has another number. Locking: none; one thread records.
 */
#include "tools/log/picture.h"
#include "map/mapview.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/log/names.h"
#include <stdlib.h>
#include <string.h>

enum { RowSlots = 8 };
_Static_assert((int)RowSlots == (int)bucketCnt &&
                   (int)RowSlots == (int)groupSlots,
               "a bucket and a group are one row");

/* A bucket or a group as it was told. */
struct toldRow {
    uint8_t bytes[RowSlots];
    uint32_t keys[RowSlots]; /* names */
    uint32_t number, depth;
    bool told, seen;
};

struct toldArray {
    uintptr_t address;
    struct event told;   /* EVENT_ARRAY as it was put last */
    bool seen;           /* in the walk under way */
    bool rows;           /* told row by row */
    struct toldRow *row; /* nrows of them: chain by chain, then overflow */
    size_t nrows, rowRoom;
    uint32_t *cell, *now; /* ncells of them: as told, as counted */
    size_t ncells, perCell;
};

struct picture {
    int64_t id;
    int64_t next; /* number of the next array; they are unique in a map … */
    struct toldArray **arrays;
    size_t n, room;
    bool rows;
    bool together;   /* all tables as one array */
    size_t perCell;  /* rows that a cell stands for, of any array */
    size_t calls;    /* since cells were told … */
    size_t toldRows; /* … of a map of so many rows */
    const struct pictureWants *w;
    void (*put)(const struct event *e);
};

struct picture *picture_new(int64_t id)
{
    struct picture *p = xcalloc(1, sizeof *p);
    p->id = id;
    return p;
}

static void array_free(struct toldArray *a)
{
    free(a->row);
    free(a->cell);
    free(a->now);
    free(a);
}

void picture_free(struct picture *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n; i++)
        array_free(p->arrays[i]);
    free(p->arrays);
    free(p);
}

/* --- arrays ------------------------------------------------------------- */

static struct toldArray *find_array(struct picture *p, uintptr_t address,
                                    size_t nrows)
{
    for (size_t i = 0; i < p->n; i++) {
        struct toldArray *a = p->arrays[i];
        if (a->address == address && !a->seen &&
            (size_t)a->told.f[ARRAY_ROWS] == nrows)
            return a;
    }
    return NULL;
}

static struct toldArray *add_array(struct picture *p, uintptr_t address,
                                   size_t nrows)
{
    struct toldArray *a = xcalloc(1, sizeof *a);
    a->address = address;
    a->rows = p->rows;
    a->told.f[ARRAY_ID] = ++p->next;
    if (a->rows) {
        a->nrows = nrows;
        a->row = array_reserve(NULL, &a->rowRoom, nrows, sizeof a->row[0]);
        memset(a->row, 0, nrows * sizeof a->row[0]);
    } else {
        a->perCell = p->perCell < nrows ? p->perCell : nrows;
        a->ncells = (nrows + a->perCell - 1) / a->perCell;
        a->cell = xcalloc(a->ncells, sizeof a->cell[0]);
        a->now = xcalloc(a->ncells, sizeof a->now[0]);
    }
    p->arrays =
        array_reserve(p->arrays, &p->room, p->n + 1, sizeof p->arrays[0]);
    p->arrays[p->n++] = a;
    return a;
}

/* The array that e tells of; puts e where it says something new. */
static struct toldArray *see_array(struct picture *p, struct event *e)
{
    uintptr_t address = (uintptr_t)e->f[ARRAY_ADDRESS];
    size_t nrows = (size_t)e->f[ARRAY_ROWS];
    struct toldArray *a = find_array(p, address, nrows);
    if (a == NULL)
        a = add_array(p, address, nrows);
    a->seen = true;
    e->kind = EVENT_ARRAY;
    e->f[ARRAY_ID] = a->told.f[ARRAY_ID];
    e->f[ARRAY_MAP] = p->id;
    e->f[ARRAY_PER_CELL] = a->rows ? 0 : (int64_t)a->perCell;
    if (memcmp(e->f, a->told.f, sizeof e->f) != 0)
        p->put(e);
    a->told = *e;
    memset(a->now, 0, a->ncells * sizeof a->now[0]);
    for (size_t i = 0; i < a->nrows; i++)
        a->row[i].seen = false;
    return a;
}

/* --- rows ------------------------------------------------------------- */

/* The place of an overflow bucket, which is made where it has none. */
static struct toldRow *overflow_row(struct toldArray *a, uint32_t number,
                                    uint32_t depth)
{
    size_t chains = (size_t)a->told.f[ARRAY_ROWS];
    for (size_t i = chains; i < a->nrows; i++)
        if (a->row[i].number == number && a->row[i].depth == depth)
            return &a->row[i];
    a->row = array_reserve(a->row, &a->rowRoom, a->nrows + 1, sizeof a->row[0]);
    struct toldRow *r = &a->row[a->nrows++];
    *r = (struct toldRow){.number = number, .depth = depth};
    return r;
}

struct rowSight {
    uint32_t number, depth;
    bool spare;
    const uint8_t *bytes;
    const void *const *key;
};

static void put_row(struct picture *p, const struct toldArray *a,
                    const struct toldRow *r, const struct rowSight *s,
                    unsigned mask)
{
    uint8_t bytes[RowSlots];
    uint32_t keys[RowSlots];
    size_t n = 0;
    for (int i = 0; i < RowSlots; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        bytes[n] = r->bytes[i];
        keys[n++] = r->keys[i];
    }
    p->put(&(struct event){
        .kind = EVENT_ROW,
        .f = {[ROW_ARRAY] = a->told.f[ARRAY_ID],
              [ROW_NUMBER] = s->number,
              [ROW_DEPTH] = s->depth,
              [ROW_SPARE] = s->spare,
              [ROW_MASK] = mask},
        .bytes = bytes,
        .nbytes = n,
        .list = keys,
        .nlist = n,
    });
}

/* As whoever is told of the array alone takes a row to be. */
static bool is_blank(const struct toldRow *r)
{
    static const struct toldRow blank;
    return memcmp(r->bytes, blank.bytes, sizeof r->bytes) == 0 &&
           memcmp(r->keys, blank.keys, sizeof r->keys) == 0;
}

static void see_row(struct picture *p, struct toldArray *a,
                    const struct maptype *t, const struct rowSight *s)
{
    struct toldRow *r = s->depth == 0 ? &a->row[s->number]
                                      : overflow_row(a, s->number, s->depth);
    unsigned mask = 0;
    for (int i = 0; i < RowSlots; i++) {
        bool differs = !r->told || r->bytes[i] != s->bytes[i];
        uint32_t key = r->keys[i];
        if (differs || p->w->all)
            key = s->key[i] == NULL ? 0 : names_value(t->key, s->key[i]);
        if (differs || key != r->keys[i])
            mask |= 1u << i;
        r->bytes[i] = s->bytes[i];
        r->keys[i] = key;
    }
    bool blank = !r->told && s->depth == 0 && is_blank(r);
    r->told = r->seen = true;
    if (mask != 0 && !blank)
        put_row(p, a, r, s, mask);
}

/* Overflow buckets that are in no chain any more: told with their depth
 * negative. */
static void drop_rows(struct picture *p, struct toldArray *a)
{
    for (size_t i = (size_t)a->told.f[ARRAY_ROWS]; i < a->nrows; i++) {
        struct toldRow *r = &a->row[i];
        if (r->seen || !r->told)
            continue;
        p->put(&(struct event){.kind = EVENT_ROW,
                               .f = {[ROW_ARRAY] = a->told.f[ARRAY_ID],
                                     [ROW_NUMBER] = r->number,
                                     [ROW_DEPTH] = -(int64_t)r->depth}});
        *r = (struct toldRow){.number = r->number, .depth = r->depth};
    }
}

/* --- cells ------------------------------------------------------------ */

static void count_in_cell(struct toldArray *a, size_t row, uint32_t entries,
                          bool marked)
{
    uint32_t *c = &a->now[row / a->perCell];
    *c = (*c + 2 * entries) | marked;
}

static void put_cells(struct picture *p, struct toldArray *a)
{
    uint32_t *list = xcalloc(2 * a->ncells, sizeof list[0]);
    size_t n = 0, last = 0;
    for (size_t i = 0; i < a->ncells; i++) {
        if (a->cell[i] == a->now[i])
            continue;
        list[n++] = (uint32_t)(i - last);
        list[n++] = a->cell[i] = a->now[i];
        last = i;
    }
    if (n > 0)
        p->put(&(struct event){.kind = EVENT_CELLS,
                               .f = {[CELLS_ARRAY] = a->told.f[ARRAY_ID]},
                               .list = list,
                               .nlist = n});
    free(list);
}

/* --- maps --------------------------------------------------------------- */

static void end_array(struct picture *p, struct toldArray *a)
{
    if (a->rows)
        drop_rows(p, a);
    else
        put_cells(p, a);
}

static void see_bucket(struct picture *p, struct toldArray *a,
                       const struct maptype *t, const struct bucketView *v)
{
    const void *key[RowSlots];
    memcpy(key, v->key, sizeof key);
    see_row(p, a, t,
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
        count_in_cell(a, i, c.entries, c.evacuated);
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
    return see_array(p, &e);
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
        end_array(p, old);
    if (new != NULL)
        end_array(p, new);
}

static void see_group(struct picture *p, struct toldArray *a,
                      const struct swissWalk *w, const struct tableView *v,
                      size_t i)
{
    struct groupView g;
    const void *key[RowSlots];
    swissview_group(w, v, i, &g);
    memcpy(key, g.key, sizeof key);
    see_row(
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
    count_in_cell(a, first + i, entries, tombstones);
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
    struct toldArray *a = see_array(p, &e);
    for (size_t i = 0; i < v->groups; i++)
        if (a->rows)
            see_group(p, a, w, v, i);
        else
            count_group(a, 0, w, v, i);
    end_array(p, a);
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
    struct toldArray *a = see_array(p, &e);
    swissview_begin(&w, t, sm);
    while (swissview_next(&w, &v)) {
        for (size_t i = 0; i < v.groups; i++)
            count_group(a, first, &w, &v, i);
        first += v.groups;
    }
    end_array(p, a);
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

/* Puts what is gone, keeps what was seen. */
static void forget_unseen(struct picture *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct toldArray *a = p->arrays[i];
        if (a->seen) {
            a->seen = false;
            p->arrays[kept++] = a;
            continue;
        }
        p->put(&(struct event){.kind = EVENT_GONE,
                               .f = {[GONE_ARRAY] = a->told.f[ARRAY_ID]}});
        array_free(a);
    }
    p->n = kept;
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
static void choose_form(struct picture *p, struct extent x)
{
    size_t perCell = 1;
    bool rows = x.rows <= RowsMost;
    bool together = !rows && x.tables > TablesMost;
    while (x.rows / perCell > p->w->cells)
        perCell *= 2;
    if (p->rows != rows || p->together != together || p->perCell != perCell)
        forget_unseen(p);
    p->rows = rows;
    p->together = together;
    p->perCell = perCell;
}

bool picture_tell(struct picture *p, const struct maptype *t,
                  const struct gomap *m, const struct pictureWants *w,
                  void (*put)(const struct event *e))
{
    struct extent x = extent_of(t, m);
    p->w = w;
    p->put = put;
    if (w->cells == 0 || !is_due(p, x.rows))
        return false;
    choose_form(p, x);
    p->calls = 0;
    p->toldRows = x.rows;
    if (p->together)
        tell_together(p, t, m);
    else if (t->kind == MAPKIND_SWISS)
        tell_tables(p, t, m);
    else
        tell_buckets(p, t, m);
    forget_unseen(p);
    return true;
}
