/*
 * heapstats.h: the counters that a thread keeps of its own allocator work, and
 * the private part of the lower tiers that it brings along.
 *
 * A counter is written by its owner alone, as plain memory; the sum over all
 * threads is taken with the world stopped. That is how counting costs one
 * addition and no lock, and how the sums are exact all the same.
 * Go: mstats.go heapStatsDelta, whose deltas the Ps share by sequence locks
 * because its readers do not always stop the world. Ours do.
 */
#ifndef ALLOC_HEAPSTATS_H
#define ALLOC_HEAPSTATS_H

#include "alloc/objsize.h"
#include "alloc/page/pagecache.h"

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
