/*
 * pallocbits.h: one chunk of the page allocator: a bit a page, 512 pages.
 *
 * 0 is a free page, 1 an allocated one. A second bitmap says which free pages
 * are scavenged: without memory behind them. Pictures in tests draw a page as
 * '.', 'X' or '_' (free and scavenged). Go: mpallocbits.go.
 */
#ifndef ALLOC_PAGE_PALLOCBITS_H
#define ALLOC_PAGE_PALLOCBITS_H

#include "alloc/page/limits.h"
#include "runtime/base/base.h"

/*
 * pallocSum: what the page allocator knows of a piece of address space, in one
 * word: the free pages at its start, the longest free run in it, the free pages
 * at its end. Three numbers of 21 bits; all three at their maximum, which needs
 * a 22nd bit, are bit 63 alone. Zero: nothing free.
 * Go: mpagealloc.go pallocSum.
 */
enum {
    summaryLevels = 5,
    summaryLevelBits = 3, /* 8 children: one cache line of summaries */
    logMaxPackedValue =
        logPallocChunkPages + (summaryLevels - 1) * summaryLevelBits,
    maxPackedValue = 1 << logMaxPackedValue,
};

typedef uint64_t pallocSum;

/* start, max, end: pages; each at most maxPackedValue. */
ALWAYS_INLINE pallocSum packPallocSum(uint32_t start, uint32_t max,
                                      uint32_t end)
{
    if (max == maxPackedValue)
        return (uint64_t)1 << 63;
    return (uint64_t)start | (uint64_t)max << logMaxPackedValue |
           (uint64_t)end << (2 * logMaxPackedValue);
}

ALWAYS_INLINE uint32_t pallocSum_field(pallocSum s, int field)
{
    if (s >> 63)
        return maxPackedValue;
    return (uint32_t)(s >> (field * logMaxPackedValue)) & (maxPackedValue - 1);
}

ALWAYS_INLINE uint32_t pallocSum_start(pallocSum s)
{
    return pallocSum_field(s, 0);
}
ALWAYS_INLINE uint32_t pallocSum_max(pallocSum s)
{
    return pallocSum_field(s, 1);
}
ALWAYS_INLINE uint32_t pallocSum_end(pallocSum s)
{
    return pallocSum_field(s, 2);
}

/* The summary of n neighbours, each standing for 1 << logMaxPages pages.
 * Go: mpagealloc.go mergeSummaries */
pallocSum mergeSummaries(const pallocSum *sums, uint32_t n,
                         uint32_t logMaxPages);

enum {
    pallocChunkPages = 1 << logPallocChunkPages,
    pallocChunkBytes = pallocChunkPages * PageSize,
    pallocChunkWords = pallocChunkPages / 64,
};

struct pageBits {
    uint64_t w[pallocChunkWords];
};

struct pallocData {
    struct pageBits alloc;     /* Go: the embedded pallocBits */
    struct pageBits scavenged; /* of a free page: it has no memory */
};

enum { notFound = ~0u }; /* "no such page" */

ALWAYS_INLINE bool pageBits_get(const struct pageBits *b, uint32_t i)
{
    return b->w[i / 64] >> (i % 64) & 1;
}
/* Set, clear or count n bits from bit i; i + n <= pallocChunkPages, n > 0. */
void pageBits_setRange(struct pageBits *b, uint32_t i, uint32_t n);
void pageBits_clearRange(struct pageBits *b, uint32_t i, uint32_t n);
uint32_t pageBits_popcntRange(const struct pageBits *b, uint32_t i, uint32_t n);

/* The longest runs of free pages: at the start, anywhere, at the end.
 * Go: mpallocbits.go (*pallocBits).summarize */
pallocSum pallocBits_summarize(const struct pageBits *b);

/* The first run of npages free pages at or behind searchIdx, below which no
 * page is free; notFound if there is none. *first: the first free page seen
 * (notFound if none). Go: mpallocbits.go (*pallocBits).find */
uint32_t pallocBits_find(const struct pageBits *b, size_t npages,
                         uint32_t searchIdx, uint32_t *first);

/* Marks n pages from i allocated; they are no longer scavenged.
 * Go: mpallocbits.go (*pallocData).allocRange */
void pallocData_allocRange(struct pallocData *m, uint32_t i, uint32_t n);

#endif
