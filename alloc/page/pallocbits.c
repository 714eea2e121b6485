/*
 * pallocbits.c: runs of bits in one chunk's bitmaps.
 *
 *     pagealloc, pagecache, scavenge --> [pallocbits]
 *
 * Bit 0 of word 0 is the chunk's first page, so the free pages at the start of
 * a word are its trailing zeros, those at its end its leading zeros.
 *
 * Locking: none; the heap's lock guards the chunks.
 */
#include "alloc/page/pallocbits.h"
#include "runtime/base/bits.h"
#include "runtime/base/throw.h"

/* The bits of word k that belong to pages [i, i + n), which reach into it. */
static uint64_t mask_in_word(uint32_t k, uint32_t i, uint32_t n)
{
    uint32_t from = i > k * 64 ? i - k * 64 : 0;
    uint32_t to = i + n < (k + 1) * 64 ? i + n - k * 64 : 64;
    return bits_low(to) & ~bits_low(from);
}

/* Go: mpallocbits.go (*pageBits).setRange */
void pageBits_setRange(struct pageBits *b, uint32_t i, uint32_t n)
{
    ASSERT(n > 0 && i + n <= pallocChunkPages);
    for (uint32_t k = i / 64; k <= (i + n - 1) / 64; k++)
        b->w[k] |= mask_in_word(k, i, n);
}

/* Go: mpallocbits.go (*pageBits).clearRange */
void pageBits_clearRange(struct pageBits *b, uint32_t i, uint32_t n)
{
    ASSERT(n > 0 && i + n <= pallocChunkPages);
    for (uint32_t k = i / 64; k <= (i + n - 1) / 64; k++)
        b->w[k] &= ~mask_in_word(k, i, n);
}

/* Go: mpallocbits.go (*pageBits).popcntRange */
uint32_t pageBits_popcntRange(const struct pageBits *b, uint32_t i, uint32_t n)
{
    ASSERT(n > 0 && i + n <= pallocChunkPages);
    uint32_t count = 0;
    for (uint32_t k = i / 64; k <= (i + n - 1) / 64; k++)
        count += popcount64(b->w[k] & mask_in_word(k, i, n));
    return count;
}

void pallocData_allocRange(struct pallocData *m, uint32_t i, uint32_t n)
{
    pageBits_setRange(&m->alloc, i, n);
    pageBits_clearRange(&m->scavenged, i, n);
}

/* The longest run of ones in c, but at least max. */
static uint32_t longest_run(uint64_t c, uint32_t max)
{
    while (max < 64 && findBitRange64(c, max + 1) < 64)
        max++;
    return max;
}

pallocSum pallocBits_summarize(const struct pageBits *b)
{
    uint32_t start = notFound, max = 0, cur = 0;
    for (int k = 0; k < pallocChunkWords; k++) {
        if (b->w[k] == 0) {
            cur += 64;
            continue;
        }
        cur += ctz64(b->w[k]); /* ends the run that reaches into this word */
        if (start == notFound)
            start = cur;
        if (cur > max)
            max = cur;
        cur = clz64(b->w[k]);
    }
    if (start == notFound)
        return packPallocSum(cur, cur, cur);
    if (cur > max)
        max = cur;
    if (max >= 64 - 2) /* no run between two ones of a word is longer */
        return packPallocSum(start, max, cur);
    for (int k = 0; k < pallocChunkWords; k++)
        max = longest_run(~b->w[k], max);
    return packPallocSum(start, max, cur);
}

/* Go has find1, findSmallN and findLargeN for what is one walk here: either the
 * run that came over from the words before ends in this word and is long
 * enough, or a run lies inside the word, or one begins at its end. */
uint32_t pallocBits_find(const struct pageBits *b, size_t npages,
                         uint32_t searchIdx, uint32_t *first)
{
    uint32_t run = 0; /* free pages in a row before word k */
    *first = notFound;
    for (uint32_t k = searchIdx / 64; k < pallocChunkWords; k++) {
        uint64_t x = b->w[k];
        if (~x == 0) {
            run = 0;
            continue;
        }
        if (*first == notFound)
            *first = k * 64 + ctz64(~x);
        if (run + ctz64(x) >= npages)
            return k * 64 - run;
        if (npages <= 64) {
            uint32_t j = findBitRange64(~x, (uint32_t)npages);
            if (j < 64)
                return k * 64 + j;
        }
        run = x == 0 ? run + 64 : clz64(x);
    }
    return notFound;
}

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
