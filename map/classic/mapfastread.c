/*
 * mapfastread.c: look-ups of keys of 4 plain bytes, of 8 plain bytes and of
 * strings.
 *
 * The ordinary look-up calls nothing: in a map with entries that nobody writes
 * to, of a key that is hashed in line. All else is left to functions that do
 * not come back here: far_… where the map is too large for the cache or AES
 * does not hash, other_… for whatever else. So a look-up needs no frame, and
 * since none allocates, no chain misses it: the Makefile has this file compiled
 * without frames, with jumps for last calls. Among 1000 integers a hit took 3.2
 * ns this way, 3.6 with both frame and calls.
 *
 * Difference: in a map of one bucket Go's fast look-ups compare keys without
 * hashing; here they take the one way that all look-ups take.
 */
#include "map/classic/mapbody.h"

/* A map with entries, and so with buckets, that nobody writes to: count is
 * positive in no other. */
ALWAYS_INLINE bool read_is_ordinary(const struct hmap *h, const void *key,
                                    enum mapfast f)
{
    return !gosafepoint_wanted() && LIKELY(h != NULL) &&
           LIKELY(__atomic_load_n(&h->count, __ATOMIC_RELAXED) > 0) &&
           key_is_short(f, key);
}

/* The bucket behind b, or one without entries where nothing stands behind b.
 * Without a branch: a third of the first buckets may be full, no telling which,
 * and a wrong guess waits for the bucket to come. A miss among 10^5
 * integers, 6.1 a bucket, takes 7.6 ns this way, 12 with the branch; among
 * 10^6,
 * 3.8 a bucket, it would take a quarter more. */
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

/* access_body of such a look-up in a small map, where AES hashes. */
ALWAYS_INLINE struct slot access_near(const struct maptype *t, struct hmap *h,
                                      const void *key, enum mapfast f)
{
    struct wanted want = {key, short_key_aeshash(f, key, h->hash0)};
    struct bmap *b = chain_to_read(t, h, want.hash);
    return chain_search(t, f, b, &want, NULL);
}

enum { hitB = 16 }; /* from here on what a hit needs is asked for ahead */

/*
 * The same in a map that is likely not in the cache, and by the fallback hash
 * in any. From hitB on it asks ahead for what a hit will need. A miss needs no
 * more than the first line: it pays for the asking where a map is just too
 * large for the cache, and gains where the map is larger still.
 *
 * Measured (rows Map, key=int64 and, in brackets, string; ns without -> with):
 *   1e5 entries, B = 14   miss 7.6 (11.1) -> 14 (14.2)
 *                         hit  11.4 (22.9) -> 9.3 (21.7)
 *   1e6 entries           miss 23 (32) -> 18 (26)
 *                         hit  24 (56) -> 20 (49)
 */
ALWAYS_INLINE struct slot access_far(const struct maptype *t, struct hmap *h,
                                     const void *key, enum mapfast f)
{
    if (!key_is_short(f, key))
        __builtin_unreachable(); /* so that none of this calls anything */
    struct wanted want = {key, short_key_hash(t, f, key, h->hash0)};
    struct bmap *b = chain_to_read(t, h, want.hash);
    if (h->B >= hitB)
        bmap_prefetch(t, f, b);
    if (hmap_is_dense(h)) {
        struct slot s = bucket_search(t, f, b, &want, tophash_eight(want.hash));
        if (s.b != NULL)
            return s;
        b = bucket_behind(t, b);
    }
    return chain_search(t, f, b, &want, NULL);
}

/* What a look-up that ended at s gives: the element or zeroed memory, and *ok,
 * where ok is not NULL. */
ALWAYS_INLINE const void *give(const struct maptype *t, struct slot s, bool *ok,
                               enum mapfast f)
{
    if (ok != NULL)
        *ok = s.b != NULL;
    return slot_value(t, s, f);
}

ALWAYS_INLINE const void *read_other(const struct maptype *t, struct hmap *h,
                                     const void *key, bool *ok, enum mapfast f)
{
    gosafepoint();
    return give(t, access_body(t, h, key, f), ok, f);
}

/* 4 bytes. Go: map_fast32.go */

static NOINLINE const void *other_fast32(const struct maptype *t,
                                         struct hmap *h, uint32_t key, bool *ok)
{
    return read_other(t, h, &key, ok, MAP_FAST32);
}

static NOINLINE const void *far_fast32(const struct maptype *t, struct hmap *h,
                                       uint32_t key, bool *ok)
{
    return give(t, access_far(t, h, &key, MAP_FAST32), ok, MAP_FAST32);
}

const void *mapaccess1_fast32(const struct maptype *t, struct hmap *h,
                              uint32_t key)
{
    if (!read_is_ordinary(h, &key, MAP_FAST32))
        return other_fast32(t, h, key, NULL);
    if (UNLIKELY(h->B >= aesSmallB))
        return far_fast32(t, h, key, NULL);
    return give(t, access_near(t, h, &key, MAP_FAST32), NULL, MAP_FAST32);
}

const void *mapaccess2_fast32(const struct maptype *t, struct hmap *h,
                              uint32_t key, bool *ok)
{
    if (!read_is_ordinary(h, &key, MAP_FAST32))
        return other_fast32(t, h, key, ok);
    if (UNLIKELY(h->B >= aesSmallB))
        return far_fast32(t, h, key, ok);
    return give(t, access_near(t, h, &key, MAP_FAST32), ok, MAP_FAST32);
}

/* 8 bytes. Go: map_fast64.go */

static NOINLINE const void *other_fast64(const struct maptype *t,
                                         struct hmap *h, uint64_t key, bool *ok)
{
    return read_other(t, h, &key, ok, MAP_FAST64);
}

static NOINLINE const void *far_fast64(const struct maptype *t, struct hmap *h,
                                       uint64_t key, bool *ok)
{
    return give(t, access_far(t, h, &key, MAP_FAST64), ok, MAP_FAST64);
}

const void *mapaccess1_fast64(const struct maptype *t, struct hmap *h,
                              uint64_t key)
{
    if (!read_is_ordinary(h, &key, MAP_FAST64))
        return other_fast64(t, h, key, NULL);
    if (UNLIKELY(h->B >= aesSmallB))
        return far_fast64(t, h, key, NULL);
    return give(t, access_near(t, h, &key, MAP_FAST64), NULL, MAP_FAST64);
}

const void *mapaccess2_fast64(const struct maptype *t, struct hmap *h,
                              uint64_t key, bool *ok)
{
    if (!read_is_ordinary(h, &key, MAP_FAST64))
        return other_fast64(t, h, key, ok);
    if (UNLIKELY(h->B >= aesSmallB))
        return far_fast64(t, h, key, ok);
    return give(t, access_near(t, h, &key, MAP_FAST64), ok, MAP_FAST64);
}

/* Strings. Go: map_faststr.go */

static NOINLINE const void *other_faststr(const struct maptype *t,
                                          struct hmap *h, struct gostring key,
                                          bool *ok)
{
    return read_other(t, h, &key, ok, MAP_FASTSTR);
}

static NOINLINE const void *far_faststr(const struct maptype *t, struct hmap *h,
                                        struct gostring key, bool *ok)
{
    return give(t, access_far(t, h, &key, MAP_FASTSTR), ok, MAP_FASTSTR);
}

const void *mapaccess1_faststr(const struct maptype *t, struct hmap *h,
                               struct gostring key)
{
    if (!read_is_ordinary(h, &key, MAP_FASTSTR))
        return other_faststr(t, h, key, NULL);
    if (UNLIKELY(h->B >= aesSmallB))
        return far_faststr(t, h, key, NULL);
    return give(t, access_near(t, h, &key, MAP_FASTSTR), NULL, MAP_FASTSTR);
}

const void *mapaccess2_faststr(const struct maptype *t, struct hmap *h,
                               struct gostring key, bool *ok)
{
    if (!read_is_ordinary(h, &key, MAP_FASTSTR))
        return other_faststr(t, h, key, ok);
    if (UNLIKELY(h->B >= aesSmallB))
        return far_faststr(t, h, key, ok);
    return give(t, access_near(t, h, &key, MAP_FASTSTR), ok, MAP_FASTSTR);
}
