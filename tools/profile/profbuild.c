/*
 * profbuild.c: one hash table a kind of element, keyed by what makes it itself.
 *
 * A key is a row of words: interned string addresses, ids, numbers. Two
 * elements are equal when their rows are.
 *
 * Locking: none.
 */
#include "tools/profile/profbuild.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"

#include <stdlib.h>

enum builtKind { MAPPING, FUNC, LOC, SAMPLE, NKINDS };

struct profBuilder {
    struct profile *p;
    struct byteMap *tables[NKINDS];
    uint64_t *key; /* of the element being looked up */
    size_t nkey, cap_key;
};

struct profBuilder *builder_new(struct profile *p)
{
    struct profBuilder *b = xcalloc(1, sizeof *b);
    b->p = p;
    for (int k = 0; k < NKINDS; k++)
        b->tables[k] = bytemap_new();
    return b;
}

void builder_free(struct profBuilder *b)
{
    for (int k = 0; k < NKINDS; k++)
        bytemap_free(b->tables[k]);
    free(b->key);
    free(b);
}

static void key_push(struct profBuilder *b, uint64_t word)
{
    b->key = array_reserve(b->key, &b->cap_key, b->nkey + 1, sizeof *b->key);
    b->key[b->nkey++] = word;
}

static const char *key_push_string(struct profBuilder *b, const char *s)
{
    const char *interned = pool_intern(b->p->pool, s ? s : "");
    key_push(b, (uintptr_t)interned);
    return interned;
}

/* The element of the key just pushed, or NULL. */
static void *find(struct profBuilder *b, enum builtKind kind)
{
    return bytemap_get(b->tables[kind], b->key, b->nkey * sizeof *b->key);
}

static void put(struct profBuilder *b, enum builtKind kind, void *element)
{
    bytemap_put(b->tables[kind], b->key, b->nkey * sizeof *b->key, element);
}

struct profMapping *builder_mapping(struct profBuilder *b,
                                    const struct profMapping *like)
{
    /* Sizes are rounded to pages and starts left out: the same program loaded
     * elsewhere is the same mapping. Go: profile/merge.go (*Mapping).key. */
    enum { Rounding = 0x1000 };
    b->nkey = 0;
    key_push(b, align_up(like->limit - like->start, Rounding));
    key_push(b, like->offset);
    key_push_string(b, *like->buildid ? like->buildid : like->file);
    struct profMapping *m = find(b, MAPPING);
    if (m)
        return m;
    m = profile_add_mapping(b->p);
    *m = *like;
    m->id = b->p->nmappings;
    m->file = pool_intern(b->p->pool, like->file);
    m->buildid = pool_intern(b->p->pool, like->buildid);
    put(b, MAPPING, m);
    return m;
}

struct profFunc *builder_func(struct profBuilder *b,
                              const struct profFunc *like)
{
    b->nkey = 0;
    key_push(b, (uint64_t)like->start_line);
    const char *name = key_push_string(b, like->name);
    const char *sysname = key_push_string(b, like->sysname);
    const char *file = key_push_string(b, like->file);
    struct profFunc *f = find(b, FUNC);
    if (f)
        return f;
    f = profile_add_func(b->p);
    f->id = b->p->nfuncs;
    f->name = name;
    f->sysname = sysname;
    f->file = file;
    f->start_line = like->start_line;
    put(b, FUNC, f);
    return f;
}

struct profLoc *builder_loc(struct profBuilder *b, const struct profLoc *like)
{
    b->nkey = 0;
    key_push(b, like->addr - (like->mapping ? like->mapping->start : 0));
    key_push(b, like->mapping ? like->mapping->id : 0);
    key_push(b, like->folded);
    for (uint32_t i = 0; i < like->nlines; i++) {
        key_push(b, like->lines[i].func->id);
        key_push(b, (uint64_t)like->lines[i].line);
    }
    struct profLoc *l = find(b, LOC);
    if (l)
        return l;
    l = profile_add_loc(b->p, like->nlines);
    l->id = b->p->nlocs;
    l->addr = like->addr;
    l->mapping = like->mapping;
    l->folded = like->folded;
    for (uint32_t i = 0; i < like->nlines; i++)
        l->lines[i] = like->lines[i];
    put(b, LOC, l);
    return l;
}

static struct profSample *new_sample(struct profBuilder *b,
                                     const struct profSample *like)
{
    struct profSample *s = profile_add_sample(b->p, like->nlocs, like->nlabels);
    for (uint32_t i = 0; i < like->nlocs; i++)
        s->locs[i] = like->locs[i];
    for (uint32_t i = 0; i < like->nlabels; i++) {
        const struct profLabel *from = &like->labels[i];
        s->labels[i] = (struct profLabel){
            .key = pool_intern(b->p->pool, from->key),
            .str = from->str ? pool_intern(b->p->pool, from->str) : NULL,
            .num = from->num,
            .unit = pool_intern(b->p->pool, from->unit ? from->unit : ""),
        };
    }
    sample_sort_labels(s);
    put(b, SAMPLE, s);
    return s;
}

struct profSample *builder_sample(struct profBuilder *b,
                                  const struct profSample *like)
{
    b->nkey = 0;
    key_push(b, like->nlocs);
    for (uint32_t i = 0; i < like->nlocs; i++)
        key_push(b, like->locs[i]->id);
    for (uint32_t i = 0; i < like->nlabels; i++) {
        key_push_string(b, like->labels[i].key);
        key_push(b, like->labels[i].str != NULL);
        key_push_string(b, like->labels[i].str);
        key_push(b, (uint64_t)like->labels[i].num);
        key_push_string(b, like->labels[i].unit);
    }
    struct profSample *s = find(b, SAMPLE);
    if (!s)
        s = new_sample(b, like);
    for (size_t i = 0; i < b->p->ntypes; i++)
        s->values[i] = wrap_add(s->values[i], like->values[i]);
    return s;
}

struct profLoc *builder_frame(struct profBuilder *b,
                              struct profMapping *mapping, const char *func,
                              const char *file, int64_t line, uint64_t addr)
{
    struct profFunc f = {.name = func, .sysname = func, .file = file};
    struct profLine l = {builder_func(b, &f), line};
    struct profLoc loc = {
        .addr = addr, .mapping = mapping, .lines = &l, .nlines = 1};
    return builder_loc(b, &loc);
}
