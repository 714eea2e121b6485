/*
 * heap.h: all tiers of one heap in one place, and what its collector must
 * remember between cycles. The process has one (processheap.c); tests build
 * their own. Go: mheap.go mheap, mgc.go work, mstats.go memstats.
 */
#ifndef ALLOC_HEAP_H
#define ALLOC_HEAP_H

#include "alloc/gc/gcwork.h"
#include "alloc/gc/pacer.h"
#include "alloc/gc/sweep.h"
#include "alloc/heapbits.h"
#include "alloc/mcentral.h"
#include "alloc/mheap.h"

struct MemStats;
struct mcache;
struct tierStats;

struct heap {
    struct mheap mheap;                      /* tier 3: pages */
    struct shelf shelves[NumSpanClasses];    /* tier 2: what stands there */
    struct mcentral central[NumSpanClasses]; /* and who deals it out */
    struct sweeper sweeper;
    struct spanSource source;
    struct gcController controller;
    struct sideArrays sides;
    struct gcwork work;

    struct mutex mcacheLock;    /* guards the next two */
    struct mcache *allmcaches;  /* tier 1: one a thread, through alllink */
    struct heapStatsDelta past; /* counted by mcaches that are gone */
};

/* Builds an empty heap in zeroed memory, with GOGC and GOMEMLIMIT as given.
 * False when the system gives no memory. Go: (*mheap).init. */
bool heap_init(struct heap *h, int32_t gcPercent, int64_t memoryLimit);

/* An empty mcache for a thread, and back: flushed, its counts kept. NULL
 * without memory. Go: allocmcache, freemcache. */
struct mcache *heap_allocmcache(struct heap *h);
void heap_freemcache(struct heap *h, struct mcache *c);

/* mcache_settle for every thread. World stopped. */
void heap_settle(struct heap *h);

/* Flushes every thread's mcache. World stopped. Go: mstats.go
 * flushallmcaches */
void heap_flushallmcaches(struct heap *h);

/* What all threads, gone ones too, have counted. Changes nothing. World
 * stopped. */
void heap_stats(struct heap *h, struct heapStatsDelta *out);

/* The doors' functions of the same names, for any heap. */
void heap_readmemstats(struct heap *h, struct MemStats *stats);
void heap_readtierstats(struct heap *h, struct tierStats *stats);
void mcache_readtierstats(const struct mcache *c, struct tierStats *stats);
void heap_check(struct heap *h);

/* The process's, for those of this room who must know it (processheap.c). */
extern struct heap theheap;     /* built by mallocinit */
struct heap *malloc_heap(void); /* the same, built when it is first asked for */

/* Gives this thread, which has none, its mcache; builds the heap where nobody
 * has yet. Ends the program without memory. */
struct mcache *attach_mcache(void);

/* Says that size bytes were wanted and how much is in use, and ends the
 * program. Go: mheap.go (*mheap).grow, mcache.go (*mcache).refill. */
_Noreturn NOINLINE void out_of_memory(size_t size);

#endif
