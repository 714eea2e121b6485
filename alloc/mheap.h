/*
 * mheap.h: tier 3, pages: cuts the arenas into spans and takes them back.
 * Go: mheap.go.
 */
#ifndef ALLOC_MHEAP_H
#define ALLOC_MHEAP_H

#include "alloc/gcbits.h"
#include "alloc/objsize.h"
#include "alloc/page/arena.h"
#include "alloc/page/fixalloc.h"
#include "alloc/page/pagealloc.h"
#include "alloc/span.h"
#include "runtime/base/lock.h"

struct mheap {
    struct mutex lock; /* guards everything here that is not atomic */
    struct pageAlloc pages;
    /* read by all threads, seldom written */
    struct arenas arenas CACHE_ALIGNED; /* address -> span */
    _Atomic uint32_t sweepgen;          /* even; +2 a cycle (see span.h) */
    /* While the heap grows, keep heapInUse + heapFree below this many bytes by
     * scavenging; UINT64_MAX: do not. Go: scavenge.gcPercentGoal */
    _Atomic uint64_t scavengeGoal;
    _Atomic size_t nmcaches; /* records that mheap_allocmcache has given out */
    /* written under the lock */
    struct {
        uintptr_t base, end; /* reserved, not mapped yet: the heap grows here */
    } curArena CACHE_ALIGNED;
    struct gcBitsArenas bits;   /* mark and allocation bits of all spans */
    struct fixalloc spanalloc;  /* of struct mspan */
    struct fixalloc cachealloc; /* of struct mcache */
    struct pageCache *caches;   /* page caches that may hold something */
    /* Every span record ever made, nspans of them, as in Go: look at the state,
     * the dead ones wait to be used again. The array moves when it grows: read
     * it under the lock or in a stopped world. */
    struct mspan **allspans;
    size_t nspans, capspans;
    /* statistics, written by all threads as their page caches settle,
     * recomputed by mheap_check */
    _Atomic uint64_t pagesInUse CACHE_ALIGNED; /* pages of spans in use */
    _Atomic uint64_t heapInUse;                /* bytes in spans */
    _Atomic uint64_t heapFree;     /* bytes free and backed by memory */
    _Atomic uint64_t heapReleased; /* bytes free and given back to the system,
                                      or mapped and never used */
    /* ever since */
    _Atomic uint64_t spansMade, pagesMade, pageCacheHits, sysMaps;
};

/* Builds an empty heap in zeroed memory. False when the system gives no memory.
 * mcache_size: bytes of the records that cachealloc makes.
 * Go: mheap.go (*mheap).init */
bool mheap_init(struct mheap *h, size_t mcache_size);

/*
 * A span of npages pages for spanclass, in use, its slots laid out and all
 * free, sweepgen = h->sweepgen, on no list; needzero says whether its pages may
 * be dirty. pc: the calling thread's page cache, or NULL. NULL without memory;
 * then no span was made (a heap that grew before the failure keeps its pages,
 * free). Takes h->lock only where the page cache cannot serve. profiled and
 * types are NULL.
 * Go: mheap.go (*mheap).alloc, allocSpan. Differences: the record and its bits
 * are got before the pages, so that nothing must be undone; reclaiming by
 * sweeping is the caller's business.
 */
struct mspan *mheap_alloc(struct mheap *h, struct pageCache *pc, size_t npages,
                          spanClass spanclass);

/* Adds what pc has counted of its spans to h's counters: they are exact when no
 * page cache has anything left to add. pc's thread, or the world is stopped. */
void mheap_settle(struct mheap *h, struct pageCache *pc);

/* Gives s and its pages back. s must be swept, on no list, hold no object
 * (allocCount 0) and own no profiled or types array any more.
 * Go: mheap.go (*mheap).freeSpan */
void mheap_freeSpan(struct mheap *h, struct mspan *s);

/* Gives the memory of an object of discardFrom bytes (limits.h) or more at p
 * back to the system, though it is not free. It stays in use for every
 * count. */
void mheap_discard(struct mheap *h, uintptr_t p);

/* Gives a thread's cached pages and span records back. pc is empty and may be
 * freed then. Go: mpagecache.go (*pageCache).flush, proc.go (*p).destroy */
void mheap_flushPageCache(struct mheap *h, struct pageCache *pc);

/* The span in use that p points into, or NULL: any p at all. O(1), lock-free.
 * The tail behind the last slot belongs to no object: NULL too.
 * Go: mheap.go spanOfHeap */
ALWAYS_INLINE struct mspan *mheap_spanOf(const struct mheap *h, uintptr_t p)
{
    if (!arenas_cover(&h->arenas, p))
        return NULL;
    struct mspan *s = arenas_lastSpanOf(&h->arenas, p);
    return s != NULL && mspan_covers(s, p) ? s : NULL;
}

/* A zeroed record of mcache_size bytes, and back; NULL without memory. */
void *mheap_allocmcache(struct mheap *h);
void mheap_freemcache(struct mheap *h, void *c);

/* Gives free pages back to the system, highest addresses first, until nbytes
 * are released or none is left. Returns the bytes released. Takes h->lock, and
 * drops it while the system works.
 * Go: mgcscavenge.go (*pageAlloc).scavenge */
size_t mheap_scavenge(struct mheap *h, size_t nbytes);

/* Proves the invariants of the page level (mheap.1 to mheap.6 in
 * heapcheck.c) and recomputes its counters. The world must be at rest. Takes
 * h->lock. */
void mheap_check(struct mheap *h);

/*
 * The counters that a thread keeps of its own allocator work, and
 * the private part of the lower tiers that it brings along.
 *
 * A counter is written by its owner alone, as plain memory; the sum over all
 * threads is taken with the world stopped. That is how counting costs one
 * addition and no lock, and how the sums are exact all the same.
 * Go: mstats.go heapStatsDelta, whose deltas the Ps share by sequence locks
 * because its readers do not always stop the world. Ours do.
 */

struct heapStatsDelta {
    /* as runtime.MemStats counts: events since the heap was made */
    uint64_t tinyAllocCount;  /* tiny objects put into an open block */
    uint64_t largeAlloc;      /* bytes in large objects, whole pages */
    uint64_t largeAllocCount; /* large objects */
    uint64_t smallAllocCount[NumSizeClasses]; /* objects; tiny blocks too */
    uint64_t largeFree;                       /* bytes */
    uint64_t largeFreeCount;
    uint64_t smallFreeCount[NumSizeClasses];
    /* what Go does not count */
    uint64_t tinyBlocks;    /* 16-byte blocks opened for tiny objects */
    uint64_t refills;       /* times a full or no cached span was replaced */
    uint64_t refillsReused; /* … by a span off the shelf */
    uint64_t refillsFresh;  /* … by a span that mheap carved for it */
    uint64_t unprofiled;    /* samples in no profile for want of memory */
};

/* Adds every counter of b to a's. Go: (*heapStatsDelta).merge. */
void heapStatsDelta_merge(struct heapStatsDelta *a,
                          const struct heapStatsDelta *b);

/* A thread's own part of the tiers below its mcache. Go has it in the P
 * that the thread runs on: runtime2.go p. */
struct heapLocal {
    struct pageCache pcache; /* pages taken from the heap 64 at a time */
    struct heapStatsDelta stats;
};

#endif
