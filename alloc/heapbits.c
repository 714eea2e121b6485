/*
 * heapbits.c: a type's pointer mask, repeated for arrays.
 *
 * Locking: none; types never change.
 */
#include "alloc/heapbits.h"

#include "runtime/throw.h"

/* The mask of one typ; only its first 64 words matter here. */
static uint64_t type_mask(const struct type *typ)
{
    size_t nbytes = (typ->ptrdata / PtrSize + 7) / 8;
    uint64_t mask = typ->gcdata[0];

    for (size_t i = 1; i < nbytes && i < 8; i++)
        mask |= (uint64_t)typ->gcdata[i] << (8 * i);
    return mask;
}

uint64_t heapBits_mask(const struct type *typ, size_t size)
{
    size_t words = align_up(size, PtrSize) / PtrSize;
    size_t step = typ->size / PtrSize;

    ASSERT(size > 0 && size <= minTypedSize && step > 0);
    if (step == 1)
        return low_bits(words);
    uint64_t one = type_mask(typ), mask = one;
    for (size_t at = step; at < words; at += step)
        mask |= one << at;
    return mask & low_bits(words);
}
