/*
 * mapbucket.h: arrays of buckets, and the overflow buckets chained to them.
 */
#ifndef MAP_MAPBUCKET_H
#define MAP_MAPBUCKET_H

#include "map/hmap.h"

/* Buckets in an array for 2^B: from B = 4 on a sixteenth more, and what the
 * size class leaves room for besides, stand behind them as spare overflow
 * buckets. Go: map.go makeBucketArray. */
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

/* Slot i of b, a bucket of the chain that begins at head, holds nothing any
 * more: marks it, and every empty slot that now ends the chain. The deletion
 * half of Go's map.go mapdelete, which has it four times. */
void bucket_free_slot(const struct maptype *t, struct bmap *head,
                      struct bmap *b, uintptr_t i);

#endif
