/*
 * map.h: THE DOOR of the map: Go's bucket map (Go 1.19). (The map's essay
 * belongs here; see the room's plan.)
 */
#ifndef MAP_MAP_H
#define MAP_MAP_H

#include "runtime/type.h"

enum {
    bucketCntBits = 3,
    bucketCnt = 1 << bucketCntBits, /* entries in a bucket */
    loadFactorNum = 13,             /* grow above 13/2 entries a bucket */
    loadFactorDen = 2,
    maxKeySize = 128,  /* larger keys are kept by pointer */
    maxElemSize = 128, /* larger elements too */
};

struct bmap;
struct mapextra;

/* A map's header: 48 bytes, Go's layout to the byte. Go: map.go hmap. */
struct hmap {
    intptr_t count; /* entries: len(m) */
    uint8_t flags;
    uint8_t B;               /* log2 of the number of buckets */
    uint16_t noverflow;      /* overflow buckets; approximate from B = 16 on */
    uint32_t hash0;          /* hash seed */
    struct bmap *buckets;    /* 2^B of them; NULL while count is 0 at B 0 */
    struct bmap *oldbuckets; /* half as many or as many, while growing */
    uintptr_t nevacuate;     /* old buckets below this one are evacuated */
    struct mapextra *extra;  /* overflow bookkeeping; NULL when unneeded */
};

/* Which of Go's four families the compiler picks for a key type. */
enum mapfast {
    MAP_SLOW,
    MAP_FAST32,
    MAP_FAST32PTR,
    MAP_FAST64,
    MAP_FAST64PTR,
    MAP_FASTSTR
};

/* What a map of one key and element type is like. Go: type.go maptype. */
struct maptype {
    struct type typ; /* "map[string]int" */
    const struct type *key;
    const struct type *elem;
    const struct type *bucket; /* "map.bucket[string]int" */
    uint16_t bucketsize;       /* bytes */
    uint8_t keysize;           /* of a slot: PtrSize when indirect */
    uint8_t elemsize;
    bool indirectkey;
    bool indirectelem;
    enum mapfast fast;
};

/* The map type of key and elem, one for each pair. NULL and *err filled when
 * key is not comparable. Layout: cmd/compile reflectdata MapBucketType. */
const struct maptype *maptype_of(const struct type *key,
                                 const struct type *elem,
                                 struct typeError *err);
/* The same from text: "map[string]int". */
const struct maptype *maptype_parse(const char *text, struct typeError *err);

/* make(map[K]V) and make(map[K]V, h) with a constant h <= 8 that escapes. */
struct hmap *makemap_small(void);
/* make(map[K]V, hint). h: where the header lives when it does not escape, else
 * NULL. Go: makemap; the half that allocates buckets is makemap_slow. */
struct hmap *makemap(const struct maptype *t, intptr_t hint, struct hmap *h);
struct hmap *makemap_slow(const struct maptype *t, struct hmap *h);

/* v = m[k]: address of the element, or of zeroed memory of elem's size. Never
 * NULL; must not be written to. A NULL map reads as empty. */
const void *mapaccess1(const struct maptype *t, struct hmap *h,
                       const void *key);
/* v, ok = m[k]: the same and whether it was there. */
const void *mapaccess2(const struct maptype *t, struct hmap *h, const void *key,
                       bool *ok);
/* m[k] = v: address to store the element at, valid until the next operation. */
void *mapassign(const struct maptype *t, struct hmap *h, const void *key);
void mapdelete(const struct maptype *t, struct hmap *h, const void *key);
/* for k := range m { delete(m, k) } on a reflexive key type. */
void mapclear(const struct maptype *t, struct hmap *h);

const void *mapaccess1_fast32(const struct maptype *t, struct hmap *h,
                              uint32_t key);
const void *mapaccess2_fast32(const struct maptype *t, struct hmap *h,
                              uint32_t key, bool *ok);
void *mapassign_fast32(const struct maptype *t, struct hmap *h, uint32_t key);
void *mapassign_fast32ptr(const struct maptype *t, struct hmap *h, void *key);
void mapdelete_fast32(const struct maptype *t, struct hmap *h, uint32_t key);

const void *mapaccess1_fast64(const struct maptype *t, struct hmap *h,
                              uint64_t key);
const void *mapaccess2_fast64(const struct maptype *t, struct hmap *h,
                              uint64_t key, bool *ok);
void *mapassign_fast64(const struct maptype *t, struct hmap *h, uint64_t key);
void *mapassign_fast64ptr(const struct maptype *t, struct hmap *h, void *key);
void mapdelete_fast64(const struct maptype *t, struct hmap *h, uint64_t key);

const void *mapaccess1_faststr(const struct maptype *t, struct hmap *h,
                               struct gostring key);
const void *mapaccess2_faststr(const struct maptype *t, struct hmap *h,
                               struct gostring key, bool *ok);
void *mapassign_faststr(const struct maptype *t, struct hmap *h,
                        struct gostring key);
void mapdelete_faststr(const struct maptype *t, struct hmap *h,
                       struct gostring key);

/*
 * What the Go compiler would emit for any key type: the family is picked by
 * t->fast, and the runtime function's caller is the user's own function (these
 * are inlined, so they never stand in a chain). key points to the key value.
 */
ALWAYS_INLINE void *map_assign(const struct maptype *t, struct hmap *h,
                               const void *key);
ALWAYS_INLINE const void *map_access2(const struct maptype *t, struct hmap *h,
                                      const void *key, bool *ok);
ALWAYS_INLINE void map_delete(const struct maptype *t, struct hmap *h,
                              const void *key);
/* for k := range m { delete(m, k) }: mapclear, or one by one where a key may
 * differ from itself. */
void map_clear(const struct maptype *t, struct hmap *h);

/* An iteration; its place is on the caller's stack. key is NULL at the end. */
struct hiter {
    const void *key;
    void *elem;
    const struct maptype *t;
    struct hmap *h;
    struct bmap *buckets;   /* the bucket array when it began */
    struct bmap *bptr;      /* current bucket */
    struct slice *overflow; /* keep the overflow buckets alive */
    struct slice *oldoverflow;
    uintptr_t startBucket;
    uint8_t offset; /* within a bucket, to start from */
    bool wrapped;
    uint8_t B;
    uint8_t i;
    uintptr_t bucket;
    uintptr_t checkBucket;
};
void mapiterinit(const struct maptype *t, struct hmap *h, struct hiter *it);
void mapiternext(struct hiter *it);

/* What hashGrow reports to whoever listens: the growth log of scenarios. */
struct mapGrowth {
    const struct maptype *t;
    const struct hmap *h;
    intptr_t count; /* entries when it began */
    uint8_t oldB, newB;
    uint16_t noverflow; /* before */
    bool sameSize;      /* too many overflow buckets, not too many entries */
    size_t bytes;       /* of the new array, class-rounded */
};
extern void (*mapgrow_hook)(const struct mapGrowth *g);

/* Proves every invariant of one map; throws where one does not hold. */
void mapcheck(const struct maptype *t, const struct hmap *h);

#include "map/mapfast.h" /* bodies of map_assign, map_access2, map_delete */

#endif
