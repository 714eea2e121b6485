/*
 * sizeclass.c: the tables' one home, and rounding.
 *
 * Read-only data: no locking. Invariants, proved once by the generator and again
 * by tests/alloc/test_sizeclass.c:
 *   I1  class_to_size rises strictly; its last entry is MaxSmallSize
 *   I2  size_to_class(n) is the smallest class whose size is >= n
 *   I3  class_to_divmagic divides every offset of its span exactly
 */
#include "alloc/sizetable.h"

/* Go: msize.go roundupsize */
size_t roundupsize(size_t size)
{
    if (size < MaxSmallSize)
        return class_to_size[size_to_class(size)];
    if (size + PageSize < size)
        return size;
    return align_up(size, PageSize);
}
