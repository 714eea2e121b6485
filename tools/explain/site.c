/*
 * site.c: samples added up by line, and within a line by size and mechanism.
 *
 * Locking: none.
 */
#include "tools/explain/site.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/profile/proftext.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The columns of a heap profile; -1: it has none. */
struct columns {
    int objects, bytes, inuse_objects, inuse_bytes;
};

struct collecting {
    const struct profile *p;
    struct sites *l;
    struct columns col;
    bool *libraries;                   /* libraries_of p */
    struct byteMap *by_line, *by_size; /* index + 1, as a pointer */
};

/* Keys are padded by nothing: all of their bytes count. */
struct siteKey {
    const char *func, *file;
    int64_t line;
};

struct sizeKey {
    uint64_t line, call;
    int64_t size;
    uint32_t mech, part;
};

static size_t find(const struct byteMap *m, const void *key, size_t len)
{
    return (size_t)(uintptr_t)bytemap_get(m, key, len);
}

static void put(struct byteMap *m, const void *key, size_t len, size_t index)
{
    bytemap_put(m, key, len, (void *)(uintptr_t)index);
}

static size_t site_of(struct collecting *c, const struct siteReason *r)
{
    static const struct profFunc runtime = {.name = "runtime", .file = ""};
    const struct profFunc *f = r->line ? r->line->func : &runtime;
    struct siteKey key = {f->name, f->file, r->line ? r->line->line : 0};
    size_t i = find(c->by_line, &key, sizeof key);
    if (i > 0)
        return i - 1;
    struct sites *l = c->l;
    l->list = array_reserve(l->list, &l->cap, l->n + 1, sizeof *l->list);
    l->list[l->n++] =
        (struct site){.func = f->name, .file = f->file, .line = key.line};
    put(c->by_line, &key, sizeof key, l->n);
    return l->n - 1;
}

static struct siteSize *size_of(struct collecting *c, size_t line, int64_t size,
                                const struct siteReason *r)
{
    struct site *l = &c->l->list[line];
    struct sizeKey key = {line, r->call, size, r->mech, r->part};
    size_t i = find(c->by_size, &key, sizeof key);
    if (i > 0)
        return &l->sizes[i - 1];
    l->sizes =
        array_reserve(l->sizes, &l->cap_sizes, l->nsizes + 1, sizeof *l->sizes);
    l->sizes[l->nsizes] = (struct siteSize){
        .size = size, .call = r->call, .mech = r->mech, .part = r->part};
    put(c->by_size, &key, sizeof key, ++l->nsizes);
    return &l->sizes[l->nsizes - 1];
}

static void add_caller(struct site *l, const struct profLine *caller,
                       double bytes)
{
    size_t i = 0;
    while (i < l->ncallers && (l->callers[i].func != caller->func->name ||
                               l->callers[i].line != caller->line))
        i++;
    if (i == MaxSiteCallers)
        return;
    if (i == l->ncallers)
        l->callers[l->ncallers++] =
            (struct siteCaller){caller->func->name, caller->line, 0};
    l->callers[i].bytes += bytes;
}

static double value(const struct profSample *s, int column)
{
    return column < 0 ? 0 : (double)s->values[column];
}

/* How many objects were seen of those that the sample stands for. */
static double seen(double objects, int64_t size, int64_t rate)
{
    return rate <= 1 ? objects
                     : objects * (1 - exp(-(double)size / (double)rate));
}

static void add_sample(struct collecting *c, const struct profSample *s)
{
    double objects = value(s, c->col.objects), bytes = value(s, c->col.bytes);
    if (objects <= 0 || bytes <= 0)
        return;
    struct siteReason r =
        reason_of(s, c->libraries, c->l->shown != SHOWN_COMPLETE);
    int64_t size = sample_num_label(s, "bytes");
    size = size > 0 ? size : (int64_t)(bytes / objects);
    size_t at = site_of(c, &r);
    struct siteSize *z = size_of(c, at, size, &r);
    double samples = seen(objects, size, c->l->rate);
    z->objects += objects;
    z->bytes += bytes;
    z->inuse += value(s, c->col.inuse_objects);
    z->samples += samples;
    struct site *both[] = {&c->l->list[at], &c->l->total};
    for (int i = 0; i < 2; i++) {
        both[i]->objects += objects;
        both[i]->bytes += bytes;
        both[i]->inuse_objects += value(s, c->col.inuse_objects);
        both[i]->inuse_bytes += value(s, c->col.inuse_bytes);
        both[i]->samples += samples;
        both[i]->mech_objects[r.mech] += objects;
        both[i]->mech_bytes[r.mech] += bytes;
    }
    both[0]->swiss |= r.swiss;
    both[0]->syncmap |= r.syncmap;
    const char *type = sample_label(s, "type");
    if (type && strncmp(type, "map.bucket[", 11) == 0)
        both[0]->type = type;
    if (r.caller)
        add_caller(both[0], r.caller, bytes);
}

static int by_size(const void *a, const void *b)
{
    const struct siteSize *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    if (x->part != y->part)
        return (int)x->part - (int)y->part;
    return (x->call > y->call) - (x->call < y->call);
}

static struct columns find_columns(const struct profile *p)
{
    struct columns c = {
        profile_type_index(p, "alloc_objects"),
        profile_type_index(p, "alloc_space"),
        profile_type_index(p, "inuse_objects"),
        profile_type_index(p, "inuse_space"),
    };
    return c;
}

static int by_objects(const void *a, const void *b)
{
    const struct siteHeaders *x = a, *y = b;
    if (x->objects != y->objects)
        return x->objects > y->objects ? 1 : -1;
    return (x->func > y->func) - (x->func < y->func);
}

/* The array that a call made beside each map's header and bookkeeping, and
 * nothing else: it was make with a hint. */
static void collect_hinted(struct sites *l, const struct site *line,
                           const struct siteSize *head, size_t *room)
{
    const struct siteSize *array = NULL;
    size_t others = 0, extras = 0;
    for (size_t i = 0; i < line->nsizes; i++) {
        const struct siteSize *z = &line->sizes[i];
        if (z->call != head->call || z == head)
            continue;
        others += z->objects == head->objects ? 1 : 3;
        extras += z->size == ExtraBytes;
        array = z; /* the largest is the last */
    }
    if (head->call == 0 || others != 2 || extras != 1 || !array)
        return;
    l->hinted =
        array_reserve(l->hinted, room, l->nhinted + 1, sizeof *l->hinted);
    l->hinted[l->nhinted++] = (struct sizeCount){array->size, array->objects,
                                                 array->inuse, array->samples};
}

/* What is asked of all lines together: whether some line made as many headers
 * as maps grew, and how many arrays of a size were made with a hint. */
static void collect_shared(struct sites *l)
{
    size_t room = 0, room_made = 0, room_hinted = 0;
    for (size_t i = 0; i < l->n; i++)
        for (size_t j = 0; j < l->list[i].nsizes; j++) {
            const struct siteSize *z = &l->list[i].sizes[j];
            if (z->size == HeaderBytes) {
                l->headers = array_reserve(l->headers, &room, l->nheaders + 1,
                                           sizeof *l->headers);
                l->headers[l->nheaders++] =
                    (struct siteHeaders){z->objects, l->list[i].func};
                collect_hinted(l, &l->list[i], z, &room_hinted);
            }
            if (z->part == PIECE_MADE) {
                l->made = array_reserve(l->made, &room_made, l->nmade + 1,
                                        sizeof *l->made);
                l->made[l->nmade++] = (struct sizeCount){z->size, z->objects,
                                                         z->inuse, z->samples};
            }
        }
    if (l->nheaders > 0)
        qsort(l->headers, l->nheaders, sizeof *l->headers, by_objects);
    l->nmade = sizes_add_up(l->made, l->nmade);
    l->nhinted = sizes_add_up(l->hinted, l->nhinted);
}

static int by_bytes(const void *a, const void *b)
{
    const struct sizeCount *x = a, *y = b;
    return (x->size > y->size) - (x->size < y->size);
}

size_t sizes_add_up(struct sizeCount *list, size_t n)
{
    size_t kept = 0;
    if (n > 0)
        qsort(list, n, sizeof *list, by_bytes);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || list[kept - 1].size != list[i].size) {
            list[kept++] = list[i];
            continue;
        }
        list[kept - 1].n += list[i].n;
        list[kept - 1].inuse += list[i].inuse;
        list[kept - 1].samples += list[i].samples;
    }
    return kept;
}

struct sites *sites_collect(const struct profile *p, enum profShown shown)
{
    struct sites *l = xcalloc(1, sizeof *l);
    struct collecting c = {
        p, l, find_columns(p), libraries_of(p), bytemap_new(), bytemap_new()};
    l->rate = p->period > 0 ? p->period : 1;
    l->shown = shown;
    l->has_allocs = c.col.objects >= 0 && c.col.bytes >= 0;
    if (!l->has_allocs) {
        c.col.objects = c.col.inuse_objects;
        c.col.bytes = c.col.inuse_bytes;
    }
    for (size_t i = 0; i < p->nsamples; i++)
        add_sample(&c, p->samples[i]);
    for (size_t i = 0; i < l->n; i++)
        qsort(l->list[i].sizes, l->list[i].nsizes, sizeof(struct siteSize),
              by_size);
    free(c.libraries);
    bytemap_free(c.by_line);
    bytemap_free(c.by_size);
    collect_shared(l);
    return l;
}

static int most_objects(const void *a, const void *b)
{
    const struct site *x = a, *y = b;
    if (x->objects != y->objects)
        return x->objects < y->objects ? 1 : -1;
    return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

static int most_bytes(const void *a, const void *b)
{
    const struct site *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return (x->objects < y->objects) - (x->objects > y->objects);
}

void sites_sort(struct sites *l, bool by_bytes)
{
    qsort(l->list, l->n, sizeof *l->list, by_bytes ? most_bytes : most_objects);
}

void sites_free(struct sites *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->list[i].sizes);
    free(l->list);
    free(l->headers);
    free(l->made);
    free(l->hinted);
    free(l);
}

double estimate_off(const struct sites *l, double objects, double samples)
{
    if (l->rate <= 1 || objects <= samples)
        return 0;
    return 2 * objects / sqrt(samples > 1 ? samples : 1);
}
