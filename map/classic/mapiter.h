/*
 * mapiter.h: iterations of a bucket map, and their ordinary step.
 *
 * mapiter.c goes from bucket to bucket. Where it comes to one whose entries
 * stand in it as they are, it notes which slots hold one (it->left, of which
 * the lowest is the entry given last), and the steps to those are taken here,
 * in the loop itself: a call each would take longer than the step.
 *
 * In between the loop's body may have done anything to the map. But what
 * matters to the slots of a bucket, deletion, insertion, evacuation, changes
 * its tophash bytes, so a note is good for as long as these are what they were.
 */
#ifndef MAP_CLASSIC_MAPITER_H
#define MAP_CLASSIC_MAPITER_H

#include "map/classic/bucketmap.h"
#include <string.h>

/* An iteration; its place is on the caller's stack. key is NULL at the end. The
 * last seven fields are not Go's: see mapiter.h. */
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
    uint8_t i; /* next slot: offset … offset + 8, where Go begins at 0; it is
                * kept while left is 0 */
    uintptr_t bucket;
    uintptr_t checkBucket;
    uintptr_t turn;  /* of the buckets up to here, the next is the one behind */
    uint64_t tops;   /* bptr's tophash bytes when left was found */
    uint32_t left;   /* slots of bptr from key's on: bit i, or 8 + i; or 0 */
    uint32_t window; /* all bits that left may have: offset … offset + 7 */
    size_t keysize;  /* of t, in bytes, as multiplied with */
    size_t elemsize;
    size_t elems; /* where in a bucket these begin */
};

/* for k, v := range m: begins at a random entry of h, which may be NULL; *it
 * need not be set. Until the end, entries may be added, changed and deleted by
 * the same thread. Go: map.go mapiterinit. */
void mapiterinit(const struct maptype *t, struct hmap *h, struct hiter *it);

/* The next entry wherever it is; also a safepoint, so there is one at least
 * once a bucket. */
void mapiternext_search(struct hiter *it);

/* Is it->left still true, and nobody writing? A writer's mark is what
 * mapiternext_search ends the program for. */
ALWAYS_INLINE bool hiter_note_holds(const struct hiter *it)
{
    /* First, since what was read before an atomic load is read again after. */
    intptr_t count = __atomic_load_n(&it->h->count, __ATOMIC_RELAXED);
    uint64_t tops;
    memcpy(&tops, it->bptr, sizeof(tops));
    return LIKELY(tops == it->tops) && LIKELY(count >= 0);
}

/* Gives out the first slot of left, which is not 0. */
ALWAYS_INLINE void hiter_give(struct hiter *it, uint32_t left)
{
    char *b = (char *)it->bptr;
    size_t slot = (size_t)__builtin_ctz(left) & (bucketCnt - 1);
    it->left = left;
    it->key = b + bucketCnt + slot * it->keysize; /* behind the tophash bytes */
    it->elem = b + it->elems + slot * it->elemsize;
}

/* The next entry: it->key is NULL after the last. Go: map.go mapiternext. */
ALWAYS_INLINE void mapiternext(struct hiter *it)
{
    uint32_t left = it->left & (it->left - 1);
    if (left != 0 && hiter_note_holds(it))
        hiter_give(it, left);
    else
        mapiternext_search(it);
}

#endif
