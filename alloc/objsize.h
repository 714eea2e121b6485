/*
 * objsize.h: from the bytes that an object asks for to the slot that it gets,
 * in any release of Go that is modelled.
 *
 *     size --(header)--> --(class)--> slot       small objects
 *     size ------------(pages)------> slot       large ones
 *
 *   class   one of 68 slot sizes, the same in all releases. One shift and one
 *           load lead to it. The tables are generated (sizetable.c, by
 *           tools/gen/mksizeclasses.c) and equal to Go's. Class 0 is no size:
 *           it marks large objects, which get whole pages.
 *   header  in newer releases a small object with pointers above 512 bytes
 *           carries its type with it, in 8 bytes of its slot. The size asked
 *           for decides, before rounding. What is left of the slot is what a
 *           growing slice, or a bucket array, may fill: roundupsize.
 *   large   above the release's maxSmall, which newer releases have lowered by
 *           a header's size for objects without one, too.
 *
 * Difference: in Go the header comes first, and the object begins 8 bytes into
 * its slot. Here types are kept beside the span (heapbits.h): the object begins
 * where its slot does, and the header's bytes are left unused behind it. Sizes,
 * classes and capacities are Go's, places within a slot are not.
 *
 * Nothing here changes or depends on a heap: every question names its release,
 * or means the modelled one. What a call knows to be small and below every
 * header (malloc.c shortRoadMax) asks size_to_class8 directly.
 * Go: sizeclasses.go, msize.go, malloc.go.
 */
#ifndef ALLOC_OBJSIZE_H
#define ALLOC_OBJSIZE_H

#include "runtime/base/goversion.h"

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

/* The class whose slots hold size bytes, a header included; size <=
 * MaxSmallSize. Size 0 gives class 0: it needs no memory.
 * Go: malloc.go mallocgc (the choice of sizeclass). */
ALWAYS_INLINE uint8_t size_to_class(size_t size)
{
    if (LIKELY(size <= SmallSizeMax - SmallSizeDiv))
        return size_to_class8[(size + SmallSizeDiv - 1) / SmallSizeDiv];
    return size_to_class128[(size - SmallSizeMax + LargeSizeDiv - 1) /
                            LargeSizeDiv];
}

/* Bytes of the header that an object of size bytes has in v; size <=
 * v->maxSmall. noscan: it holds no pointers.
 * Go: mbitmap.go heapBitsInSpan, malloc.go mallocHeaderSize */
ALWAYS_INLINE size_t objsize_header(const struct goversion *v, size_t size,
                                    bool noscan)
{
    return noscan || size <= minSizeForMallocHeader ? 0 : v->headerBytes;
}

/* The class of an object of size bytes in v; size <= v->maxSmall. */
ALWAYS_INLINE uint8_t objsize_class(const struct goversion *v, size_t size,
                                    bool noscan)
{
    return size_to_class(size + objsize_header(v, size, noscan));
}

/* The bytes that an object of size bytes takes in v, which is what its profile
 * says: its class's slot, or whole pages; size itself where rounding would
 * overflow. */
size_t objsize_slot(const struct goversion *v, size_t size, bool noscan);

/* The bytes of that slot that are the object's own: all but its header. As many
 * can be asked for at once and take no larger slot, save that a small object of
 * 32,768 bytes may be a large one of as much.
 * Go: msize.go roundupsize */
size_t objsize_round(const struct goversion *v, size_t size, bool noscan);

/* objsize_round in the modelled release. Go: msize.go roundupsize */
size_t roundupsize(size_t size, bool noscan);

/* Slots that a span of npages pages of sizeclass has in v. Newer releases keep
 * pointer bits and marks of small objects at the end of their own span, which
 * leaves room for fewer. Go: mheap.go (*mheap).initSpan */
uint32_t objsize_nelems(const struct goversion *v, size_t npages,
                        uint8_t sizeclass, bool noscan);

#endif
