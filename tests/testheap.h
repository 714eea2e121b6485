/*
 * testheap.h: a heap of a test's own, with one thread's mcache, and slots taken
 * from it by hand: below mallocgc, so that each tier can be seen alone.
 */
#ifndef TESTS_TESTHEAP_H
#define TESTS_TESTHEAP_H

#include "alloc/heap.h"
#include "alloc/heapbits.h"
#include "alloc/mcache.h"
#include <criterion/criterion.h>
#include <signal.h>

static struct heap heap;
static struct mcache *cache;

/* GOGC off, no memory limit. */
static inline void testheap_setup(void)
{
    cr_assert(heap_init(&heap, -1, INT64_MAX));
    cache = heap_allocmcache(&heap);
    cr_assert_not_null(cache);
}

static inline spanClass class_of(size_t size, bool noscan)
{
    return makeSpanClass(size_to_class(size), noscan);
}

/* An object of class spc; its pointer bits, if it has any, are not set. */
static inline uintptr_t take(spanClass spc)
{
    bool refilled = false;
    uintptr_t v = nextFreeFast(cache->alloc[spc]);

    return v != 0 ? v : mcache_nextFree(cache, spc, &refilled);
}

static inline uintptr_t take_noscan(size_t size)
{
    return take(class_of(size, true));
}

/* An object of type typ, or of as many as fill size bytes, zeroed. */
static inline uintptr_t take_typed(const struct type *typ, size_t size)
{
    spanClass spc = class_of(size, false);
    uintptr_t v = take(spc);

    memset((void *)v, 0, cache->alloc[spc]->elemsize);
    heapBitsSetType(&heap.mheap.arenas, cache->alloc[spc], v, size, typ);
    return v;
}

static inline struct mspan *span_of(uintptr_t p)
{
    struct mspan *s = mheap_spanOf(&heap.mheap, p);

    cr_assert_not_null(s);
    return s;
}

/* Is p's slot taken? */
static inline bool lives(uintptr_t p)
{
    const struct mspan *s = mheap_spanOf(&heap.mheap, p);

    return s != NULL && mspan_isAllocated(s, mspan_objIndex(s, p));
}

#endif
