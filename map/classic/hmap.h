/*
 * hmap.h: what lies in a map's memory, and the small questions everybody asks
 * of it. Private to this room; its door is bucketmap.h.
 *
 * A bucket is eight bytes of tophash, then eight keys, then eight elements,
 * then the address of the next bucket of its chain:
 *
 *     +----------+-------------------+-------------------+----------+
 *     | tophash  | key 0 … key 7     | elem 0 … elem 7   | overflow |
 *     | 8 bytes  | 8 * keysize       | 8 * elemsize      | 8 bytes  |
 *     +----------+-------------------+-------------------+----------+
 *     0          dataOffset                    bucketsize - PtrSize
 *
 * Keys and elements stand apart so that map[int64]int8 needs no padding. A
 * tophash is the top byte of the key's hash, or one of the marks below.
 */
#ifndef MAP_CLASSIC_HMAP_H
#define MAP_CLASSIC_HMAP_H

#include "alloc/malloc.h"
#include "map/classic/bucketmap.h"
#include "map/mapkey.h"
#include "map/mapshared.h"
#include "runtime/base/bytes8.h"
#include "runtime/base/throw.h"
#include "runtime/sched/thread.h"
#include "runtime/type/hash.h"
#include <string.h>

/* What a tophash byte says when it is no top byte. Go: map.go emptyRest,
 * emptyOne, evacuatedX, evacuatedY, evacuatedEmpty, minTopHash. */
enum {
    emptyRest = 0,      /* empty, and so is all that follows in the chain */
    emptyOne = 1,       /* empty, something may follow */
    evacuatedX = 2,     /* moved to the lower half of the new array */
    evacuatedY = 3,     /* moved to the upper half */
    evacuatedEmpty = 4, /* was empty when its bucket was evacuated */
    minTopHash = 5,     /* the least byte that is a top byte */
};

struct bmap {
    uint8_t tophash[bucketCnt];
    uint8_t data[]; /* keys, elements, overflow pointer */
};

enum { dataOffset = offsetof(struct bmap, data) };

/*
 * What only some maps need. A bucket without pointers is not scanned by the
 * collector, so its overflow pointer keeps nothing alive: such maps list their
 * overflow buckets here instead. Go: map.go mapextra.
 */
struct mapextra {
    struct slice *overflow;    /* []*bmap: overflow buckets of h->buckets */
    struct slice *oldoverflow; /* … and of h->oldbuckets */
    struct bmap *nextOverflow; /* the first unused spare bucket, or NULL */
};

/* Arithmetic. */

/* The byte that stands for hash in a bucket. Go: map.go tophash. */
ALWAYS_INLINE uint8_t tophash(uintptr_t hash)
{
    uint8_t top = (uint8_t)(hash >> 56);
    return top < minTopHash ? (uint8_t)(top + minTopHash) : top;
}

/* The same eight times, one for each slot: what a search compares with. */
ALWAYS_INLINE uint64_t tophash_eight(uintptr_t hash)
{
    uint64_t top = hash >> 56;
    uint64_t higher = top + minTopHash;
    return (LIKELY(top >= minTopHash) ? top : higher) * (UINT64_MAX / 0xff);
}

/* Are noverflow overflow buckets too many for 2^B buckets? From B = 16 on the
 * count is a sample that reaches 2^15 where there are about 2^B.
 * Go: map.go tooManyOverflowBuckets. */
ALWAYS_INLINE bool tooManyOverflowBuckets(uint16_t noverflow, uint8_t B)
{
    return noverflow >= (uint16_t)1 << (B > 15 ? 15 : B);
}

/* In a map of this size and above, the next bucket is likely not in the
 * cache. */
enum { missB = SmallB };

/* A bucket. */

ALWAYS_INLINE struct bmap *bucket_at(const struct maptype *t,
                                     struct bmap *array, uintptr_t n)
{
    return (struct bmap *)((char *)array + n * t->bucketsize);
}

ALWAYS_INLINE struct bmap **bmap_overflow_slot(const struct maptype *t,
                                               const struct bmap *b)
{
    return (struct bmap **)((char *)b + t->bucketsize - PtrSize);
}

/* The next bucket of b's chain, or NULL. Go: map.go (*bmap).overflow. */
ALWAYS_INLINE struct bmap *bmap_overflow(const struct maptype *t,
                                         const struct bmap *b)
{
    return *bmap_overflow_slot(t, b);
}

ALWAYS_INLINE void bmap_setoverflow(const struct maptype *t, struct bmap *b,
                                    struct bmap *ovf)
{
    *bmap_overflow_slot(t, b) = ovf;
}

ALWAYS_INLINE bool isEmpty(uint8_t top)
{
    return top <= emptyOne;
}

/* Either all slots of a chain are evacuated or none is, so one tells.
 * Go: map.go evacuated. */
ALWAYS_INLINE bool evacuated(const struct bmap *b)
{
    return b->tophash[0] > emptyOne && b->tophash[0] < minTopHash;
}

ALWAYS_INLINE struct bytes8 bmap_tops(const struct bmap *b)
{
    return bytes8_load(b->tophash);
}

/* Slots of b whose tophash is top: bit i for slot i. Eight bytes are compared
 * at once, where Go's loop looks at one after the other. */
ALWAYS_INLINE uint32_t bmap_match(const struct bmap *b, uint8_t top)
{
    return bytes8_bits(bytes8_equal(bmap_tops(b), bytes8_all(top)));
}

/* bmap_match of eight times the same byte. */
ALWAYS_INLINE uint32_t bmap_match_tops(const struct bmap *b, uint64_t tops)
{
    return bytes8_bits(bytes8_equal(bmap_tops(b), bytes8_of(tops)));
}

/* Slots of b whose tophash is at most top, a mark: bit i for slot i. */
ALWAYS_INLINE uint32_t bmap_match_upto(const struct bmap *b, uint8_t top)
{
    return bytes8_bits(bytes8_upto(bmap_tops(b), top));
}

/* True when nothing stands in the chain after b. emptyRest fills a chain from
 * some slot to its end, so where it stands at all it stands in the last. */
ALWAYS_INLINE bool bmap_is_last(const struct bmap *b)
{
    return b->tophash[bucketCnt - 1] == emptyRest;
}

/* The tophash bytes of b as one number: slot i is the byte at bit 8 * i. */
ALWAYS_INLINE uint64_t bmap_tops_word(const struct bmap *b)
{
    uint64_t word;
    memcpy(&word, b->tophash, sizeof(word));
    return word;
}

ALWAYS_INLINE void bmap_set_tops_word(struct bmap *b, uint64_t word)
{
    memcpy(b->tophash, &word, sizeof(word));
}

ALWAYS_INLINE void *key_slot(const struct maptype *t, enum mapfast f,
                             const struct bmap *b, uintptr_t i)
{
    return (char *)b + dataOffset + i * family_keysize(t, f);
}

ALWAYS_INLINE void *elem_slot(const struct maptype *t, enum mapfast f,
                              const struct bmap *b, uintptr_t i)
{
    return (char *)b + dataOffset + bucketCnt * family_keysize(t, f) +
           i * t->elemsize;
}

/* A map. */

/* A growth has begun and not ended. Go: map.go (*hmap).growing. */
ALWAYS_INLINE bool hmap_growing(const struct hmap *h)
{
    return h->oldbuckets != NULL;
}

/* … and it keeps the number of buckets. Go: map.go (*hmap).sameSizeGrow. */
ALWAYS_INLINE bool hmap_sameSizeGrow(const struct hmap *h)
{
    /* Atomic: iterations of a map that many read set their bits. */
    return (__atomic_load_n(&h->flags, __ATOMIC_RELAXED) & sameSizeGrow) != 0;
}

/* How many buckets there were before this growth.
 * Go: map.go (*hmap).noldbuckets. */
ALWAYS_INLINE uintptr_t hmap_noldbuckets(const struct hmap *h)
{
    return bucketShift((uint8_t)(h->B - !hmap_sameSizeGrow(h)));
}

/* Go: map.go (*hmap).oldbucketmask. */
ALWAYS_INLINE uintptr_t hmap_oldbucketmask(const struct hmap *h)
{
    return hmap_noldbuckets(h) - 1;
}

/*
 * Go has no lock in a map, only this mark: a writer sets it and takes it away,
 * and whoever finds it in the wrong state ends the program. It is read and
 * written as an atomic so that the compiler keeps both looks; it detects misuse
 * by luck, as Go's does, and orders nothing.
 *
 * Difference from Go, which has a bit of flags for it: here it is the sign of
 * count. flags and B are of the same four bytes, and a load from four bytes
 * that the store of a moment ago went to waits, on an Intel processor, until it
 * is known where all stores before it go: so the next write would not know its
 * own bucket before that of the last write has come from memory. To overwrite
 * one of 10^5 entries takes 8 ns this way, 19 with the mark in flags; one of
 * 10^6, 12 and 33. (That any other four bytes do as well is measured; why it is
 * so is inferred.)
 */
ALWAYS_INLINE bool hmap_is_written(const struct hmap *h)
{
    return __atomic_load_n(&h->count, __ATOMIC_RELAXED) < 0;
}

/* len(m), of a map that is being written to, too. */
ALWAYS_INLINE intptr_t hmap_count(const struct hmap *h)
{
    return h->count & INTPTR_MAX;
}

/* Begins a write; returns len(m). Nobody is writing, as the caller has seen;
 * a thread that has begun since takes the mark away again, and both find it
 * missing. */
ALWAYS_INLINE intptr_t hmap_begin_writing(struct hmap *h)
{
    intptr_t count = __atomic_load_n(&h->count, __ATOMIC_RELAXED);
    __atomic_store_n(&h->count, count ^ INTPTR_MIN, __ATOMIC_RELAXED);
    return count & INTPTR_MAX;
}

/* Ends a write after which there are count entries. The mark must still be
 * there: who took it away wrote too. */
ALWAYS_INLINE void hmap_end_writing(struct hmap *h, intptr_t count)
{
    if (UNLIKELY(!hmap_is_written(h)))
        fatal("concurrent map writes");
    __atomic_store_n(&h->count, count, __ATOMIC_RELAXED);
}

#endif
