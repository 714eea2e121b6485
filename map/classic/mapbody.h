/*
 * mapbody.h: look up, assign and delete, written once for all key families.
 *
 * Each body is inlined into thin functions of Go's names (mapany.c, mapfast.c)
 * with its family f as a constant, so that those are the frames a profile
 * shows, and each is compiled for its own kind of key.
 *
 * Where Go looks at the eight tophash bytes of a bucket one by one, and in the
 * fast32 and fast64 families at the keys instead, these bodies compare the
 * eight at once. The slot found, and the slot an entry goes to, are the same:
 * equal keys have equal top bytes, and matches are tried in slot order.
 */
#ifndef MAP_CLASSIC_MAPBODY_H
#define MAP_CLASSIC_MAPBODY_H

#include "map/classic/mapbucket.h"
#include "map/mapkey.h"
#include "map/mapshared.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/thread.h"

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
 * load by itself: key and element then come with the tophash bytes and not
 * after them: of 10^5 entries one is inserted in 12.5 ns so, in 13.5
 * without; one with a string for its key is deleted in 21, in 24 without. */
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

/* The lowest slot of m, which is not 0. */
ALWAYS_INLINE uintptr_t first_slot(uint32_t m)
{
    return (uintptr_t)(unsigned)__builtin_ctz(m);
}

/* The slot of want->key in bucket b alone, b NULL when it is not there. tops:
 * tophash_eight of its hash. */
ALWAYS_INLINE struct slot bucket_search(const struct maptype *t, enum mapfast f,
                                        struct bmap *b,
                                        const struct wanted *want,
                                        uint64_t tops)
{
    for (uint32_t m = bmap_match_tops(b, tops); m != 0; m &= m - 1) {
        uintptr_t i = first_slot(m);
        void *at = slot_key(t, f, key_slot(t, f, b, i));
        if (LIKELY(key_equal(t, f, want->key, at)))
            return (struct slot){.b = b, .i = i};
    }
    return (struct slot){.b = NULL};
}

/* The slot of want->key in the chain that begins at b. v may be NULL. */
ALWAYS_INLINE struct slot chain_search(const struct maptype *t, enum mapfast f,
                                       struct bmap *b,
                                       const struct wanted *want,
                                       struct vacancy *v)
{
    uint64_t tops = tophash_eight(want->hash);
    for (;;) {
        struct slot s = bucket_search(t, f, b, want, tops);
        if (s.b != NULL)
            return s;
        if (v != NULL && v->first.b == NULL) {
            uint32_t m = bmap_match_upto(b, emptyOne);
            if (m != 0)
                v->first = (struct slot){b, first_slot(m)};
        }
        struct bmap *next = bmap_is_last(b) ? NULL : bmap_overflow(t, b);
        if (next == NULL) {
            if (v != NULL)
                v->last = b;
            return s;
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

/* The slot of key, b NULL when it is absent. The caller has been at a
 * safepoint. Go: map.go mapaccess1. */
ALWAYS_INLINE struct slot access_body(const struct maptype *t, struct hmap *h,
                                      const void *key, enum mapfast f)
{
    if (h == NULL || hmap_count(h) == 0) {
        hash_for_panic(t, f, key);
        return (struct slot){.b = NULL};
    }
    if (UNLIKELY(hmap_is_written(h)))
        fatal("concurrent map read and map write");
    struct wanted want = {key, key_hash(t, f, key, h->hash0)};
    struct bmap *b = chain_to_read(t, h, want.hash);
    bmap_prefetch(t, f, b);
    return chain_search(t, f, b, &want, NULL);
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
        k = *(void **)k = map_newobject(h, t->key);
    if (f == MAP_SLOW && t->indirectelem)
        *(void **)elem_slot(t, f, s.b, s.i) = map_newobject(h, t->elem);
    slot_copy(k, want->key,
              f == MAP_SLOW ? t->key->size : family_keysize(t, f));
    s.b->tophash[s.i] = tophash(want->hash);
    return s;
}

/* The slot of want->key, made and counted where it was absent.
 * Go: map.go mapassign. */
ALWAYS_INLINE struct slot place_key(const struct maptype *t, struct hmap *h,
                                    const struct wanted *want, intptr_t *count,
                                    enum mapfast f)
{
    for (;;) {
        struct vacancy v = {.first = {.b = NULL}};
        struct bmap *b = chain_to_write(t, h, want->hash, f);
        struct slot s = chain_search(t, f, b, want, &v);
        if (s.b != NULL) {
            void *at = slot_key(t, f, key_slot(t, f, s.b, s.i));
            key_update(t, f, at, want->key);
            return s;
        }
        if (LIKELY(!must_grow(h, *count))) {
            ++*count;
            return new_entry(t, h, want, &v, f);
        }
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
    /* After hashing, which may have panicked. */
    intptr_t count = hmap_begin_writing(h);
    if (UNLIKELY(h->buckets == NULL))
        h->buckets = map_newobject(h, t->bucket);
    struct slot s = place_key(t, h, &want, &count, f);
    hmap_end_writing(h, count);
    if (CHECK >= 3 && map_proof_due((uint64_t)h->count))
        mapcheck(t, h);
    return slot_elem(t, f, elem_slot(t, f, s.b, s.i));
}

/* Empties slot s of the chain that begins at head. */
ALWAYS_INLINE void delete_entry(const struct maptype *t, struct bmap *head,
                                struct slot s, enum mapfast f)
{
    key_clear(t, f, key_slot(t, f, s.b, s.i));
    slot_zero(elem_slot(t, f, s.b, s.i), t->elemsize);
    bucket_free_slot(t, head, s.b, s.i);
}

/* Go: map.go mapdelete. */
ALWAYS_INLINE void delete_body(const struct maptype *t, struct hmap *h,
                               const void *key, enum mapfast f)
{
    gosafepoint();
    if (h == NULL || hmap_count(h) == 0) {
        hash_for_panic(t, f, key);
        return;
    }
    if (UNLIKELY(hmap_is_written(h)))
        fatal("concurrent map writes");
    struct wanted want = {key, key_hash(t, f, key, h->hash0)};
    intptr_t count = hmap_begin_writing(h);
    struct bmap *head = chain_to_write(t, h, want.hash, f);
    struct slot s = chain_search(t, f, head, &want, NULL);
    if (s.b != NULL) {
        delete_entry(t, head, s, f);
        count--;
        if (UNLIKELY(count == 0))
            h->hash0 = newhash0(); /* who found colliding keys begins again */
    }
    hmap_end_writing(h, count);
    if (CHECK >= 3 && map_proof_due((uint64_t)h->count))
        mapcheck(t, h);
}

#endif
