/*
 * pallocsum.h: what the page allocator knows of a piece of address space, in
 * one word: the free pages at its start, the longest free run in it, the free
 * pages at its end. Three numbers of 21 bits; all three at their maximum, which
 * needs a 22nd bit, are bit 63 alone. Zero: nothing free.
 * Go: mpagealloc.go pallocSum.
 */
#ifndef ALLOC_PAGE_PALLOCSUM_H
#define ALLOC_PAGE_PALLOCSUM_H

#include "alloc/limits.h"
#include "runtime/base/base.h"

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

#endif
