/*
 * sizeclass.h: the 68 sizes that small objects are rounded up to, and the way
 * from a size to its class: one shift and one load.
 *
 * The tables are generated (sizetable.h, by tools/gen/mksizeclasses.c) and equal to
 * Go's. Class 0 is no size: it marks large objects, which get whole pages.
 * Go: sizeclasses.go, msize.go.
 */
#ifndef ALLOC_SIZECLASS_H
#define ALLOC_SIZECLASS_H

#include "runtime/base/base.h"

enum {
    NumSizeClasses = 68,
    MaxSmallSize = 32768, /* bytes of the largest class */
    SmallSizeDiv = 8,     /* below SmallSizeMax: a table entry each 8 bytes */
    SmallSizeMax = 1024,
    LargeSizeDiv = 128, /* from there on: a table entry each 128 bytes */
    NumClass8 = SmallSizeMax / SmallSizeDiv + 1,
    NumClass128 = (MaxSmallSize - SmallSizeMax) / LargeSizeDiv + 1,
};

extern const uint16_t class_to_size[NumSizeClasses];       /* bytes a slot */
extern const uint8_t class_to_allocnpages[NumSizeClasses]; /* pages a span */
/* Multiplier m with offset * m >> 32 == offset / size for every offset in a
 * span of the class. */
extern const uint32_t class_to_divmagic[NumSizeClasses];
extern const uint8_t size_to_class8[NumClass8];
extern const uint8_t size_to_class128[NumClass128];

/* The class that holds size bytes; size <= MaxSmallSize. Size 0 gives class 0:
 * it needs no memory. Go: malloc.go mallocgc (the choice of sizeclass). */
ALWAYS_INLINE uint8_t size_to_class(size_t size)
{
    if (LIKELY(size <= SmallSizeMax - SmallSizeDiv))
        return size_to_class8[(size + SmallSizeDiv - 1) / SmallSizeDiv];
    return size_to_class128[(size - SmallSizeMax + LargeSizeDiv - 1) /
                            LargeSizeDiv];
}

/* The bytes that an allocation of size bytes really takes: its class, or whole
 * pages; size itself where rounding would overflow. Go: msize.go roundupsize */
size_t roundupsize(size_t size);

#endif
