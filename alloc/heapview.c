/*
 * heapview.c: copies of what the tiers hold, for drawing.
 *
 * Locking: none taken; the world is at rest.
 */
#include "alloc/heapview.h"
#include "alloc/heap.h"

#include "alloc/heapbits.h"
#include "alloc/mcache.h"
#include "alloc/span.h"

#include <string.h>

static enum spanPlace place_of(const struct heap *h, const struct mspan *s)
{
    uint32_t sg = h->mheap.sweepgen;

    if (s->sweepgen == sg + 3)
        return SPAN_CACHED;
    if (s->sweepgen != sg)
        return SPAN_UNSWEPT;
    return mspan_taken(s) == s->nelems ? SPAN_FULL : SPAN_PARTIAL;
}

static struct spanView view_of(const struct heap *h, const struct mspan *s)
{
    return (struct spanView){
        .base = s->startAddr,
        .npages = s->npages,
        .elemsize = s->elemsize,
        .nelems = s->nelems,
        .taken = mspan_taken(s),
        .tailBytes = s->npages * PageSize - s->nelems * s->elemsize,
        .sizeclass = spanClass_sizeclass(s->spanclass),
        .noscan = spanClass_noscan(s->spanclass),
        .place = place_of(h, s),
    };
}

/* The span in use after s by address, NULL after the last; s NULL: the first.
 * Goes over the pages of all arenas, so that no list need be sorted. */
static const struct mspan *next_span(const struct heap *h,
                                     const struct mspan *s)
{
    const struct arenas *a = &h->mheap.arenas;
    uintptr_t p = s ? s->startAddr + s->npages * PageSize : arenaBase(a->lo);
    uintptr_t end = arenaBase(a->hi);

    while (p < end) {
        const struct heapArena *ha = arenas_of(a, p);
        if (ha == NULL) {
            p = align_up(p + 1, heapArenaBytes);
            continue;
        }
        const struct mspan *t = ha->spans[p / PageSize % pagesPerArena];
        if (t != NULL && mspan_state(t) == mSpanInUse && t->startAddr == p)
            return t;
        p += PageSize;
    }
    return NULL;
}

size_t heapview_spans(struct spanView *out, size_t max)
{
    const struct heap *h = malloc_heap();
    size_t n = 0;

    for (const struct mspan *s = next_span(h, NULL); s; s = next_span(h, s)) {
        if (n < max)
            out[n] = view_of(h, s);
        n++;
    }
    return n;
}

static bool is_tiny_block(const struct heap *h, uintptr_t p)
{
    for (const struct mcache *c = h->allmcaches; c != NULL; c = c->alllink)
        if (c->tiny == p)
            return true;
    return false;
}

size_t heapview_slots(uintptr_t base, char *out, size_t max)
{
    const struct heap *h = malloc_heap();
    const struct mspan *s = mheap_spanOf(&h->mheap, base);
    uint32_t i;

    if (s == NULL || s->startAddr != base)
        return 0;
    for (i = 0; i < s->nelems && i + 1 < max; i++) {
        if (!mspan_isAllocated(s, i))
            out[i] = '.';
        else
            out[i] = is_tiny_block(h, base + i * s->elemsize) ? '*' : '#';
    }
    if (max > 0)
        out[i] = 0;
    return s->nelems;
}

bool heapview_object(const void *p, struct objectView *out)
{
    const struct heap *h = malloc_heap();
    const struct mspan *s = mheap_spanOf(&h->mheap, (uintptr_t)p);

    if (s == NULL)
        return false;
    uint32_t i = mspan_objIndex(s, (uintptr_t)p);
    bool taken = mspan_isAllocated(s, i);
    *out = (struct objectView){
        .base = s->startAddr + i * s->elemsize,
        .size = s->elemsize,
        .index = i,
        .taken = taken,
        .span = view_of(h, s),
        .type = taken && s->types ? s->types[i] : NULL,
        .bucket = taken && s->profiled ? s->profiled[i] : NULL,
    };
    return true;
}

/* Bit i: word from + i of a run of typ after typ is a pointer. */
static uint64_t type_pointers(const struct type *typ, size_t from, size_t words)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < 64 && from + i < words; i++) {
        size_t word = (from + i) % (typ->size / PtrSize);
        if (word < typ->ptrdata / PtrSize && gcbits_get(typ->gcdata, word))
            mask |= 1ull << i;
    }
    return mask;
}

size_t heapview_pointers(const void *p, size_t from, uint64_t *mask)
{
    const struct heap *h = malloc_heap();
    struct objectView o;

    *mask = 0;
    if (!heapview_object(p, &o) || !o.taken)
        return 0;
    size_t words = o.size / PtrSize;
    if (o.span.noscan || from >= words)
        return words;
    if (o.type != NULL)
        *mask = type_pointers(o.type, from, words);
    else
        *mask = heapBits_read(&h->mheap.arenas, o.base + from * PtrSize,
                              words - from);
    return words;
}

void heapview_classes(struct classView *out)
{
    const struct heap *h = malloc_heap();

    memset(out, 0, NumSizeClasses * sizeof(*out));
    for (size_t i = 0; i < h->mheap.nspans; i++) {
        const struct mspan *s = h->mheap.allspans[i];
        if (mspan_state(s) != mSpanInUse)
            continue;
        struct classView *c = &out[spanClass_sizeclass(s->spanclass)];
        c->spans++;
        c->pages += s->npages;
        c->objects += mspan_taken(s);
        c->free += s->nelems - mspan_taken(s);
        c->tailBytes += s->npages * PageSize - s->nelems * s->elemsize;
    }
}

void heapview_mark(struct markView *out)
{
    const struct marker *mk = &malloc_heap()->work.marker;

    *out = (struct markView){mk->objectsMarked, mk->bytesMarked, mk->scanWork};
}
