/*
 * mapbucket.h: buckets: their layout, arrays of them, the overflow buckets
 * chained to them, and growth.
 */
#ifndef MAP_CLASSIC_MAPBUCKET_H
#define MAP_CLASSIC_MAPBUCKET_H

#include "map/classic/hmap.h"
#include "map/maptype.h"

/*
 * The layout of a bucket, and the descriptors of what else a bucket map
 * allocates.
 *
 * Each of those is one descriptor for the whole process, and asking for it
 * costs a call that takes no lock: makemap_small asks on every `make`.
 */

/* Lays out the buckets of t, of which key and elem are set: bucket, the sizes,
 * and what is indirect. False without memory.
 * Go: cmd/compile/internal/reflectdata/reflect.go MapBucketType. */
bool buckettype_fill(struct maptype *t);

const struct type *hmap_type(void);      /* runtime.hmap: 48 bytes */
const struct type *mapextra_type(void);  /* runtime.mapextra: 24 bytes */
const struct type *bmapSlice_type(void); /* []*runtime.bmap: a slice header */
const struct type *bmapPtr_type(void);   /* *runtime.bmap: its element */

/*
 * Arrays, and the chains that hang on them.
 */

/* The array of 2^B buckets of a map of type t, and how many buckets that is,
 * its spares included. */
struct mapArray bucket_array(const struct maptype *t, uint8_t B);
size_t bucket_array_len(const struct maptype *t, uint8_t B);

/* True when b is one of the spares behind the 2^B buckets at array. */
bool bucket_is_spare(const struct maptype *t, const struct bmap *array,
                     uint8_t B, const struct bmap *b);

/*
 * An array for 2^B buckets of h, all empty. *nextOverflow is the first spare
 * bucket behind them, or NULL; a spare's overflow pointer is NULL but in the
 * last, where it is the array itself: newoverflow's sign to stop. dirtyalloc is
 * NULL, or an array made before with the same t and B, to be cleared and used
 * again. The caller owns the array; it ends the program without memory.
 * Go: map.go makeBucketArray, which returns both and does not know h: here it
 * names the owner in profiles.
 */
struct bmap *makeBucketArray(const struct maptype *t, const struct hmap *h,
                             uint8_t B, struct bmap *dirtyalloc,
                             struct bmap **nextOverflow);

/* Chains an empty bucket behind b, the last of its chain in h->buckets, and
 * returns it: a spare one where there is one. Go: map.go (*hmap).newoverflow */
struct bmap *hmap_newoverflow(struct hmap *h, const struct maptype *t,
                              struct bmap *b);

/* Sees to it that h->extra->overflow exists. Go: map.go
 * (*hmap).createOverflow. */
void hmap_createOverflow(struct hmap *h);

/* The first n bytes of a word, n as index. */
extern const uint64_t first_bytes[bucketCnt + 1];

/*
 * The tophash bytes of a bucket after slot i has been emptied, where no entry
 * stands in a bucket behind or i is not the last slot: the slot is marked, and
 * so is every empty one that now ends the chain, all behind the last entry
 * (invariant mapbucket.5). Without a branch: which slot it was and what stands
 * beside it is as good as random and comes late, out of a miss of the cache,
 * and a wrong guess then keeps the processor from beginning with the deletions
 * that follow. One of 1000 entries is deleted in 7.4 ns this way, in 8.2 where
 * more is computed: which empty slots the one at i is joined to.
 */
ALWAYS_INLINE uint64_t tops_without(uint64_t tops, uintptr_t i)
{
    const uint64_t ones = UINT64_MAX / 0xff; /* emptyOne in each byte */
    uint64_t goes_on = -(uint64_t)(tops >> 56 == emptyOne);
    uint64_t at = first_bytes[i + 1] ^ first_bytes[i];
    tops = (tops & ~at) | (ones & at);
    /* The highest bit of an entry, which has others than emptyOne's. */
    unsigned bit = (unsigned)(63 - __builtin_clzll((tops & ~ones) | 1));
    return tops & (first_bytes[(bit + 7) / 8] | goes_on);
}

/* Does b, the first bucket of its chain, show whether an entry stands behind
 * its slot i? Before the last slot it does, and where it is the whole chain. */
ALWAYS_INLINE bool bucket_tells_end(const struct maptype *t,
                                    const struct bmap *b, uintptr_t i)
{
    return LIKELY(i < bucketCnt - 1) || bmap_overflow(t, b) == NULL;
}

/* bucket_free_slot where the chain may have more than one bucket. */
void chain_free_slot(const struct maptype *t, struct bmap *head, struct bmap *b,
                     uintptr_t i);

/* Slot i of b, a bucket of the chain that begins at head, holds nothing any
 * more: marks it, and every empty slot that now ends the chain. The deletion
 * half of Go's map.go mapdelete, which has it four times. */
ALWAYS_INLINE void bucket_free_slot(const struct maptype *t, struct bmap *head,
                                    struct bmap *b, uintptr_t i)
{
    ASSERT(b->tophash[i] >= minTopHash);
    if (b == head && bucket_tells_end(t, b, i))
        bmap_set_tops_word(b, tops_without(bmap_tops_word(b), i));
    else
        chain_free_slot(t, head, b, i);
}

/*
 * Growing a map, and moving its entries over bit by bit.
 */

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
