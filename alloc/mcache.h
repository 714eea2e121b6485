/*
 * mcache.h: tier 1, what one thread allocates from without a lock: a span of
 * each class, and the open block of the tiny allocator. Go: mcache.go.
 */
#ifndef ALLOC_MCACHE_H
#define ALLOC_MCACHE_H

#include "alloc/mcentral.h"
#include "alloc/mheap.h"
#include "alloc/span.h"

enum { MaxUnsettled = 32 }; /* refills */

struct mcache {
    /* Touched by every allocation. */
    /* Bytes that mallocgc may hand out unseen: it stops and looks at the object
     * that takes them below 0, which is the next to be sampled, or any when all
     * are watched (watchAll). */
    int64_t watch;
    uintptr_t tiny;       /* the open 16-byte block, or 0 */
    uintptr_t tinyoffset; /* bytes of it that are taken */
    uint64_t tinyAllocs;  /* objects placed in it and its forerunners, since the
                             last flush */
    struct mspan *alloc[NumSpanClasses]; /* &emptymspan where there is none */

    /* Touched once a span. */
    struct mcentral *central;        /* the tiers below: shelves by class, */
    struct spanSource *source;       /* spans for large objects, */
    struct mheap *mheap;             /* pages; */
    struct gcController *controller; /* and who hears of what was allocated */
    struct heapLocal local;          /* our own part of them */
    /* allocCount of each cached span when it came: what was taken since is not
     * yet in local.stats */
    uint32_t allocCountBeforeCache[NumSpanClasses];
    /* What refills have done and the lower tiers do not know yet: see
     * mcache_settle. */
    struct mspan *full[MaxUnsettled]; /* spans to give back: nfull of them */
    uint32_t nfull;
    uint32_t unsettled;     /* refills since the last settling */
    int64_t heapLive;       /* bytes to add to the controller's */
    uint64_t totalAlloc;    /* bytes, likewise */
    uint32_t flushGen;      /* sweepgen when last flushed */
    bool watchAll;          /* tracing or checking every allocation */
    uint64_t nextSample;    /* bytes between the last profile sample and the
                               next; under watchAll those still to go */
    struct mcache *alllink; /* every mcache of the heap; its mcacheLock */
} CACHE_ALIGNED;

/* Stands where no span is cached: it is full, so the first look refills. Never
 * written to. Go: emptymspan. */
extern struct mspan emptymspan;

/* Sets up zeroed memory as an empty cache above these tiers; central:
 * NumSpanClasses shelves. */
void mcache_init(struct mcache *c, struct mcentral *central,
                 struct spanSource *source);

/*
 * Gives back the full span of class spc and caches one with a free slot. False
 * when the system gives no memory: then none is cached for spc.
 * Go: (*mcache).refill.
 */
bool mcache_refill(struct mcache *c, spanClass spc);

/* What watch begins with. */
ALWAYS_INLINE int64_t mcache_unwatchedBytes(const struct mcache *c)
{
    return c->watchAll ? -1 : (int64_t)c->nextSample - 1;
}

/* A free slot of class spc where allocCache could not tell: looks further in
 * the span, and refills when it is full (*refilled). 0 without memory.
 * Go: malloc.go (*mcache).nextFree. */
uintptr_t mcache_nextFree(struct mcache *c, spanClass spc, bool *refilled);

/* A span of its own for size bytes, its one slot taken. NULL without memory.
 * Go: (*mcache).allocLarge. */
struct mspan *mcache_allocLarge(struct mcache *c, size_t size, bool noscan);

/*
 * Tells the lower tiers what c's refills have done: gives back full spans, adds
 * to the counters that all threads share. All of it at every MaxUnsettled-th
 * span and before a cycle; heapLive, which decides when that begins, at every
 * refill, as in Go, while a thread is alone. In company it waits too, because
 * each of these writes takes a cache line from another processor, and that
 * costs more than the rest of a refill: two threads that allocate 1024 bytes
 * came to 0.91 of one's throughput without it, with it to 1.91
 * (tests/bench/scaling.c). In Go no full span waits: each goes back as the next
 * one comes. The owner, or anybody while the world is stopped.
 */
void mcache_settle(struct mcache *c);

/* Gives all spans and pages back, closes the tiny block and brings
 * local.stats up to date. The owner, or anybody while the world is stopped.
 * Go: (*mcache).releaseAll. */
void mcache_releaseAll(struct mcache *c);

/* Flushes c if a cycle began to sweep since it was last flushed: its spans may
 * hold dead objects. Go: (*mcache).prepareForSweep. */
void mcache_prepareForSweep(struct mcache *c);

/* What c has counted, cached spans included: local.stats as releaseAll would
 * leave it, but looking changes nothing. World stopped. */
void mcache_stats(const struct mcache *c, struct heapStatsDelta *out);

/*
 * Several pointer-free objects below 16 bytes share one 16-byte block.
 *
 *     | int32 | int8 .. | int64         |   one block, three objects
 *       0..3    4         8..15
 *
 * A block is freed when nothing points into it any more, so its objects must
 * not hold pointers: then at most one block is kept alive by one small object,
 * and 16 bytes is all it can cost. Small strings and escaping numbers live
 * here. The block belongs to the thread's mcache: no lock. Go: malloc.go
 * mallocgc.
 */

enum {
    maxTinySize = 16,  /* bytes of a block; an object is smaller */
    tinySizeClass = 2, /* of the block: 16 bytes */
    tinySpanClass = tinySizeClass << 1 | 1, /* pointer-free */
};

/* What the place of an object of size bytes is a multiple of, in its block. Its
 * type is not asked, so the size must tell: by the lowest bit of it, 8 at
 * most. */
ALWAYS_INLINE size_t tiny_align(size_t size)
{
    return (size | 8) & -(size | 8);
}

/* A place for size bytes in c's open block, or NULL when it does not fit;
 * align: tiny_align of size. */
ALWAYS_INLINE void *tiny_place(struct mcache *c, size_t size, size_t align)
{
    uintptr_t off = align_up(c->tinyoffset, align);

    if (off + size > maxTinySize || c->tiny == 0)
        return NULL;
    c->tinyoffset = off + size;
    c->tinyAllocs++;
    return (void *)(c->tiny + off);
}

/* Block x was opened for an object of size bytes. It becomes the open block if
 * it has more room left than the one before. */
ALWAYS_INLINE void tiny_open(struct mcache *c, uintptr_t x, size_t size)
{
    c->local.stats.tinyBlocks++;
    if (size < c->tinyoffset || c->tiny == 0) {
        c->tiny = x;
        c->tinyoffset = size;
    }
}

#endif
