/*
 * pagealloc.h: which pages of the heap are free: address-ordered first fit.
 *
 * A bitmap of all pages, in chunks of 512, and over it a radix tree of
 * summaries, five levels, so that the lowest run of n free pages anywhere in
 * 128 TiB is found by looking at some 40 words. Go: mpagealloc.go.
 */
#ifndef ALLOC_PAGEALLOC_H
#define ALLOC_PAGEALLOC_H

#include "alloc/pallocbits.h"
#include "alloc/sparsetable.h"
#include "runtime/lock.h"

/* Number of a chunk: its address / pallocChunkBytes. Go: chunkIdx */
typedef uintptr_t chunkIdx;

/* 64 neighbouring chunks, a bit each. */
struct chunkGroup {
    uint64_t inUse; /* handed to pageAlloc_grow */
    uint64_t scav;  /* may hold free pages that still have memory */
};

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
    struct sparsetable tables[summaryLevels + 2]; /* memory of the above */
};

/* False when the system has no address space for the tables. */
bool pageAlloc_init(struct pageAlloc *p, struct mutex *mheapLock,
                    struct sysMemStat *sysStat);

/* Gives the tables back to the system; for heaps built by tests. */
void pageAlloc_destroy(struct pageAlloc *p);

/* Gets metadata ready for [base, base + size), whole chunks: after it returned
 * true, pageAlloc_grow cannot fail. Go: mpagealloc_64bit.go sysGrow */
bool pageAlloc_sysGrow(struct pageAlloc *p, uintptr_t base, size_t size);

/* Takes [base, base + size), mapped but never touched, as free and scavenged
 * pages. Go: (*pageAlloc).grow */
void pageAlloc_grow(struct pageAlloc *p, uintptr_t base, size_t size);

/* The lowest run of npages free pages, now allocated; *scav: how many of its
 * bytes are scavenged. 0 if there is none. Go: (*pageAlloc).alloc */
uintptr_t pageAlloc_alloc(struct pageAlloc *p, size_t npages, size_t *scav);

/* Allocates exactly these pages, which are free. Returns the scavenged bytes
 * among them. Go: (*pageAlloc).allocRange */
size_t pageAlloc_allocRange(struct pageAlloc *p, uintptr_t base, size_t npages);

/* Frees npages pages; scavenged: they have no memory (then the caller sets the
 * scavenged bits himself). Go: (*pageAlloc).free */
void pageAlloc_free(struct pageAlloc *p, uintptr_t base, size_t npages,
                    bool scavenged);

/* Where npages free pages in a row begin, or 0; *firstFree: no page below it
 * is free. Changes nothing. Go: (*pageAlloc).find */
uintptr_t pageAlloc_find(const struct pageAlloc *p, size_t npages,
                         uintptr_t *firstFree);

/* Recomputes the summaries over [base, base + npages pages) after the bitmaps
 * changed. Go: (*pageAlloc).update */
void pageAlloc_update(struct pageAlloc *p, uintptr_t base, size_t npages);

/* Free pages that have memory, and free pages that have none. */
struct pageCounts {
    size_t free, scavenged, allocated;
};

/* Proves P1..P6 (pagealloc.c) and counts the pages. */
struct pageCounts pageAlloc_check(const struct pageAlloc *p);

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

#endif
