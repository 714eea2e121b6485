/*
 * objsize.c: the tables' one home, and rounding.
 *
 * Read-only data: no locking. Invariants, proved once by the generator and
 * again by tests/alloc/test_objsize.c:
 *   objsize.1  class_to_size rises strictly; its last entry is MaxSmallSize
 *   objsize.2  size_to_class(n) is the smallest class whose size is >= n
 *   objsize.3  class_to_divmagic divides every offset of its span exactly
 */
#include "alloc/objsize.h"

size_t objsize_slot(const struct goversion *v, size_t size, bool noscan)
{
    if (size <= v->maxSmall)
        return class_to_size[objsize_class(v, size, noscan)];
    if (size + PageSize < size)
        return size;
    return align_up(size, PageSize);
}

size_t objsize_round(const struct goversion *v, size_t size, bool noscan)
{
    size_t slot = objsize_slot(v, size, noscan);

    return size <= v->maxSmall ? slot - objsize_header(v, size, noscan) : slot;
}

size_t roundupsize(size_t size, bool noscan)
{
    return objsize_round(modelled, size, noscan);
}

/* Bytes at the end of a span of bytes bytes, in v, that hold no slot of
 * elemsize bytes but what is noted of the others. Go: mgcmark_greenteagc.go
 * gcUsesSpanInlineMarkBits, mbitmap.go heapBitsInSpan */
static size_t reserved(const struct goversion *v, size_t bytes, size_t elemsize,
                       bool noscan)
{
    enum { inlineMarkBytes = 128, minMarkedSize = 16, wordBits = 64 };
    size_t n = 0;

    if (elemsize > minSizeForMallocHeader)
        return 0;
    if (v->marksInSpan && elemsize >= minMarkedSize)
        n += inlineMarkBytes;
    if (v->bitsInSpan && !noscan)
        n += bytes / wordBits; /* a bit a word */
    return n;
}

uint32_t objsize_nelems(const struct goversion *v, size_t npages,
                        uint8_t sizeclass, bool noscan)
{
    size_t bytes = npages * PageSize, size = class_to_size[sizeclass];

    if (sizeclass == 0)
        return 1;
    return (uint32_t)((bytes - reserved(v, bytes, size, noscan)) / size);
}
