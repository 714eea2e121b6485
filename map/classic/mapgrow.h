/*
 * mapgrow.h: growing a map, and moving its entries over bit by bit.
 */
#ifndef MAP_CLASSIC_MAPGROW_H
#define MAP_CLASSIC_MAPGROW_H

#include "map/classic/hmap.h"

/* True when one more than the count entries of h needs a growth to begin first.
 * Go: map.go mapassign, its condition. */
ALWAYS_INLINE bool must_grow(const struct hmap *h, intptr_t count)
{
    return !hmap_growing(h) && (overLoadFactor(count + 1, h->B) ||
                                tooManyOverflowBuckets(h->noverflow, h->B));
}

/* Begins a growth: a new array, twice as large, or as large when there are too
 * many overflow buckets rather than too many entries. h must not be growing. No
 * entry moves yet. Go: map.go hashGrow. */
void hashGrow(const struct maptype *t, struct hmap *h);

/* One write's share of a growth: evacuates the old bucket that `bucket` of the
 * new array is filled from, and one more. h must be growing; afterwards it may
 * have ended. Go: map.go growWork; map_fast32.go growWork_fast32; map_fast64.go
 * growWork_fast64; map_faststr.go growWork_faststr. */
void growWork(const struct maptype *t, struct hmap *h, uintptr_t bucket);
void growWork_fast32(const struct maptype *t, struct hmap *h, uintptr_t bucket);
void growWork_fast64(const struct maptype *t, struct hmap *h, uintptr_t bucket);
void growWork_faststr(const struct maptype *t, struct hmap *h,
                      uintptr_t bucket);

#endif
