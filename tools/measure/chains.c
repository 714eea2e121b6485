/*
 * chains.c: adds up profile buckets whose frames read the same.
 *
 * Two buckets share a row when their chains are equal as text, although their
 * return addresses differ: m[k] = v written twice in one function is one chain
 * to a reader. The text is the hash table's key.
 */
#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/measure/anymap.h"
#include "tools/measure/measure.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

const char *part_name(enum mapPart part)
{
    static const char *const names[NPARTS][2] = {
        [PART_HEADER] = {"hmap", "Map"},
        [PART_FIRST] = {"first bucket", "first group"},
        [PART_ARRAY] = {"bucket arrays", "group arrays"},
        [PART_OVERFLOW] = {"overflow buckets", "overflow buckets"},
        [PART_BOOKKEEPING] = {"bookkeeping", "tables, directories"},
        [PART_OTHER] = {"other", "other"},
    };
    return by_kind(names[part][0], names[part][1]);
}

struct chainGroup {
    struct chainRow row;
    UT_hash_handle hh; /* by row.text */
};

static char *chain_text(const struct frame **frames, int n)
{
    size_t size = 1;
    for (int i = 0; i < n; i++)
        size += strlen(frames[i]->func) + strlen(" < ");
    char *text = xcalloc(size, 1), *to = text;
    for (int i = 0; i < n; i++) {
        if (i > 0)
            to = stpcpy(to, " < ");
        to = stpcpy(to, frames[i]->func);
    }
    return text;
}

static struct chainGroup *new_group(char *text, const struct frame **frames,
                                    int n)
{
    struct chainGroup *g = xcalloc(1, sizeof *g);
    size_t bytes = (size_t)n * sizeof(struct frame *);
    g->row.text = text;
    g->row.nframes = n;
    g->row.frames = xcalloc((size_t)n, sizeof(struct frame *));
    memcpy(g->row.frames, frames, bytes);
    g->row.first = UINT64_MAX;
    return g;
}

/* NOLINTBEGIN(readability-function-*): uthash's macros count as one's own */
static struct chainGroup *find_group(struct chainGroup *groups,
                                     const char *text)
{
    struct chainGroup *g;
    HASH_FIND_STR(groups, text, g);
    return g;
}

static void add_group(struct chainGroup **groups, struct chainGroup *g)
{
    HASH_ADD_KEYPTR(hh, *groups, g->row.text, strlen(g->row.text), g);
}

/* NOLINTEND(readability-function-*) */

static struct chainGroup *group_of(struct chainGroup **groups,
                                   const struct bucket *b, enum frameView view)
{
    const struct frame *frames[MaxStack];
    const struct goMalloc what = mprof_malloc(b);
    int n = callstack_view(b->stk, b->nstk, view, &what, frames, MaxStack);
    char *text = chain_text(frames, n);
    struct chainGroup *g = find_group(*groups, text);
    if (g != NULL) {
        free(text);
        return g;
    }
    g = new_group(text, frames, n);
    add_group(groups, g);
    return g;
}

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static enum goRole role_of(const struct chainRow *row)
{
    struct goCause c = {.role = GO_NONE};
    for (int i = 0; i < row->nframes; i++)
        if (!gocause_add(&c, row->frames[i]->func))
            break;
    return c.role;
}

static enum mapPart bucket_part(const struct chainRow *row)
{
    switch (role_of(row)) {
    case GO_MAP_ARRAY:
        return PART_ARRAY;
    case GO_MAP_OVERFLOW:
        return PART_OVERFLOW;
    default:
        return PART_FIRST;
    }
}

/* t is the type of an object of size bytes, of a row's. */
static enum mapPart part_of(const struct chainRow *row, const struct type *t,
                            size_t size)
{
    if (t == NULL)
        return PART_OTHER;
    if (strcmp(t->str, "runtime.hmap") == 0 || strcmp(t->str, "maps.Map") == 0)
        return PART_HEADER;
    if (strstr(t->str, "runtime.mapextra") || strstr(t->str, "*runtime.bmap") ||
        strstr(t->str, "maps.table"))
        return PART_BOOKKEEPING;
    if (starts_with(t->str, "map.bucket["))
        return bucket_part(row);
    if (starts_with(t->str, "map.group[")) /* arrays have two at least */
        return size < 2 * t->size ? PART_FIRST : PART_ARRAY;
    return PART_OTHER;
}

static void add_bucket(struct chainRow *row, const struct bucket *b,
                       const struct memRecordCycle *c)
{
    bool empty = row->alloc_objects == 0 && row->maxsize == 0;
    if (empty || b->size < row->minsize)
        row->minsize = b->size;
    if (b->size > row->maxsize)
        row->maxsize = b->size;
    if (empty)
        row->type = b->tag.type;
    else if (row->type != b->tag.type)
        row->type = NULL;
    if (b->first < row->first)
        row->first = b->first;
    row->alloc_objects += c->allocs;
    row->alloc_bytes += c->alloc_bytes;
    row->inuse_objects += c->allocs - c->frees;
    row->inuse_bytes += c->alloc_bytes - c->free_bytes;
    row->tier_objects[b->tag.tier] += c->allocs;
    enum mapPart part = part_of(row, b->tag.type, b->size);
    row->part_objects[part] += c->allocs;
    row->part_bytes[part] += c->alloc_bytes;
    row->part_live_objects[part] += c->allocs - c->frees;
    row->part_live_bytes[part] += c->alloc_bytes - c->free_bytes;
}

static void add_row(struct chainRow *sum, const struct chainRow *row)
{
    bool empty = sum->alloc_objects == 0 && sum->maxsize == 0;
    if (empty || row->minsize < sum->minsize)
        sum->minsize = row->minsize;
    if (row->maxsize > sum->maxsize)
        sum->maxsize = row->maxsize;
    sum->alloc_objects += row->alloc_objects;
    sum->alloc_bytes += row->alloc_bytes;
    sum->inuse_objects += row->inuse_objects;
    sum->inuse_bytes += row->inuse_bytes;
    for (int i = 0; i < NTIERS; i++)
        sum->tier_objects[i] += row->tier_objects[i];
    for (int i = 0; i < NPARTS; i++) {
        sum->part_objects[i] += row->part_objects[i];
        sum->part_bytes[i] += row->part_bytes[i];
        sum->part_live_objects[i] += row->part_live_objects[i];
        sum->part_live_bytes[i] += row->part_live_bytes[i];
    }
}

/* Moves the groups' rows into c and ends the groups. */
static void take_rows(struct chains *c, struct chainGroup *groups)
{
    struct chainGroup *g = groups, *next;
    c->rows = xcalloc(HASH_COUNT(groups), sizeof *c->rows);
    HASH_CLEAR(hh, groups); /* the index alone; the list is left */
    for (; g != NULL; g = next) {
        next = g->hh.next;
        c->rows[c->n++] = g->row;
        add_row(&c->total, &g->row);
        free(g);
    }
}

/* Ends the program: names what is missing, where that can be told. */
static _Noreturn void no_call_stacks(void)
{
    static const char *const files[] = {"/proc/self/maps", "/proc/self/exe"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        FILE *f = fopen(files[i], "r");
        if (f == NULL)
            io_error("call stacks are out of reach without %s", files[i]);
        fclose(f);
    }
    file_error("call stacks are out of reach: they need the symbols in "
               "/proc/self/exe (strip takes them away), three files to open "
               "and some memory (ulimit -v)");
}

struct chains *chains_collect(enum frameView view)
{
    if (!callstack_sound())
        no_call_stacks();
    struct chainGroup *groups = NULL;
    for (const struct bucket *b = mprof_buckets(); b != NULL; b = b->allnext) {
        struct memRecordCycle c = mprof_total(b);
        if (c.allocs != 0)
            add_bucket(&group_of(&groups, b, view)->row, b, &c);
    }
    struct chains *chains = xcalloc(1, sizeof *chains);
    take_rows(chains, groups);
    chains_sort(chains, CHAINS_OBJECTS);
    return chains;
}

void chains_free(struct chains *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->rows[i].text);
        free(c->rows[i].frames);
    }
    free(c->rows);
    free(c);
}

static int larger_first(uint64_t a, uint64_t b)
{
    return (a < b) - (a > b);
}

static int by_name(const void *a, const void *b)
{
    const struct chainRow *x = a, *y = b;
    return strcmp(x->text, y->text);
}

/* Equal rows stand in the order of their names, so that output repeats. */
static int by_objects(const void *a, const void *b)
{
    const struct chainRow *x = a, *y = b;
    int c = larger_first(x->alloc_objects, y->alloc_objects);
    if (c == 0)
        c = larger_first(x->alloc_bytes, y->alloc_bytes);
    return c != 0 ? c : by_name(a, b);
}

static int by_space(const void *a, const void *b)
{
    const struct chainRow *x = a, *y = b;
    int c = larger_first(x->alloc_bytes, y->alloc_bytes);
    if (c == 0)
        c = larger_first(x->alloc_objects, y->alloc_objects);
    return c != 0 ? c : by_name(a, b);
}

static int by_first(const void *a, const void *b)
{
    const struct chainRow *x = a, *y = b;
    return larger_first(y->first, x->first);
}

void chains_sort(struct chains *c, enum chainOrder order)
{
    static int (*const compare[])(const void *, const void *) = {
        [CHAINS_OBJECTS] = by_objects,
        [CHAINS_SPACE] = by_space,
        [CHAINS_NAME] = by_name,
        [CHAINS_FIRST] = by_first,
    };
    qsort(c->rows, c->n, sizeof *c->rows, compare[order]);
}

void chains_what(const struct chainRow *row, char *out, size_t size)
{
    size_t at = 0;
    out[0] = '\0';
    for (int i = 0; i < NPARTS && at < size; i++)
        if (row->part_objects[i] != 0)
            at += (size_t)snprintf(out + at, size - at, "%s%s %s",
                                   at > 0 ? ", " : "", part_name(i),
                                   commas((int64_t)row->part_objects[i]));
}
