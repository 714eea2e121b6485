/*
 * bucketview.h: looking at a bucket map without touching it: what is in its
 * arrays, bucket by bucket. For drawing and for digests.
 */
#ifndef MAP_CLASSIC_BUCKETVIEW_H
#define MAP_CLASSIC_BUCKETVIEW_H

#include "map/classic/bucketmap.h"

struct gomap;

/* Before a map is made. */

/* The B that makemap takes for hint. */
uint8_t bucketview_hintB(const struct maptype *t, intptr_t hint);
/* The bucket array of a map of type t with this B. */
struct mapArray bucketview_array(const struct maptype *t, uint8_t B);

/* A map as it stands. */

/* m as the bucket map that it is: of a type of MAPKIND_CLASSIC. */
const struct hmap *bucketview_map(const struct gomap *m);

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
struct bucketWalk {
    const struct maptype *t;
    const struct hmap *h;
    const struct bmap *b; /* the next to be shown; NULL: at a chain's end */
    uintptr_t number;
    uint32_t depth;
    bool old;
};

void bucketview_begin(struct bucketWalk *w, const struct maptype *t,
                      const struct gomap *m);
/* The next bucket. False when there is none; then *v is unchanged. */
bool bucketview_next(struct bucketWalk *w, struct bucketView *v);

/* Of chain number of the array, or of the old one: how many entries it holds;
 * and whether they have moved to the new one. Faster than a walk. */
struct chainView {
    uint32_t entries;
    bool evacuated;
};
struct chainView bucketview_chain(const struct maptype *t,
                                  const struct gomap *m, bool old,
                                  uintptr_t number);
/* Buckets of the old array that have not moved; 0 when there is none. */
size_t bucketview_oldleft(const struct maptype *t, const struct gomap *m);

/* One letter for a tophash byte: '#' an entry, '.' emptyRest, '_' emptyOne, 'x'
 * and 'y' moved to the lower and the upper half, '-' evacuated when empty. */
char bucketview_letter(uint8_t tophash);

struct bucketCounts {
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
struct bucketCounts bucketview_counts(const struct maptype *t,
                                      const struct gomap *m);

/* Bytes of all objects that the map is made of: header, arrays, overflow
 * buckets, bookkeeping; not of boxes. */
size_t bucketview_frame(const struct maptype *t, const struct gomap *m);

/* A growth has begun and not ended. */
bool bucketview_growing(const struct gomap *m);

#endif
