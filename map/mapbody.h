/*
 * mapbody.h: look up, assign and delete, written once for all key families.
 *
 * Each body is inlined into thin functions of Go's names (map.c, mapfast.c)
 * with its family f as a constant, so that those are the frames a profile
 * shows, and each is compiled for its own kind of key.
 *
 * Where Go looks at the eight tophash bytes of a bucket one by one, and in the
 * fast32 and fast64 families at the keys instead, these bodies compare the
 * eight at once. The slot found, and the slot an entry goes to, are the same:
 * equal keys have equal top bytes, and matches are tried in slot order.
 */
#ifndef MAP_MAPBODY_H
#define MAP_MAPBODY_H

#include "map/mapbucket.h"
#include "map/mapgrow.h"
#include "map/mapkey.h"
#include "map/mapzero.h"
#include "runtime/rand.h"
#include "runtime/world.h"

/* Slot i of bucket b; b is NULL for no slot. */
struct slot {
    struct bmap *b;
    uintptr_t i;
};

/* What is looked for. */
struct wanted {
    const void *key;
    uintptr_t hash;
};

/* What a search that found nothing has seen: where the key may be put. */
struct vacancy {
    struct slot first; /* the first empty slot of the chain, if any */
    struct bmap *last; /* the last bucket looked at */
};

/* Asks for the cache lines of b behind the first, which the search is going to
 * load by itself: key and element then come with the tophash bytes and not after
 * them (a hit among 10^6 entries takes 37 ns instead of 43). */
ALWAYS_INLINE void bmap_prefetch(const struct maptype *t, enum mapfast f,
                                 const struct bmap *b)
{
    enum { Line = 64 };
    const char *at = (const char *)b;
    __builtin_prefetch(at + Line);
    if (f == MAP_FASTSTR)
        __builtin_prefetch(at + (size_t)2 * Line);
    __builtin_prefetch(at + t->bucketsize - PtrSize);
}

/*
 * Of a map this large hardly a bucket is in the cache, and how soon a write ends
 * matters less than how soon the writes after it begin to wait for theirs.
 * What keeps them is a store of which the address is not known yet: no load goes
 * out before this bucket has come. (So it measures; that loads may not overtake
 * such a store here, speculative store bypass being off, is inferred.) So in a
 * large map a slot's number reaches an address by way of a jump that is
 * predicted (first_slot), or the address does not depend on it at all
 * (clear_eighth). A wrong guess costs little there: what is done meanwhile for
 * the writes that follow has asked for their buckets.
 *
 * make and 10^6 inserts take 47 ns an insert so, 84 without; 10^6 deletes 30,
 * 86 without; with 10^5 entries, B = 14, it would be 25 and not 17.
 */
enum { largeB = 16 };

ALWAYS_INLINE bool hmap_is_large(const struct hmap *h)
{
    return h->B >= largeB;
}

/* The lowest slot of m, which is not 0. guess: it is counted up to rather than
 * computed, so that it is known as soon as the processor guesses how often the
 * loop turns, before m has come. */
ALWAYS_INLINE uintptr_t first_slot(uint32_t m, bool guess)
{
    if (!guess)
        return (uintptr_t)(unsigned)__builtin_ctz(m);
    uintptr_t i = 0;
    while ((m >> i & 1) == 0)
        i++;
    return i;
}

/* The slot of want->key in the chain that begins at b. v may be NULL. guess: a
 * write to a large map, see first_slot. */
ALWAYS_INLINE struct slot chain_search(const struct maptype *t, enum mapfast f,
                                       struct bmap *b,
                                       const struct wanted *want,
                                       struct vacancy *v, bool guess)
{
    uint64_t tops = tophash_eight(want->hash);
    for (;;) {
        for (uint32_t m = bmap_match_tops(b, tops); m != 0; m &= m - 1) {
            uintptr_t i = first_slot(m, guess);
            void *at = slot_key(t, f, key_slot(t, f, b, i));
            if (LIKELY(key_equal(t, f, want->key, at)))
                return (struct slot){.b = b, .i = i};
        }
        if (v != NULL && v->first.b == NULL) {
            uint32_t m = bmap_match_upto(b, emptyOne);
            if (m != 0)
                v->first = (struct slot){b, first_slot(m, guess)};
        }
        struct bmap *next = bmap_is_last(b) ? NULL : bmap_overflow(t, b);
        if (next == NULL) {
            if (v != NULL)
                v->last = b;
            return (struct slot){.b = NULL};
        }
        b = next;
    }
}

/* The chain in which hash is to be found now: while h grows, an old one until
 * it has been evacuated. */
ALWAYS_INLINE struct bmap *chain_to_read(const struct maptype *t,
                                         const struct hmap *h, uintptr_t hash)
{
    if (UNLIKELY(hmap_growing(h))) {
        uintptr_t old = hash & hmap_oldbucketmask(h);
        struct bmap *b = bucket_at(t, h->oldbuckets, old);
        if (!evacuated(b))
            return b;
    }
    return bucket_at(t, h->buckets, hash & bucketMask(h->B));
}

/* A key that cannot be hashed panics even where there is nothing to find. */
ALWAYS_INLINE void hash_for_panic(const struct maptype *t, enum mapfast f,
                                  const void *key)
{
    if (f == MAP_SLOW && t->key->hashMightPanic)
        key_hash(t, f, key, 0);
}

/* The slot of key, b NULL when it is absent. The caller has been at a safepoint.
 * Go: map.go mapaccess1. */
ALWAYS_INLINE struct slot access_body(const struct maptype *t, struct hmap *h,
                                      const void *key, enum mapfast f)
{
    if (h == NULL || h->count == 0) {
        hash_for_panic(t, f, key);
        return (struct slot){.b = NULL};
    }
    if (UNLIKELY(hmap_is_written(h)))
        fatal("concurrent map read and map write");
    struct wanted want = {key, key_hash(t, f, key, h->hash0)};
    struct bmap *b = chain_to_read(t, h, want.hash);
    bmap_prefetch(t, f, b);
    return chain_search(t, f, b, &want, NULL, false);
}

/* What a look-up that ended at s gives: the element, or zeroed memory. The fast
 * families have no large elements. */
ALWAYS_INLINE const void *slot_value(const struct maptype *t, struct slot s,
                                     enum mapfast f)
{
    if (s.b == NULL)
        return f == MAP_SLOW ? zero_value(t->elem->size) : zeroVal;
    return slot_elem(t, f, elem_slot(t, f, s.b, s.i));
}

/* The growWork that the chain of family f shows. */
ALWAYS_INLINE void grow_work(const struct maptype *t, struct hmap *h,
                             uintptr_t bucket, enum mapfast f)
{
    switch (f) {
    case MAP_FAST32:
        growWork_fast32(t, h, bucket);
        break;
    case MAP_FAST64:
        growWork_fast64(t, h, bucket);
        break;
    case MAP_FASTSTR:
        growWork_faststr(t, h, bucket);
        break;
    default:
        growWork(t, h, bucket);
    }
}

/* The chain that an entry of this hash is written to; first does the write's
 * share of a growth, so that the chain is the whole truth. */
ALWAYS_INLINE struct bmap *chain_to_write(const struct maptype *t,
                                          struct hmap *h, uintptr_t hash,
                                          enum mapfast f)
{
    uintptr_t bucket = hash & bucketMask(h->B);
    if (UNLIKELY(hmap_growing(h)))
        grow_work(t, h, bucket, f);
    struct bmap *b = bucket_at(t, h->buckets, bucket);
    bmap_prefetch(t, f, b);
    return b;
}

/* Makes an empty slot s the one of want->key, whose keysize bytes go to k. */
ALWAYS_INLINE void fill_slot(struct hmap *h, struct slot s, void *k,
                             size_t keysize, const struct wanted *want)
{
    slot_copy(k, want->key, keysize);
    s.b->tophash[s.i] = tophash(want->hash);
    h->count++;
}

/* Puts want->key into the vacancy, or behind the chain where it has none. */
ALWAYS_INLINE struct slot new_entry(const struct maptype *t, struct hmap *h,
                                    const struct wanted *want,
                                    const struct vacancy *v, enum mapfast f)
{
    struct slot s = v->first;
    if (s.b == NULL)
        s = (struct slot){.b = hmap_newoverflow(h, t, v->last), .i = 0};
    void *k = key_slot(t, f, s.b, s.i);
    if (f == MAP_SLOW && t->indirectkey)
        k = *(void **)k = hmap_newobject(h, t->key);
    if (f == MAP_SLOW && t->indirectelem)
        *(void **)elem_slot(t, f, s.b, s.i) = hmap_newobject(h, t->elem);
    fill_slot(h, s, k, f == MAP_SLOW ? t->key->size : family_keysize(t, f),
              want);
    return s;
}

/* The slot of key, made where it was absent. Go: map.go mapassign. */
ALWAYS_INLINE struct slot place_key(const struct maptype *t, struct hmap *h,
                                    const struct wanted *want, enum mapfast f)
{
    for (;;) {
        struct vacancy v = {.first = {.b = NULL}};
        struct bmap *b = chain_to_write(t, h, want->hash, f);
        struct slot s = chain_search(t, f, b, want, &v, hmap_is_large(h));
        if (s.b != NULL) {
            void *at = slot_key(t, f, key_slot(t, f, s.b, s.i));
            key_update(t, f, at, want->key);
            return s;
        }
        if (LIKELY(!must_grow(h)))
            return new_entry(t, h, want, &v, f);
        hashGrow(t, h); /* everything stands elsewhere now: search again */
    }
}

/* Where the element of key is to be stored. Go: map.go mapassign. */
ALWAYS_INLINE void *assign_body(const struct maptype *t, struct hmap *h,
                                const void *key, enum mapfast f)
{
    gosafepoint();
    if (UNLIKELY(h == NULL))
        gopanic("assignment to entry in nil map");
    if (UNLIKELY(hmap_is_written(h)))
        fatal("concurrent map writes");
    struct wanted want = {key, key_hash(t, f, key, h->hash0)};
    hmap_toggle_writing(h); /* after hashing, which may have panicked */
    if (UNLIKELY(h->buckets == NULL))
        h->buckets = hmap_newobject(h, t->bucket);
    struct slot s = place_key(t, h, &want, f);
    hmap_end_writing(h);
    CHECK_ALL(mapcheck(t, h));
    return slot_elem(t, f, elem_slot(t, f, s.b, s.i));
}

/* Does a delete store what does not depend on the slot's number (see largeB)? It
 * does so where elements are of 8 bytes, in less large maps too and not in the
 * largest: 10^5 deletes of integers, B = 14, take 19 ns so, 22 without; 10^6,
 * B = 18, 32 and 43; but 3 * 10^6, B = 19, would take 87 and not 80, of strings
 * 147 and not 126, and 10^7 of strings 164 and not 115. */
ALWAYS_INLINE bool writes_eighths(const struct maptype *t, const struct hmap *h)
{
    enum { eighthsB = 13, eighthsEnd = 19 };
    return h->B >= eighthsB && h->B < eighthsEnd &&
           t->elemsize == sizeof(uint64_t);
}

/* Clears the key and the element of slot s. */
ALWAYS_INLINE void clear_entry(const struct maptype *t, enum mapfast f,
                               struct slot s, bool eighths)
{
    if (f == MAP_FASTSTR && eighths)
        clear_eighth(key_slot(t, f, s.b, 0), 2, s.i);
    else
        key_clear(t, f, key_slot(t, f, s.b, s.i));
    if (eighths)
        clear_eighth(elem_slot(t, f, s.b, 0), 1, s.i);
    else
        slot_zero(elem_slot(t, f, s.b, s.i), t->elemsize);
}

/* Empties slot s of the chain that begins at head. */
ALWAYS_INLINE void delete_entry(const struct maptype *t, struct hmap *h,
                                struct bmap *head, struct slot s,
                                enum mapfast f, bool eighths)
{
    clear_entry(t, f, s, eighths);
    bucket_free_slot(t, head, s.b, s.i);
    h->count--;
    if (h->count == 0)
        h->hash0 = newhash0(); /* who found colliding keys begins again */
}

/* Go: map.go mapdelete. */
ALWAYS_INLINE void delete_body(const struct maptype *t, struct hmap *h,
                               const void *key, enum mapfast f)
{
    gosafepoint();
    if (h == NULL || h->count == 0) {
        hash_for_panic(t, f, key);
        return;
    }
    if (UNLIKELY(hmap_is_written(h)))
        fatal("concurrent map writes");
    struct wanted want = {key, key_hash(t, f, key, h->hash0)};
    hmap_toggle_writing(h);
    struct bmap *head = chain_to_write(t, h, want.hash, f);
    bool eighths = writes_eighths(t, h);
    bool guess = hmap_is_large(h) && !eighths;
    struct slot s = chain_search(t, f, head, &want, NULL, guess);
    if (s.b != NULL)
        delete_entry(t, h, head, s, f, eighths);
    hmap_end_writing(h);
    CHECK_ALL(mapcheck(t, h));
}

#endif
