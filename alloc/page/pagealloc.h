/*
 * pagealloc.h: which pages of the heap are free: address-ordered first fit.
 *
 * A bitmap of all pages, in chunks of 512, and over it a radix tree of
 * summaries, five levels, so that the lowest run of n free pages anywhere in
 * 128 TiB is found by looking at some 40 words. Go: mpagealloc.go.
 */
#ifndef ALLOC_PAGE_PAGEALLOC_H
#define ALLOC_PAGE_PAGEALLOC_H

#include "alloc/page/pallocbits.h"
#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"

/* Number of a chunk: its address / pallocChunkBytes. Go: chunkIdx */
typedef uintptr_t chunkIdx;

/* 64 neighbouring chunks, a bit each. */
struct chunkGroup {
    uint64_t inUse; /* handed to pageAlloc_grow */
    uint64_t scav;  /* may hold free pages that still have memory */
};

enum { TabChunks = summaryLevels, TabGroups, NumTabs };

/* "No page is free anywhere." Go: mpagealloc.go maxSearchAddr */
static const uintptr_t maxSearchAddr = UINTPTR_MAX;

/* Everything is guarded by *mheapLock. */
struct pageAlloc {
    pallocSum *summary[summaryLevels]; /* [0] is the root, [4] has the chunks */
    struct pallocData *chunks;         /* by chunkIdx */
    struct chunkGroup *groups;         /* by chunkIdx / 64 */
    uintptr_t searchAddr; /* no page below it is free; maxSearchAddr: none */
    chunkIdx start, end;  /* every chunk in use is in [start, end) */
    chunkIdx scavSearch;  /* no chunk at or above it has its scav bit set */
    struct mutex *mheapLock;
    struct sysMemStat *sysStat;
    struct sparsetable
        tables[NumTabs]; /* memory of summary[], chunks, groups */
};

/* For addresses below 1 << addrBits. False when the system has no address space
 * for the tables. */
bool pageAlloc_init(struct pageAlloc *p, struct mutex *mheapLock, int addrBits,
                    struct sysMemStat *sysStat);

/* Gives the tables back to the system; for heaps built by tests. */
void pageAlloc_destroy(struct pageAlloc *p);

/* Gets metadata ready for [base, base + size), whole chunks: after it returned
 * true, pageAlloc_grow cannot fail. Go: mpagealloc_64bit.go sysGrow */
bool pageAlloc_sysGrow(struct pageAlloc *p, uintptr_t base, size_t size);

/* Takes [base, base + size), mapped but never touched, as free and scavenged
 * pages. Go: mpagealloc.go (*pageAlloc).grow */
void pageAlloc_grow(struct pageAlloc *p, uintptr_t base, size_t size);

/* The lowest run of npages free pages, now allocated; *scav: how many of its
 * bytes are scavenged. 0 if there is none.
 * Go: mpagealloc.go (*pageAlloc).alloc */
uintptr_t pageAlloc_alloc(struct pageAlloc *p, size_t npages, size_t *scav);

/* Allocates exactly these pages, which are free. Returns the scavenged bytes
 * among them. Go: mpagealloc.go (*pageAlloc).allocRange */
size_t pageAlloc_allocRange(struct pageAlloc *p, uintptr_t base, size_t npages);

/* Frees npages pages; scavenged: they have no memory any more. Go:
 * mpagealloc.go (*pageAlloc).free */
void pageAlloc_free(struct pageAlloc *p, uintptr_t base, size_t npages,
                    bool scavenged);

/* Where npages free pages in a row begin, or 0; *firstFree: no page below it
 * is free. Changes nothing. Go: mpagealloc.go (*pageAlloc).find. Difference:
 * *firstFree may be no mapped address: who looks there asks sparsetable_has. */
uintptr_t pageAlloc_find(const struct pageAlloc *p, size_t npages,
                         uintptr_t *firstFree);

/* Recomputes the summaries over [base, base + npages pages) after the bitmaps
 * changed. Go: mpagealloc.go (*pageAlloc).update */
void pageAlloc_update(struct pageAlloc *p, uintptr_t base, size_t npages);

/* Was chunk ci given to pageAlloc_grow? */
bool pageAlloc_knows(const struct pageAlloc *p, chunkIdx ci);

/* Chunk ci has free pages that have memory.
 * Go: mgcscavenge.go (*scavengeIndex).mark */
void pageAlloc_markScavengeable(struct pageAlloc *p, chunkIdx ci);

struct pageCounts {
    size_t free;      /* free pages that have memory */
    size_t scavenged; /* free pages that have none */
    size_t allocated;
};

/* Proves pagealloc.1 to pagealloc.6 (pagealloc.c) and counts the pages. */
struct pageCounts pageAlloc_check(const struct pageAlloc *p);

/* log2 of the pages that a summary of level l stands for.
 * Go: mpagealloc_64bit.go levelLogPages */
ALWAYS_INLINE uint32_t levelLogPages(int l)
{
    return (uint32_t)(logPallocChunkPages +
                      (summaryLevels - 1 - l) * summaryLevelBits);
}
/* log2 of the bytes. Go: mpagealloc_64bit.go levelShift */
ALWAYS_INLINE uint32_t levelShift(int l)
{
    return levelLogPages(l) + PageShift;
}
/* log2 of the entries that are searched together: all of the root, a block of
 * eight below. Go: mpagealloc_64bit.go levelBits */
ALWAYS_INLINE uint32_t levelBits(int l)
{
    return l == 0 ? heapAddrBits - levelShift(0) : summaryLevelBits;
}

ALWAYS_INLINE chunkIdx chunkIndex(uintptr_t p)
{
    return p / pallocChunkBytes;
}
ALWAYS_INLINE uintptr_t chunkBase(chunkIdx ci)
{
    return ci * pallocChunkBytes;
}
/* Which page of its chunk p lies in. */
ALWAYS_INLINE uint32_t chunkPageIndex(uintptr_t p)
{
    return (uint32_t)(p % pallocChunkBytes / PageSize);
}

/*
 * Free pages given back to the system: still ours by address, no
 * longer backed by memory. Go: mgcscavenge.go.
 */

/* A huge page of linux/amd64, in our pages; in a shrunk chunk, half of it.
 * Go: malloc.go physHugePageSize, which asks the
 * machine. */
enum {
    hugePageBytes = 2 << 20,
    hugePagePages = hugePageBytes / PageSize,
    pagesPerHugePage =
        hugePagePages < pallocChunkPages ? hugePagePages : pallocChunkPages / 2,
};

/* The highest run of free pages of m, pages up to searchIdx, that have memory:
 * *n of them from the returned index; *n = 0 if there is none. At most max,
 * unless that would tear a huge page that is free as a whole.
 * Go: mgcscavenge.go (*pallocData).findScavengeCandidate. Difference: no least
 * size, because Go's page is never smaller than linux/amd64's. */
uint32_t pallocData_findScavengeCandidate(const struct pallocData *m,
                                          uint32_t searchIdx, size_t max,
                                          uint32_t *n);

/* Pages in a row within one chunk. */
struct pageRun {
    uintptr_t base; /* address of the first */
    uint32_t npages;
};

/* The highest run of free pages with memory, at most max of them (or a huge
 * page), allocated from now on; npages 0 when nothing is left. The two halves
 * of Go: mgcscavenge.go (*pageAlloc).scavengeOne */
struct pageRun pageAlloc_takeScavengeable(struct pageAlloc *p, size_t max);

/* The same run, whose memory the system has now: free and scavenged. */
void pageAlloc_putScavenged(struct pageAlloc *p, struct pageRun run);

/*
 * A thread's own 64 pages, so that the common span of one page is made without
 * the heap's lock. Go: mpagecache.go pageCache. Its store of span records is
 * what Go keeps in p.mspancache.
 */

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
