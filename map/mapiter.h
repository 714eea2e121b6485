/*
 * mapiter.h: the ordinary step of an iteration. Part of the door (map.h
 * includes it).
 *
 * mapiter.c goes from bucket to bucket. Where it comes to one whose entries
 * stand in it as they are, it notes which slots hold one (it->left, of which the
 * lowest is the entry given last), and the steps to those are taken here, in the
 * loop itself: a call each would take longer than the step.
 *
 * In between the loop's body may have done anything to the map. But what matters
 * to the slots of a bucket, deletion, insertion, evacuation, changes its tophash
 * bytes, so a note is good for as long as these are what they were.
 */
#ifndef MAP_MAPITER_H
#define MAP_MAPITER_H

#include "map/map.h"
#include <string.h>

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

ALWAYS_INLINE void mapiternext(struct hiter *it)
{
    uint32_t left = it->left & (it->left - 1);
    if (left != 0 && hiter_note_holds(it))
        hiter_give(it, left);
    else
        mapiternext_search(it);
}

#endif
