/*
 * told.c: arrays, rows and cells of a map as they were told last, so that only
 * what differs is told again.
 *
 * Arrays are known by their address, and while they stand in the map: a new one
 * at the same address has another number. Locking: none; one thread records.
 */
#include "tools/log/told.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/log/names.h"
#include <stdlib.h>
#include <string.h>

/* A bucket or a group as it was told. */
struct toldRow {
    uint8_t bytes[RowSlots];
    uint32_t keys[RowSlots]; /* names */
    uint32_t number, depth;
    bool told, seen;
};

static void array_free(struct toldArray *a)
{
    free(a->row);
    free(a->cell);
    free(a->now);
    free(a);
}

void told_free(struct picture *p)
{
    for (size_t i = 0; i < p->n; i++)
        array_free(p->arrays[i]);
    free(p->arrays);
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

struct toldArray *told_array(struct picture *p, struct event *e)
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
    if (a->ncells > 0) /* else there is no memory either */
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

void told_row(struct picture *p, struct toldArray *a, const struct maptype *t,
              const struct rowSight *s)
{
    struct toldRow *r = s->depth == 0 ? &a->row[s->number]
                                      : overflow_row(a, s->number, s->depth);
    unsigned mask = 0;
    for (int i = 0; i < RowSlots; i++) {
        bool differs = !r->told || r->bytes[i] != s->bytes[i];
        uint32_t key = r->keys[i];
        if (differs || p->all)
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

void told_cell(struct toldArray *a, size_t row, uint32_t entries, bool marked)
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

void told_end(struct picture *p, struct toldArray *a)
{
    if (a->rows)
        drop_rows(p, a);
    else
        put_cells(p, a);
}

void told_forget(struct picture *p)
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
