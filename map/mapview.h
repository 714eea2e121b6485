/*
 * mapview.h: what may be asked of a map without touching it: of a map of either
 * kind, and what each is made of (classic/bucketview.c, swiss/swissview.c).
 */
#ifndef MAP_MAPVIEW_H
#define MAP_MAPVIEW_H

#include "map/classic/bucketmap.h"
#include "map/gomap.h"
#include "map/swiss/swissmap.h"

struct mapShape {
    size_t slots;  /* for entries: of the array, not of an old one nor of
                      overflow buckets; of all tables; of a small map 8 or 0 */
    size_t tables; /* objects that those stand in */
    size_t room;   /* entries for which it need not grow, if they fall evenly */
    uint8_t B;     /* of a bucket map; else 0 */
};

/* What make(map[K]V, hint) would give: arithmetic alone. A small map's
 * bucket or group counts, though the first insert brings it. */
struct mapShape mapview_hinted(const struct maptype *t, intptr_t hint);

/* Of a map as it stands. */
struct mapShape mapview_shape(const struct maptype *t, const struct gomap *m);

/* Bytes of all objects that the header keeps alive, itself included: what a
 * collection leaves of the map while nothing else is held; without what keys
 * and elements point to, other than their boxes. Walks the map. */
size_t mapview_reach(const struct maptype *t, const struct gomap *m);

/* Calls see with the address of each of those objects, or with one inside it,
 * once or more. */
void mapview_objects(const struct maptype *t, const struct gomap *m,
                     void (*see)(void *arg, const void *object), void *arg);

/* The hash of a key in m, which decides where it stands. */
uintptr_t mapview_hash(const struct maptype *t, const struct gomap *m,
                       const void *key);

/* Asks the processor for the cache lines that an operation on key will want
 * first, and changes nothing. Who knows its next keys and asks for each some
 * operations ahead waits for memory once for all of them, and not for each: a
 * map of 10^6 entries is filled in half the time. A map of few entries and a
 * key that cannot be hashed are left alone. Not Go's. */
void mapview_prefetch(const struct maptype *t, const struct gomap *m,
                      const void *key);

/*
 * Of a bucket map: what is in its arrays, bucket by bucket. For drawing and for
 * digests.
 */

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

/* What keeps its overflow buckets alive: mapextra, its two slices and the
 * arrays of those, NULL for each that there is not. */
enum { bookkeepingObjects = 5 };
void bucketview_bookkeeping(const struct gomap *m,
                            const void *out[bookkeepingObjects]);

/* A growth has begun and not ended. */
bool bucketview_growing(const struct gomap *m);

/*
 * Of a swiss map: directory, tables, groups and slots. For drawing and for
 * digests.
 */

/* m as the swiss map that it is: of a type of MAPKIND_SWISS. */
const struct swissMap *swissview_map(const struct gomap *m);

/* One different table. */
struct tableView {
    const struct swissTable *tab; /* NULL: the one group of a small map */
    uintptr_t index;              /* its first place in the directory … */
    uintptr_t places;             /* … and how many it has */
    uint8_t localDepth;
    uint32_t capacity; /* slots */
    uint32_t used;
    uint32_t growthLeft;
    uint32_t tombstones;
    size_t groups;
};

/* One group of a table. */
struct groupView {
    const struct swissGroup *g;
    uint8_t ctrl[groupSlots];
    const void *key[groupSlots]; /* NULL where the slot holds no entry */
    const void *elem[groupSlots];
};

/* A walk over all groups, table by table in order of the directory; a small
 * map's group is one of a table without a place. */
struct swissWalk {
    const struct maptype *t;
    const struct swissMap *m;
    uintptr_t place; /* in the directory: the next table's first */
};

void swissview_begin(struct swissWalk *w, const struct maptype *t,
                     const struct swissMap *m);
/* The next table. False when there is none; then *v is unchanged. */
bool swissview_next(struct swissWalk *w, struct tableView *v);
/* Group i < v->groups of the table that w showed as *v. */
void swissview_group(const struct swissWalk *w, const struct tableView *v,
                     size_t i, struct groupView *g);

/* The control bytes of that group alone. */
const uint8_t *swissview_ctrl(const struct swissWalk *w,
                              const struct tableView *v, size_t i);

/* One letter for a control byte: '#' an entry, '.' empty, '_' deleted. */
char swissview_letter(uint8_t ctrl);

/* The map as a whole. */
struct swissCounts {
    uint64_t used; /* len(m) */
    uintptr_t dirLen;
    uint8_t globalDepth;
    size_t tables;   /* different ones */
    size_t groups;   /* of all; a small map has one, or none before a write */
    size_t capacity; /* slots of all */
    size_t tombstones;
};

/* Bytes of all objects that the map is made of: header, directory, tables,
 * groups; not of boxes. */
size_t swissview_frame(const struct maptype *t, const struct swissMap *m);

struct swissCounts swissview_counts(const struct maptype *t,
                                    const struct swissMap *m);

#endif
