/*
 * freeindex.c: the slow half of finding a free slot: walking the bitmap 64 bits
 * at a time where allocCache has run out.
 *
 *     mallocgc --nextFreeFast--> allocCache --nextFreeIndex--> allocBits
 *
 * Locking: none; the caller owns the span.
 *
 * Invariants (mspan_check in heapcheck):
 *   F1  allocCache is the complement of allocBits from freeindex on, up to the
 *       next multiple of 64
 *   F2  every slot below freeindex is taken
 */
#include "alloc/freeindex.h"

#include "alloc/gcbits.h"
#include "runtime/throw.h"

#include <string.h>

void mspan_refillAllocCache(struct mspan *s, uintptr_t whichByte)
{
    uint64_t taken;

    ASSERT(whichByte % 8 == 0 && whichByte * 8 < s->nelems);
    memcpy(&taken, s->allocBits + whichByte, sizeof(taken));
    s->allocCache = ~taken;
}

/* Moves to the next group of 64 slots that has a free one. */
static uintptr_t next_group(struct mspan *s, uintptr_t freeindex)
{
    freeindex = align_up(freeindex + 1, 64);
    if (freeindex >= s->nelems)
        return s->nelems;
    mspan_refillAllocCache(s, freeindex / 8);
    return freeindex;
}

uintptr_t mspan_nextFreeIndex(struct mspan *s)
{
    uintptr_t freeindex = s->freeindex;

    ASSERT(freeindex <= s->nelems);
    if (freeindex == s->nelems)
        return s->nelems;
    while (s->allocCache == 0) {
        /* freeindex may stand inside a group: its rest is taken. */
        freeindex = next_group(s, freeindex);
        if (freeindex == s->nelems) {
            s->freeindex = s->nelems;
            return s->nelems;
        }
    }
    uintptr_t theBit = (uintptr_t)__builtin_ctzll(s->allocCache);
    uintptr_t result = freeindex + theBit;
    if (result >= s->nelems) {
        s->freeindex = s->nelems;
        return s->nelems;
    }
    s->allocCache = s->allocCache >> theBit >> 1; /* theBit may be 63 */
    freeindex = result + 1;
    if (freeindex % 64 == 0 && freeindex != s->nelems)
        mspan_refillAllocCache(s, freeindex / 8);
    s->freeindex = freeindex;
    return result;
}

bool mspan_isAllocated(const struct mspan *s, uintptr_t index)
{
    if (index < s->freeindex || s->allocCount == s->nelems)
        return true;
    return (s->allocBits[index / 8] >> (index % 8) & 1) != 0;
}

uint64_t mspan_takenWord(const struct mspan *s, uint32_t i)
{
    uint64_t taken = gcbits_word(s->allocBits, i);

    ASSERT(i % 64 == 0 && i < s->nelems);
    if (s->freeindex > i)
        taken |=
            s->freeindex - i >= 64 ? ~0ull : (1ull << (s->freeindex - i)) - 1;
    if (s->nelems - i < 64)
        taken &= (1ull << (s->nelems - i)) - 1;
    return taken;
}
