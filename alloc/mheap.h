/*
 * mheap.h: tier 3, pages: cuts the arenas into spans and takes them back.
 * Go: mheap.go.
 */
#ifndef ALLOC_MHEAP_H
#define ALLOC_MHEAP_H

#include "alloc/arena.h"
#include "alloc/fixalloc.h"
#include "alloc/pagealloc.h"
#include "alloc/pagecache.h"
#include "alloc/span.h"
#include "runtime/lock.h"

struct mheap {
    struct mutex lock; /* guards everything here that is not atomic */
    struct pageAlloc pages;
    struct arenas arenas;       /* address -> span */
    struct fixalloc spanalloc;  /* of struct mspan */
    struct fixalloc cachealloc; /* of struct mcache */
    _Atomic uint32_t sweepgen;  /* even; +2 a cycle (see span.h) */
    struct mspan **allspans;    /* every in-use span; nspans of them */
    size_t nspans, capspans;
    uint64_t pagesInUse;        /* pages in spans of state mSpanInUse */
    /* statistics, recomputed by mheap_check */
    uint64_t heapInUse;    /* bytes in spans */
    uint64_t heapFree;     /* bytes free and backed by memory */
    uint64_t heapReleased; /* bytes free and given back to the system */
    uint64_t spansMade, pagesMade, pageCacheHits, sysMaps; /* ever */
};

/* False when the system gives no memory. */
bool mheap_init(struct mheap *h, size_t mcache_size);

/*
 * A span of npages pages for spanclass, in use, its slots laid out and all
 * free, sweepgen = h->sweepgen, on no list; needzero says whether its pages may
 * be dirty. pc: the calling thread's page cache, or NULL. NULL without memory;
 * then nothing changed. Takes h->lock only where the page cache cannot serve.
 * Go: (*mheap).alloc, allocSpan.
 */
struct mspan *mheap_alloc(struct mheap *h, struct pageCache *pc, size_t npages,
                          spanClass spanclass);

/* Gives s and its pages back. s must be on no list and hold no object.
 * Go: (*mheap).freeSpan. */
void mheap_freeSpan(struct mheap *h, struct mspan *s);

/* Flushes a thread's page cache back. Go: (*pageCache).flush. */
void mheap_flushPageCache(struct mheap *h, struct pageCache *pc);

/* The span that p points into, or NULL: any p at all. O(1), lock-free.
 * Go: spanOfHeap. */
struct mspan *mheap_spanOf(const struct mheap *h, uintptr_t p);

/* Gives free pages back to the system, highest addresses first, until nbytes
 * are released or none is left. Returns the bytes released.
 * Go: mgcscavenge.go (*pageAlloc).scavenge. */
size_t mheap_scavenge(struct mheap *h, size_t nbytes);

/* Proves the invariants of the page level and recomputes its counters. */
void mheap_check(struct mheap *h);

#endif
