/*
 * heapbits.c: a type's pointer mask, repeated for arrays.
 *
 * Locking: none; types never change.
 */
#include "alloc/heapbits.h"

#include "runtime/base/throw.h"

uint64_t heapBits_mask(const struct type *typ, size_t size)
{
    size_t words = align_up(size, PtrSize) / PtrSize;
    size_t step = typ->size / PtrSize;

    ASSERT(size > 0 && size <= minSizeForMallocHeader && step > 0);
    if (step == 1)
        return low_bits(words);
    uint64_t one = heapBits_maskOfOne(typ), mask = one;
    for (size_t at = step; at < words; at += step)
        mask |= one << at;
    return mask & low_bits(words);
}
