/*
 * bucketmap.h: Go's bucket map, as it was up to Go 1.23: its essay, its header
 * and its functions. The door to either kind of map is map/map.h.
 *
 * A hash table of buckets with eight slots each, which never moves all its
 * entries at once.
 *
 * WHO IS WHO
 *   hmap      the header, 48 bytes: what the variable m points to
 *   bmap      a bucket: 8 tophash bytes, 8 keys, 8 elements, a next pointer
 *   array     2^B buckets in one allocation; from B = 4 on with a sixteenth
 *             more behind them: spares, to be overflow buckets one day
 *   overflow  a bucket chained to a full one: a spare, else an object
 *   mapextra  24 bytes that only some maps have: the next spare, and the lists
 *             that keep overflow buckets alive (see below)
 *   maptype   what the compiler knows: sizes, key functions, bucket layout
 *
 *       hmap                      array: 2^B buckets          spares
 *     +-----------+             +----+----+-- --+----+      +----+----+
 *     | count  B  |  buckets -> | 0  | 1  |  …  |    |      |    |    |
 *     | noverflow |             +----+-|--+-- --+----+      +-^--+----+
 *     | hash0     |                    +--- overflow ---------+   ^
 *     | extra     |  oldbuckets -> the array before, while growing|
 *     +-----|-----+                                               |
 *           +--> mapextra: nextOverflow --------------------------+
 *                          overflow, oldoverflow: []*bmap
 *
 * THE ROAD OF ONE m[k] = v
 *   1. The compiler has picked mapassign, or mapassign_fast32, _fast64 or
 *      _faststr where the key is 4 or 8 plain bytes or a string and the element
 *      is at most 128 bytes (map_assign in gomap.h does that).
 *   2. k is hashed with the map's own seed hash0, so that nobody can prepare
 *      keys that collide. The low B bits of the hash are the bucket's number,
 *      the top byte is the tophash.
 *   3. The first write of all to a map made without a hint allocates its only
 *      bucket: the header alone came from make.
 *   4. If a growth is under way, this write does its share of it (below).
 *   5. The chain of that bucket is searched: eight tophash bytes at once, then
 *      the keys whose byte matches. The key found: its element's address is
 *      the result. The first empty slot met is remembered.
 *   6. Not found. Would one more entry put more than 6.5 on a bucket, or are
 *      there as many overflow buckets as buckets, or 2^15? Then a growth
 *      begins, unless one is under way: hashGrow, and back to 4, since
 *      everything stands elsewhere now.
 *   7. No empty slot in the chain: newoverflow takes a spare, else allocates.
 *   8. Keys or elements above 128 bytes are boxed: an object each, the slot
 *      holds the pointer. So a bucket's size stays within reason.
 *   9. The tophash is written, count rises, and the caller stores v.
 *
 * HOW A MAP GROWS
 * hashGrow allocates an array of twice the size (makeBucketArray), hangs the
 * old one on oldbuckets, and returns: no entry has moved. Each later write or
 * delete evacuates the old bucket that its own is filled from, and one more in
 * order of address (growWork, evacuate). One more hash bit counts now, so an
 * old bucket's entries part in two: to the same number, or to that number plus
 * the old size. A bucket that fills up on the way gets overflow buckets, which
 * is why evacuate can allocate. With the last bucket the old array is let go;
 * until then both live: that is the spike.
 *
 * Too many overflow buckets while the load is low means that a map is full of
 * holes: entries were deleted and others inserted. It then grows to the same
 * size: a new array, the entries packed tightly. A map never gets smaller.
 * Deleting frees no bucket; clearing reuses the array as it is.
 *
 * WHERE EACH ALLOCATION COMES FROM
 *   hmap                  make, unless it does not escape
 *   first bucket          the first write to a map with B = 0
 *   array, with spares    make with a hint of 9 and more (makemap_slow), and
 *                         every growth (hashGrow)
 *   mapextra              with the first array that has spares (B = 4), or with
 *                         the first overflow bucket or iteration of a
 *                         pointer-free map
 *   overflow bucket       a full chain, when no spare is left: by a write, or
 *                         by an evacuation
 *   []*bmap and its       once for each array of a pointer-free map that has an
 *   append growth         overflow bucket or is iterated: the collector does
 *                         not scan such buckets, so it would not see their
 *                         overflow pointers; the list stands in for them
 *   boxes                 a new key or element above 128 bytes
 * Nothing else allocates: not look-up nor clear, and delete and overwriting
 * only in their share of a growth.
 *
 * A header on the caller's stack is handed to makemap. For a hint of up to
 * eight Go also puts the first bucket there, and calls no make at all:
 * hmap_on_stack.
 *
 * WHO MAY CALL WHEN
 * One thread writes, or any number read; the caller sees to it. As in Go a mark
 * in the header catches some of those who do not: they end in Go's words. A
 * collection may run at each allocation, so whoever lets one start by itself
 * must have the stacks scanned, as in Go: a bucket under way from newobject to
 * its chain is held by a local variable only.
 *
 * WHERE THIS IS NOT GO
 *   - makemap's second half, the one that allocates an array, is a function of
 *     its own, makemap_slow. Chains that are compared with Go's fold it away.
 *   - There are no write barriers: collections stop the world.
 *   - Tophash bytes are compared eight at once, and one-bucket maps are hashed
 *     too. The slots chosen are Go's.
 *   - Who is writing to a map shows in the sign of its count and not in its
 *     flags: so a write need not wait for the bucket of the last one (hmap.h).
 *   - An iteration is at a safepoint once a bucket, not at each entry.
 *   - makeBucketArray is told the map, and allocations carry its name
 *     (m->owner), so that a profile can say which make is to blame.
 *   - Race, msan and asan hooks, and the functions for reflect, are left out.
 *
 * The files: hmap.h the layout; mapkey.h what differs between key families;
 * mapbody.h the operations, written once; mapany.c, mapfast.c and
 * mapfastread.c those by Go's names; geometry.h sizes of arrays; mapbucket.c
 * arrays and chains, mapbucket.h also growth and descriptors; mapgrow.c growth;
 * mapiter.c iteration, mapiter.h its ordinary step; buckettype.c descriptors;
 * mapcheck.c all invariants; bucketview.c (../mapview.h) for onlookers.
 */
#ifndef MAP_CLASSIC_BUCKETMAP_H
#define MAP_CLASSIC_BUCKETMAP_H

#include "map/classic/geometry.h"

struct bmap;
struct mapextra;

/* A map's header: 48 bytes, Go's layout to the byte. Go: map.go hmap. */
struct hmap {
    intptr_t count;          /* entries: len(m); negative while written to */
    uint8_t flags;           /* who iterates, how it grows: below */
    uint8_t B;               /* log2 of the number of buckets */
    uint16_t noverflow;      /* overflow buckets; approximate from B = 16 on */
    uint32_t hash0;          /* hash seed */
    struct bmap *buckets;    /* 2^B of them; at B 0, NULL until written to */
    struct bmap *oldbuckets; /* half as many or as many, while growing */
    uintptr_t nevacuate;     /* old buckets below this one are evacuated */
    struct mapextra *extra;  /* overflow bookkeeping; NULL when unneeded */
};

/* Bits of hmap.flags. Go: map.go iterator, oldIterator, sameSizeGrow. Go's
 * hashWriting, 4, is the sign of count here: see hmap_is_written. */
enum {
    iterator = 1,     /* an iteration may be walking buckets */
    oldIterator = 2,  /* an iteration may be walking oldbuckets */
    sameSizeGrow = 8, /* the growth under way keeps the number of buckets */
};

/* make(map[K]V) and make(map[K]V, h) with a constant h <= 8 that escapes: a
 * header, no bucket. The map belongs to whoever can reach it; without memory
 * the program ends. Go: map.go makemap_small. */
struct hmap *makemap_small(void);
/* make(map[K]V, hint): room for hint entries, or as if without one when it is
 * negative or beyond all memory. h: where the header lives when it does not
 * escape, zeroed, else NULL. Go: map.go makemap. */
struct hmap *makemap(const struct maptype *t, intptr_t hint, struct hmap *h);

/* What the compiler emits in place of make for a map that does not escape and
 * whose hint is at most 8: header and bucket are zeroed memory of the
 * caller. */
void hmap_on_stack(struct hmap *h, struct bmap *bucket);

/* v = m[k]: address of the element, or of zeroed memory of elem's size. Never
 * NULL; must not be written to; valid until the next write. A NULL map reads as
 * empty. Panics on an unhashable key. Go: map.go mapaccess1. */
const void *mapaccess1(const struct maptype *t, struct hmap *h,
                       const void *key);
/* v, ok = m[k]: the same and whether it was there. Go: map.go mapaccess2. */
const void *mapaccess2(const struct maptype *t, struct hmap *h, const void *key,
                       bool *ok);
/* m[k] = v: address to store the element at, valid until the next write. The
 * key is copied. Panics on a NULL map and on an unhashable key.
 * Go: map.go mapassign. */
void *mapassign(const struct maptype *t, struct hmap *h, const void *key);
/* delete(m, k): nothing happens when it is absent. Go: map.go mapdelete. */
void mapdelete(const struct maptype *t, struct hmap *h, const void *key);
/* for k := range m { delete(m, k) } on a reflexive key type: empties the array
 * in place; boxes and overflow objects are let go. Go: map.go mapclear. */
void mapclear(const struct maptype *t, struct hmap *h);

/* The same for keys of 4 plain bytes, of 8, and strings, where t->fast says so.
 * Go: map_fast32.go mapassign_fast32; map_fast64.go mapassign_fast64;
 * map_faststr.go mapassign_faststr, and so on. */
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

/* Proves every invariant of one map at rest; throws where one does not hold.
 * Reads all of it: O(entries). */
void mapcheck(const struct maptype *t, const struct hmap *h);

#endif
