/*
 * mapzero.h: zeroed memory to answer with where a key is absent.
 */
#ifndef MAP_MAPZERO_H
#define MAP_MAPZERO_H

#include "runtime/base/base.h"

enum { maxZero = 1024 }; /* bytes that nearly every element fits in */

extern const uint64_t zeroVal[maxZero / sizeof(uint64_t)];

/* size zeroed bytes for an element above maxZero. They are shared, live for
 * ever, and must not be written to. Ends the program without memory. In Go the
 * compiler lays such a block down for each type (map.go mapaccess1_fat). */
const void *zero_large(size_t size);

/* size zeroed bytes, not to be written to. */
ALWAYS_INLINE const void *zero_value(size_t size)
{
    return LIKELY(size <= maxZero) ? zeroVal : zero_large(size);
}

#endif
