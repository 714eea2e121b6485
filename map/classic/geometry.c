/*
 * geometry.c: B for a hint, entries for a B, bytes of an array.
 *
 * Locking: none; nothing is kept. Invariants, each held by
 * tests/map/classic/test_geometry.c:
 *   geometry.1  geometry_capacity(B) is the most that overLoadFactor allows
 *   geometry.2  geometry_hintB is the least B whose capacity holds the hint
 *   geometry.3  an array has no spares below B = 4, and from there on as many
 *               as its slot has room for, 2^B/16 or more
 */
#include "map/classic/geometry.h"

#include "alloc/malloc.h"

enum { leastSparesB = 4 }; /* fewer buckets seldom want an overflow bucket */

size_t geometry_capacity(uint8_t B)
{
    size_t n = loadFactorNum * (bucketShift(B) / loadFactorDen);

    return n < bucketCnt ? bucketCnt : n;
}

uint8_t geometry_hintB(size_t bucket, intptr_t hint)
{
    size_t mem;
    uint8_t B = 0;

    if (mul_overflows((size_t)hint, bucket, &mem) || mem > maxAlloc)
        hint = 0;
    while (overLoadFactor(hint, B))
        B++;
    return B;
}

/* Buckets of an array, its spares included. */
static size_t array_len(const struct goversion *v, size_t bucket, bool noscan,
                        uint8_t B)
{
    size_t n = bucketShift(B);

    if (B < leastSparesB)
        return n;
    n += bucketShift((uint8_t)(B - leastSparesB));
    size_t size = bucket * n;
    size_t up = objsize_round(v, size, noscan);
    return up == size ? n : up / bucket;
}

struct mapArray geometry_array(const struct goversion *v, size_t bucket,
                               bool noscan, uint8_t B)
{
    size_t n = array_len(v, bucket, noscan, B);

    return (struct mapArray){
        .buckets = bucketShift(B),
        .spares = n - bucketShift(B),
        .bytes = n * bucket,
        .rounded = objsize_slot(v, n * bucket, noscan),
    };
}
