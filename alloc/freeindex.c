/*
 * freeindex.c: the slow half of finding a free slot: walking the bitmap 64 bits
 * at a time where allocCache has run out.
 *
 *     mallocgc --nextFreeFast--> allocCache --nextFreeIndex--> allocBits
 *
 * Locking: none; the caller owns the span.
 *
 * Invariants (mspan_check, and K2, K3 of heapcheck):
 *   F1  freeindex is a multiple of 64, or nelems
 *   F2  allocCache's bits are slots of the group at freeindex whose allocation
 *       bits are 0; it has none behind the last slot
 *   F3  every slot below freeindex is taken
 */
#include "alloc/freeindex.h"

#include "alloc/gcbits.h"
#include "runtime/base/throw.h"

/* The slots of s among the 64 from slot i on. */
static uint64_t group_mask(const struct mspan *s, uintptr_t i)
{
    return s->nelems - i < 64 ? (1ull << (s->nelems - i)) - 1 : ~0ull;
}

void mspan_refillAllocCache(struct mspan *s, uintptr_t freeindex)
{
    ASSERT(freeindex % 64 == 0 && freeindex < s->nelems);
    s->freeindex = freeindex;
    s->allocCache =
        ~gcbits_word(s->allocBits, freeindex) & group_mask(s, freeindex);
}

/* On to the next group. False when there is none. */
static bool next_group(struct mspan *s)
{
    if (s->nelems - s->freeindex <= 64) {
        s->freeindex = s->nelems;
        return false;
    }
    mspan_refillAllocCache(s, s->freeindex + 64);
    return true;
}

uintptr_t mspan_nextFreeIndex(struct mspan *s)
{
    ASSERT(s->freeindex <= s->nelems);
    while (s->allocCache == 0)
        if (s->freeindex == s->nelems || !next_group(s))
            return s->nelems; /* emptymspan is never written to */
    uintptr_t theBit = (uintptr_t)__builtin_ctzll(s->allocCache);
    s->allocCache &= s->allocCache - 1;
    return s->freeindex + theBit;
}

bool mspan_isAllocated(const struct mspan *s, uintptr_t index)
{
    if (index < s->freeindex || s->allocCount == s->nelems)
        return true;
    if (index - s->freeindex < 64)
        return (s->allocCache >> (index - s->freeindex) & 1) == 0;
    return gcbits_get(s->allocBits, index);
}

uint64_t mspan_takenWord(const struct mspan *s, uint32_t i)
{
    ASSERT(i % 64 == 0 && i < s->nelems);
    if (i < s->freeindex)
        return group_mask(s, i);
    if (i == s->freeindex)
        return ~s->allocCache & group_mask(s, i);
    return gcbits_word(s->allocBits, i);
}
