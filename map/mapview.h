/*
 * mapview.h: looking at a map without touching it: what its arrays would be,
 * what is in them, bucket by bucket. For drawing and for digests.
 */
#ifndef MAP_MAPVIEW_H
#define MAP_MAPVIEW_H

#include "map/classic/geometry.h"
#include "map/map.h"

/* Before a map is made. */

/* The B that makemap takes for hint; 0 also for a hint that is negative or that
 * no memory could hold. Go: map.go makemap. */
uint8_t mapview_hintB(const struct maptype *t, intptr_t hint);

/* The most entries that 2^B buckets take before a growth begins. */
size_t mapview_capacity(uint8_t B);

/* The bucket array of a map of type t with this B. */
struct mapArray mapview_array(const struct maptype *t, uint8_t B);

/* A map as it stands. */

struct bucketView {
    const struct bmap *b;
    uintptr_t number; /* of its chain in its array */
    uint32_t depth;   /* in its chain: 0 in the array, then overflow buckets */
    bool old;         /* of the array that is being evacuated */
    bool spare;       /* an overflow bucket from the array's own spares */
    uint8_t tophash[bucketCnt];
    const void *key[bucketCnt];  /* NULL where the slot holds no entry, or */
    const void *elem[bucketCnt]; /* held one that has moved */
};

/* A walk over all buckets: old chains first, then the new; each chain whole. */
struct mapWalk {
    const struct maptype *t;
    const struct hmap *h;
    const struct bmap *b; /* the next to be shown; NULL: at a chain's end */
    uintptr_t number;
    uint32_t depth;
    bool old;
};

void mapview_begin(struct mapWalk *w, const struct maptype *t,
                   const struct hmap *h);
/* The next bucket. False when there is none; then *v is unchanged. */
bool mapview_next(struct mapWalk *w, struct bucketView *v);

/* One letter for a tophash byte: '#' an entry, '.' emptyRest, '_' emptyOne, 'x'
 * and 'y' moved to the lower and the upper half, '-' evacuated when empty. */
char mapview_letter(uint8_t tophash);

struct mapCounts {
    size_t entries;     /* len(m), counted */
    size_t buckets;     /* 2^B, 0 before the first write */
    size_t overflow;    /* overflow buckets in their chains */
    size_t spares;      /* behind the array, used or not */
    size_t sparesUsed;  /* … of those, in a chain */
    size_t oldbuckets;  /* 0 when not growing */
    size_t oldleft;     /* old buckets not yet evacuated */
    size_t oldoverflow; /* overflow buckets in the chains of those */
    size_t tombstones;  /* emptyOne slots in current chains */
    size_t longest;     /* buckets in the longest current chain */
    size_t listed;      /* overflow buckets in extra's list */
    size_t listCap;     /* … and what that slice has room for */
};
struct mapCounts mapview_counts(const struct maptype *t, const struct hmap *h);

/* Growing now, and to the same size: h's flags in words. */
bool mapview_growing(const struct hmap *h);
bool mapview_sameSizeGrow(const struct hmap *h);

#endif
