/*
 * pallocsum.c: the summary of neighbours from their summaries.
 *
 * Pure functions of words: no locking, no state.
 */
#include "alloc/page/pallocsum.h"

static uint32_t max3(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t m = a > b ? a : b;
    return m > c ? m : c;
}

pallocSum mergeSummaries(const pallocSum *sums, uint32_t n,
                         uint32_t logMaxPages)
{
    uint32_t whole = (uint32_t)1 << logMaxPages;
    uint32_t start = 0, max = 0, end = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t si = pallocSum_start(sums[i]);
        uint32_t ei = pallocSum_end(sums[i]);
        if (start == i << logMaxPages) /* all before it was free */
            start += si;
        max = max3(max, end + si, pallocSum_max(sums[i]));
        end = ei == whole ? end + whole : ei;
    }
    return packPallocSum(start, max, end);
}
