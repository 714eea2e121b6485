/*
 * geometry.h: how many buckets a map has for how many entries, and what their
 * array weighs: arithmetic on numbers alone, in any release that has such maps.
 *
 *     hint --geometry_hintB--> B --geometry_array--> buckets, spares, bytes
 *                              `---geometry_capacity--> entries
 *
 * Asked by makemap and hashGrow, by mapview.h for onlookers, and by those
 * who read the profiles of other programs.
 */
#ifndef MAP_CLASSIC_GEOMETRY_H
#define MAP_CLASSIC_GEOMETRY_H

#include "map/maptype.h"

enum {
    bucketCntBits = 3,
    bucketCnt = 1 << bucketCntBits, /* entries in a bucket */
    loadFactorNum = 13,             /* grow above 13/2 entries a bucket */
    loadFactorDen = 2,
};

/* 2^B buckets. Go: map.go bucketShift */
ALWAYS_INLINE uintptr_t bucketShift(uint8_t B)
{
    return bit_at(B);
}

ALWAYS_INLINE uintptr_t bucketMask(uint8_t B)
{
    return bucketShift(B) - 1;
}

/* Would count entries be too many for 2^B buckets? Go: map.go overLoadFactor */
ALWAYS_INLINE bool overLoadFactor(intptr_t count, uint8_t B)
{
    return count > bucketCnt &&
           (uintptr_t)count > loadFactorNum * (bucketShift(B) / loadFactorDen);
}

/* The most entries that 2^B buckets take before a growth begins. */
size_t geometry_capacity(uint8_t B);

/* The B that a map gets which is made for hint entries in buckets of bucket
 * bytes; 0 also for a hint that is negative or that no memory could hold.
 * Go: map.go makemap */
uint8_t geometry_hintB(size_t bucket, intptr_t hint);

struct mapArray {
    size_t buckets; /* 2^B */
    size_t spares;  /* overflow buckets behind them in the same allocation */
    size_t bytes;   /* both together */
    size_t rounded; /* bytes that the allocation really takes */
};

/* The array of 2^B buckets of bucket bytes in v; noscan: they hold no pointers.
 * From B = 4 on a sixteenth more, and what the slot leaves room for, stand
 * behind them as spare overflow buckets. Go: map.go makeBucketArray */
struct mapArray geometry_array(const struct goversion *v, size_t bucket,
                               bool noscan, uint8_t B);

#endif
