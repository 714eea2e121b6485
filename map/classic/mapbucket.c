/*
 * mapbucket.c: arrays of buckets, and the overflow buckets chained to them.
 *
 *     makemap_slow, hashGrow --makeBucketArray--> [array | spares]
 *     mapassign, evacuate --newoverflow--> a spare, else a new object
 *
 * One allocation holds an array and its spares, so a preallocated overflow
 * bucket costs no object of its own. Spares are handed out in address order:
 *
 *     buckets                 nextOverflow
 *     v                       v
 *     [ 0 | 1 | … | 2^B - 1 ][ used | free | free ]
 *                                    NULL   ^ its overflow is the array
 *
 * Locking: none; a map is written by one thread at a time (see hmap.h).
 *
 * Invariants, each verified by mapcheck:
 *   mapbucket.1  below B = 16, noverflow is the number of overflow buckets in
 *                the chains
 *   mapbucket.2  the spares from nextOverflow on are empty, and only the last
 *                of them has an overflow pointer
 *   mapbucket.3  where buckets hold no pointers, extra->overflow lists exactly
 *                the overflow buckets of the chains
 *   mapbucket.4  emptyRest in a slot means emptyRest in all that follow in its
 *                chain
 *   mapbucket.5  no emptyOne stands right before emptyRest or at the end of a
 *                chain
 */
#include "map/classic/mapbucket.h"
#include "runtime/sched/rand.h"

const uint64_t first_bytes[bucketCnt + 1] = {
    0,
    UINT64_MAX >> 56,
    UINT64_MAX >> 48,
    UINT64_MAX >> 40,
    UINT64_MAX >> 32,
    UINT64_MAX >> 24,
    UINT64_MAX >> 16,
    UINT64_MAX >> 8,
    UINT64_MAX,
};

struct mapArray bucket_array(const struct maptype *t, uint8_t B)
{
    return geometry_array(modelled, t->bucket->size, t->bucket->ptrdata == 0,
                          B);
}

size_t bucket_array_len(const struct maptype *t, uint8_t B)
{
    struct mapArray a = bucket_array(t, B);

    return a.buckets + a.spares;
}

bool bucket_is_spare(const struct maptype *t, const struct bmap *array,
                     uint8_t B, const struct bmap *b)
{
    uintptr_t at = (uintptr_t)b - (uintptr_t)array; /* huge when b is below */
    return at >= bucketShift(B) * t->bucketsize &&
           at < bucket_array_len(t, B) * t->bucketsize;
}

GOFRAME struct bmap *makeBucketArray(const struct maptype *t,
                                     const struct hmap *h, uint8_t B,
                                     struct bmap *dirtyalloc,
                                     struct bmap **nextOverflow)
{
    size_t base = bucketShift(B);
    size_t n = bucket_array_len(t, B);
    ASSERT(n >= base);
    struct bmap *buckets = dirtyalloc;
    if (buckets == NULL) {
        const void *before = map_own(h);
        buckets = newarray(t->bucket, (intptr_t)n);
        map_disown(before);
    } else {
        memset(buckets, 0, n * t->bucket->size);
    }
    *nextOverflow = NULL;
    if (n != base) {
        *nextOverflow = bucket_at(t, buckets, base);
        bmap_setoverflow(t, bucket_at(t, buckets, n - 1), buckets);
    }
    return buckets;
}
GOFRAME_OF(makeBucketArray, "runtime.makeBucketArray");

/* noverflow is 16 bits wide. Below B = 16 it counts; from there on it is raised
 * with probability 2^(15-B), so that it comes to about 2^15 when there are as
 * many overflow buckets as buckets. Go: map.go (*hmap).incrnoverflow. */
static void incrnoverflow(struct hmap *h)
{
    if (h->B < 16) {
        h->noverflow++;
        return;
    }
    uint32_t mask = ((uint32_t)1 << (h->B - 15)) - 1;
    if ((fastrand() & mask) == 0)
        h->noverflow++;
}

/* The next spare bucket of h, which must have one. */
static struct bmap *take_spare(struct hmap *h, const struct maptype *t)
{
    struct bmap *ovf = h->extra->nextOverflow;
    if (bmap_overflow(t, ovf) == NULL) {
        h->extra->nextOverflow = bucket_at(t, ovf, 1);
        return ovf;
    }
    bmap_setoverflow(t, ovf, NULL); /* the last: take its sign down */
    h->extra->nextOverflow = NULL;
    return ovf;
}

GOFRAME void hmap_createOverflow(struct hmap *h)
{
    if (h->extra == NULL)
        h->extra = map_newobject(h, mapextra_type());
    if (h->extra->overflow == NULL)
        h->extra->overflow = map_newobject(h, bmapSlice_type());
}
GOFRAME_OF(hmap_createOverflow, "runtime.(*hmap).createOverflow");

/* append(*h->extra->overflow, ovf). Inlined: in Go's chains the caller of
 * growslice is newoverflow. */
ALWAYS_INLINE void append_overflow(struct hmap *h, struct bmap *ovf)
{
    struct slice *list = h->extra->overflow;
    if (list->len == list->cap) {
        const void *before = map_own(h);
        *list = growslice(bmapPtr_type(), *list, list->len + 1);
        map_disown(before);
    }
    ((struct bmap **)list->array)[list->len++] = ovf;
}

GOFRAME struct bmap *hmap_newoverflow(struct hmap *h, const struct maptype *t,
                                      struct bmap *b)
{
    ASSERT(bmap_overflow(t, b) == NULL);
    struct bmap *ovf;
    if (h->extra != NULL && h->extra->nextOverflow != NULL)
        ovf = take_spare(h, t);
    else
        ovf = map_newobject(h, t->bucket);
    incrnoverflow(h);
    if (t->bucket->ptrdata == 0) {
        hmap_createOverflow(h);
        append_overflow(h, ovf);
    }
    bmap_setoverflow(t, b, ovf);
    return ovf;
}
GOFRAME_OF(hmap_newoverflow, "runtime.(*hmap).newoverflow");

/* True when no entry stands in the chain behind slot i of b. */
static bool nothing_behind(const struct maptype *t, const struct bmap *b,
                           uintptr_t i)
{
    if (i < bucketCnt - 1)
        return b->tophash[i + 1] == emptyRest;
    const struct bmap *next = bmap_overflow(t, b);
    return next == NULL || next->tophash[0] == emptyRest;
}

/* The bucket before b, which is not head, in the chain that begins at head. */
static struct bmap *bucket_before(const struct maptype *t, struct bmap *head,
                                  const struct bmap *b)
{
    while (bmap_overflow(t, head) != b)
        head = bmap_overflow(t, head);
    return head;
}

void chain_free_slot(const struct maptype *t, struct bmap *head, struct bmap *b,
                     uintptr_t i)
{
    b->tophash[i] = emptyOne;
    if (!nothing_behind(t, b, i))
        return;
    while (b->tophash[i] == emptyOne) {
        b->tophash[i] = emptyRest;
        if (i > 0) {
            i--;
        } else if (b != head) {
            b = bucket_before(t, head, b);
            i = bucketCnt - 1;
        }
    }
}
