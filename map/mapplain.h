/*
 * mapplain.h: the ordinary case of look up, assign and delete in the fast
 * families: a map with buckets that is not growing, nobody else at work, a short
 * key, a first bucket that has it or has room for it. Nothing here calls
 * anything, so that a function whose other cases are left to another one saves
 * no registers; and a writer's flag is taken down to what it was, where a growth
 * might have changed the flags.
 *
 * A case that turns out not to be plain is given back as if nothing had been
 * done: the bodies of mapbody.h begin anew, and decide everything.
 */
#ifndef MAP_MAPPLAIN_H
#define MAP_MAPPLAIN_H

#include "map/mapbody.h"

ALWAYS_INLINE bool op_is_plain(const struct hmap *h, const void *key,
                               enum mapfast f)
{
    return !gosafepoint_wanted() && LIKELY(h != NULL) &&
           LIKELY(h->buckets != NULL) && LIKELY(!hmap_is_written(h)) &&
           key_is_short(f, key);
}

/* op_is_plain for a write. */
ALWAYS_INLINE bool write_is_plain(const struct hmap *h, const void *key,
                                  enum mapfast f)
{
    return op_is_plain(h, key, f) && LIKELY(!hmap_growing(h));
}

/*
 * write_is_plain for an assignment. Maps of a middling size, which lie about the
 * second cache, are assigned to faster the general way, with half as many
 * instructions again. Measured, not understood: make and 10^5 inserts, B = 14,
 * take 15.7 ns each there and 20.4 here, of strings 23.5 and 27.8; 5 * 10^4 and
 * 2 * 10^5 likewise; 10^6, B = 18, would take 61 there and not 48. It is not the
 * buckets that are given back, prefetching, the registers saved, stores across
 * two cache lines, or where the code lies. To toggle the flags, each time
 * waiting for the last, makes up for a fifth of it.
 */
ALWAYS_INLINE bool assign_is_plain(const struct hmap *h, const void *key,
                                   enum mapfast f)
{
    return write_is_plain(h, key, f) && (h->B < missB || hmap_is_large(h));
}

/* The slot of key in bucket b alone, b NULL when it is not there. */
ALWAYS_INLINE struct slot bucket_search(const struct maptype *t, enum mapfast f,
                                        struct bmap *b,
                                        const struct wanted *want, bool guess)
{
    uint32_t m = bmap_match_tops(b, tophash_eight(want->hash));
    for (; m != 0; m &= m - 1) {
        uintptr_t i = first_slot(m, guess);
        if (LIKELY(key_equal(t, f, want->key, key_slot(t, f, b, i))))
            return (struct slot){.b = b, .i = i};
    }
    return (struct slot){.b = NULL};
}

/* Asks for bucket b where it is likely not in the cache: a hit among 1000
 * entries takes 3.5 ns so, 3.7 if it were always done. */
ALWAYS_INLINE void plain_prefetch(const struct maptype *t, const struct hmap *h,
                                  enum mapfast f, const struct bmap *b)
{
    if (UNLIKELY(h->B >= missB))
        bmap_prefetch(t, f, b);
}

/* The bucket behind b, or one without entries where nothing stands behind b.
 * Without a branch: a third of the first buckets may be full, no telling which,
 * and a wrong guess waits for the bucket to come. A miss among 10^5 integers, 6.1
 * a bucket, takes a fifth less so; among 10^6, 3.8 a bucket, it would take a
 * quarter more. */
ALWAYS_INLINE struct bmap *bucket_behind(const struct maptype *t,
                                         const struct bmap *b)
{
    uintptr_t next = (uintptr_t)bmap_overflow(t, b);
    next &= (uintptr_t)bmap_is_last(b) - 1;
    next |= (uintptr_t)zeroVal & -(uintptr_t)(next == 0);
    return (struct bmap *)next;
}

/* Are so many entries in h that many first buckets are full? With 5 a bucket an
 * eighth of them is. */
ALWAYS_INLINE bool hmap_is_dense(const struct hmap *h)
{
    enum { Dense = 5 };
    return (uintptr_t)h->count >= Dense * bucketShift(h->B);
}

/* access_body where op_is_plain. */
ALWAYS_INLINE struct slot access_plain(const struct maptype *t, struct hmap *h,
                                       const void *key, enum mapfast f)
{
    struct wanted want = {key, short_key_hash(t, f, key, h->hash0)};
    struct bmap *b = chain_to_read(t, h, want.hash);
    return chain_search(t, f, b, &want, NULL, false);
}

/*
 * The same in a map that is likely not in the cache. What is asked for ahead is
 * for a hit; a miss needs no more than the first line, and pays where the map is
 * just too large: among 10^5, B = 14, a miss takes 9.2 ns so (strings 14.2), 11.7
 * (17.4) with it, a hit 13.8 (29), 11.6 (26) with it; among 10^6 a miss takes 22
 * (33), 31 (40) without, a hit 26 (70), 33 (74) without.
 */
ALWAYS_INLINE struct slot access_far(const struct maptype *t, struct hmap *h,
                                     const void *key, enum mapfast f)
{
    struct wanted want = {key, short_key_hash(t, f, key, h->hash0)};
    struct bmap *b = chain_to_read(t, h, want.hash);
    if (hmap_is_large(h))
        bmap_prefetch(t, f, b);
    if (hmap_is_dense(h)) {
        struct slot s = bucket_search(t, f, b, &want, false);
        if (s.b != NULL)
            return s;
        b = bucket_behind(t, b);
    }
    return chain_search(t, f, b, &want, NULL, false);
}

/* Raises the flag of a writer and returns the flags before. */
ALWAYS_INLINE uint8_t plain_begin(struct hmap *h)
{
    uint8_t flags = __atomic_load_n(&h->flags, __ATOMIC_RELAXED);
    __atomic_store_n(&h->flags, (uint8_t)(flags | hashWriting),
                     __ATOMIC_RELAXED);
    return flags;
}

/* Ends a write as hmap_end_writing does, but does not wait for the flags that
 * plain_begin has stored. */
ALWAYS_INLINE void plain_end(struct hmap *h, uint8_t flags)
{
    if (UNLIKELY(!hmap_is_written(h)))
        fatal("concurrent map writes");
    __atomic_store_n(&h->flags, flags, __ATOMIC_RELAXED);
}

/* The slot of want->key, made where it was absent; b NULL if that takes more than
 * the first bucket of its chain. */
ALWAYS_INLINE struct slot place_plain(const struct maptype *t, struct hmap *h,
                                      const struct wanted *want, enum mapfast f)
{
    struct bmap *b = bucket_at(t, h->buckets, want->hash & bucketMask(h->B));
    plain_prefetch(t, h, f, b);
    bool guess = hmap_is_large(h);
    struct slot s = bucket_search(t, f, b, want, guess);
    if (s.b != NULL) {
        key_update(t, f, key_slot(t, f, s.b, s.i), want->key);
        return s;
    }
    uint32_t empty = bmap_match_upto(b, emptyOne);
    bool whole = bmap_is_last(b) || bmap_overflow(t, b) == NULL;
    if (UNLIKELY(empty == 0) || UNLIKELY(!whole) || UNLIKELY(must_grow(h)))
        return s;
    s = (struct slot){.b = b, .i = first_slot(empty, guess)};
    fill_slot(h, s, key_slot(t, f, b, s.i), family_keysize(t, f), want);
    return s;
}

/* assign_body where assign_is_plain; NULL where it turns out not to be. */
ALWAYS_INLINE void *assign_plain(const struct maptype *t, struct hmap *h,
                                 const void *key, enum mapfast f)
{
    struct wanted want = {key, short_key_hash(t, f, key, h->hash0)};
    uint8_t flags = plain_begin(h);
    struct slot s = place_plain(t, h, &want, f);
    plain_end(h, flags);
    CHECK_ALL(mapcheck(t, h));
    return s.b == NULL ? NULL : elem_slot(t, f, s.b, s.i);
}

/* delete_body where write_is_plain and the map has more than one entry. False
 * where it turns out not to be plain: the first bucket of the key's chain does
 * not tell where the key is, or where the chain ends. */
ALWAYS_INLINE bool delete_plain(const struct maptype *t, struct hmap *h,
                                const void *key, enum mapfast f)
{
    struct wanted want = {key, short_key_hash(t, f, key, h->hash0)};
    uint8_t flags = plain_begin(h);
    struct bmap *b = bucket_at(t, h->buckets, want.hash & bucketMask(h->B));
    plain_prefetch(t, h, f, b);
    bool eighths = writes_eighths(t, h);
    bool guess = hmap_is_large(h) && !eighths;
    struct slot s = bucket_search(t, f, b, &want, guess);
    bool plain =
        LIKELY(s.b != NULL) ? bucket_tells_end(t, b, s.i) : bmap_is_last(b);
    if (LIKELY(plain) && LIKELY(s.b != NULL)) {
        clear_entry(t, f, s, eighths);
        bmap_set_tops_word(b, tops_without(bmap_tops_word(b), s.i));
        h->count--;
    }
    plain_end(h, flags);
    CHECK_ALL(mapcheck(t, h));
    return plain;
}

#endif
