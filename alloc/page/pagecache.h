/*
 * pagecache.h: a thread's own 64 pages, so that the common span of one page is
 * made without the heap's lock. Go: mpagecache.go pageCache. Its store of span
 * records is what Go keeps in p.mspancache.
 */
#ifndef ALLOC_PAGE_PAGECACHE_H
#define ALLOC_PAGE_PAGECACHE_H

#include "alloc/page/pagealloc.h"

enum { pageCachePages = 64 };

/* What a thread's spans add to the heap's counters: kept with the thread until
 * mheap_settle. Bytes; events. */
struct pageDelta {
    uint64_t inUse;    /* heapInUse */
    uint64_t released; /* to be subtracted from heapReleased … */
    uint64_t free;     /* … and from heapFree */
    uint64_t pages, spans, hits;
};

/* Written by its thread alone. Zeroed memory is an empty cache. Whoever frees
 * the memory of a cache calls mheap_flushPageCache first. */
struct pageCache {
    uintptr_t base; /* address of the first of 64 pages, 64-page aligned */
    uint64_t cache; /* a bit a page: 1 = free and ours */
    uint64_t scav;  /* a bit a page: 1 = ours and scavenged */
    struct pageCache *next; /* list of caches that may hold something; */
    struct pageCache *prev; /* guarded by mheap's lock */
    bool listed;            /* on that list */
    struct pageDelta delta; /* to be added to the heap's counters */
    uint8_t *bits;          /* bitmap bytes kept at hand: nbits of them, */
    size_t nbits;           /* good while the heap's epoch is bitsEpoch */
    uint32_t bitsEpoch;
    uint32_t nspans; /* span records kept at hand: dead, not on a list */
    struct mspan *spans[mspanCacheLen];
};

ALWAYS_INLINE bool pageCache_empty(const struct pageCache *c)
{
    return c->cache == 0;
}

/* npages pages in a row, 0 < npages <= 64, or 0 when there is no such run;
 * *scav: how many of its bytes are scavenged.
 * Go: mpagecache.go (*pageCache).alloc */
uintptr_t pageCache_alloc(struct pageCache *c, size_t npages, size_t *scav);

/* Fills the pages of an empty c: the 64 around the lowest free page. Leaves it
 * empty if no page is free. The heap's lock is held.
 * Go: mpagecache.go (*pageAlloc).allocToCache */
void pageAlloc_allocToCache(struct pageAlloc *p, struct pageCache *c);

/* Gives c's pages back to p. The heap's lock is held.
 * Go: mpagecache.go (*pageCache).flush */
void pageCache_flush(struct pageCache *c, struct pageAlloc *p);

/* Proves pagecache.1 to pagecache.3 (pagecache.c). */
void pageCache_check(const struct pageCache *c, const struct pageAlloc *p);

#endif
