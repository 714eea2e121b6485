/*
 * freeindex.h: which slot of a span comes next. Slots are handed out in rising
 * order: freeindex says where to look from, and allocCache holds the next 64
 * bits of the bitmap complemented, so that "the next free slot" is the number
 * of trailing zeros.
 *
 *     allocBits   1 1 0 1 0 0 …      a bit a slot, taken = 1
 *     freeindex       ^              everything left of it is taken
 *     allocCache      1 0 1 1 …      free = 1, lowest bit is freeindex
 *
 * Only the span's owner may call these: the thread that caches it, or whoever
 * sweeps it. Nothing here takes a lock.
 */
#ifndef ALLOC_FREEINDEX_H
#define ALLOC_FREEINDEX_H

#include "alloc/span.h"

/* Loads allocCache with the 64 bits from slot whichByte * 8 on.
 * Go: mbitmap.go (*mspan).refillAllocCache. */
void mspan_refillAllocCache(struct mspan *s, uintptr_t whichByte);

/* The next free slot at or after freeindex, which moves there; nelems when the
 * span is full. Go: mbitmap.go (*mspan).nextFreeIndex. */
uintptr_t mspan_nextFreeIndex(struct mspan *s);

/* Whether slot index holds an object, also while the span is cached.
 * Go: mbitmap.go (*mspan).isFree, which says the contrary. */
bool mspan_isAllocated(const struct mspan *s, uintptr_t index);

/* 64 slots from slot i on, i a multiple of 64: a bit is set where one holds an
 * object. Bits behind the last slot are 0. */
uint64_t mspan_takenWord(const struct mspan *s, uint32_t i);

/*
 * Takes the next free slot if allocCache alone can tell; 0 when it cannot: the
 * cache is used up, or the span full. Then mcache_nextFree finds out.
 * Go: malloc.go nextFreeFast.
 */
ALWAYS_INLINE uintptr_t nextFreeFast(struct mspan *s)
{
    if (UNLIKELY(s->allocCache == 0))
        return 0;
    uintptr_t theBit = (uintptr_t)__builtin_ctzll(s->allocCache);
    uintptr_t result = s->freeindex + theBit;
    if (UNLIKELY(result >= s->nelems))
        return 0;
    uintptr_t freeidx = result + 1;
    if (UNLIKELY(freeidx % 64 == 0 && freeidx != s->nelems))
        return 0; /* the cache's last bit: taking it must also reload */
    s->allocCache = s->allocCache >> theBit >> 1; /* theBit may be 63 */
    s->freeindex = freeidx;
    s->allocCount++;
    return s->startAddr + result * s->elemsize;
}

#endif
