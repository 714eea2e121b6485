/*
 * mapcheck.c: proves every invariant of a map, those numbered in mapany.c,
 * mapbucket.c (B) and mapgrow.c (G), and recomputes each of its counters.
 *
 * It only reads, and it draws no random number (a NaN is never hashed), so a
 * checked run does what an unchecked one does.
 *
 * Locking: none; the map must be at rest.
 */
#include "map/classic/mapbody.h"

/* What a walk over the chains of one array adds up to. */
struct tally {
    size_t entries;
    size_t overflow;     /* overflow buckets */
    size_t spares;       /* … of those, from the array's own spare part */
    uintptr_t addresses; /* of all overflow buckets, xored */
};

/* One of the two arrays. */
struct bucketArray {
    struct bmap *buckets;
    uint8_t B;
};

static void check_entry(const struct maptype *t, const struct hmap *h,
                        const struct slot *s, uintptr_t chain, uint8_t B)
{
    void *k = slot_key(t, MAP_SLOW, key_slot(t, MAP_SLOW, s->b, s->i));
    if (!t->key->reflexiveKey && !t->key->equal(t->key, k, k))
        return; /* a NaN: no hash leads to it */
    struct wanted want = {k, t->key->hash(t->key, k, h->hash0)};
    ASSERT((want.hash & bucketMask(B)) == chain); /* mapany.2 */
    ASSERT(s->b->tophash[s->i] == tophash(want.hash));
    struct bmap *head = chain_to_read(t, h, want.hash);
    struct slot found = chain_search(t, MAP_SLOW, head, &want, NULL);
    ASSERT(found.b == s->b && found.i == s->i); /* mapany.3 */
}

static void tally_overflow(const struct maptype *t, const struct bucketArray *a,
                           const struct bmap *b, struct tally *sum)
{
    sum->overflow++;
    sum->spares += bucket_is_spare(t, a->buckets, a->B, b);
    sum->addresses ^= (uintptr_t)b;
}

/* The slots of a chain that holds its entries; mapbucket.4, mapbucket.5,
 * mapany.2, mapany.3. */
static void check_chain(const struct maptype *t, const struct hmap *h,
                        const struct bucketArray *a, uintptr_t chain,
                        struct tally *sum)
{
    uint8_t before = minTopHash;
    struct bmap *head = bucket_at(t, a->buckets, chain);
    for (struct bmap *b = head; b != NULL; b = bmap_overflow(t, b)) {
        if (b != head)
            tally_overflow(t, a, b, sum);
        for (uint32_t i = 0; i < bucketCnt; i++) {
            uint8_t top = b->tophash[i];
            ASSERT(before != emptyRest || top == emptyRest); /* mapbucket.4 */
            ASSERT(before != emptyOne || top != emptyRest);  /* mapbucket.5 */
            before = top;
            if (isEmpty(top))
                continue;
            ASSERT(top >= minTopHash); /* mapgrow.2 */
            check_entry(t, h, &(struct slot){b, i}, chain, a->B);
            sum->entries++;
        }
    }
    ASSERT(before != emptyOne); /* mapbucket.5 */
}

/* The marks of a chain that has been evacuated. */
static void check_evacuated(const struct maptype *t,
                            const struct bucketArray *a, uintptr_t chain,
                            struct tally *sum)
{
    struct bmap *head = bucket_at(t, a->buckets, chain);
    for (struct bmap *b = head; b != NULL; b = bmap_overflow(t, b)) {
        if (b != head)
            tally_overflow(t, a, b, sum);
        for (uint32_t i = 0; i < bucketCnt; i++) /* mapgrow.2 */
            ASSERT(!isEmpty(b->tophash[i]) && b->tophash[i] < minTopHash);
    }
}

/* list is exactly the overflow buckets of one array; mapbucket.3. */
static void check_list(const struct maptype *t, const struct slice *list,
                       const struct tally *sum)
{
    if (t->bucket->ptrdata != 0) {
        ASSERT(list == NULL);
        return;
    }
    size_t n = list == NULL ? 0 : (size_t)list->len;
    uintptr_t addresses = 0;
    for (size_t i = 0; i < n; i++)
        addresses ^= (uintptr_t)((struct bmap **)list->array)[i];
    ASSERT(n == sum->overflow);
    ASSERT(addresses == sum->addresses);
}

/* The spares behind h->buckets: those handed out are in the chains, the others
 * are empty and the last carries the sign; mapbucket.2. */
static void check_spares(const struct maptype *t, const struct hmap *h,
                         const struct bucketArray *a, const struct tally *sum)
{
    size_t n = bucket_array_len(t, h->B);
    struct bmap *next = h->extra == NULL ? NULL : h->extra->nextOverflow;
    if (next == NULL) {
        ASSERT(sum->spares == n - bucketShift(h->B));
        return;
    }
    ASSERT(bucket_is_spare(t, a->buckets, a->B, next));
    struct bmap *last = bucket_at(t, h->buckets, n - 1);
    ASSERT(bmap_overflow(t, last) == h->buckets);
    size_t left = 1;
    for (struct bmap *b = next; b != last; b = bucket_at(t, b, 1), left++)
        ASSERT(bmap_overflow(t, b) == NULL);
    for (struct bmap *b = next; b <= last; b = bucket_at(t, b, 1))
        ASSERT(bmap_match(b, emptyRest) == 0xff);
    ASSERT(sum->spares + left == n - bucketShift(h->B));
}

/* The array that is being evacuated; mapgrow.1, mapgrow.2. Adds its entries
 * to *entries. */
static void check_old(const struct maptype *t, const struct hmap *h,
                      size_t *entries)
{
    struct tally sum = {.entries = 0};
    uintptr_t n = hmap_noldbuckets(h);
    struct bucketArray old = {h->oldbuckets, (uint8_t)__builtin_ctzl(n)};
    ASSERT(h->nevacuate < n);
    for (uintptr_t i = 0; i < n; i++) {
        bool done = evacuated(bucket_at(t, old.buckets, i));
        ASSERT(done || i >= h->nevacuate); /* mapgrow.1 */
        if (done)
            check_evacuated(t, &old, i, &sum);
        else
            check_chain(t, h, &old, i, &sum);
    }
    if (t->bucket->ptrdata == 0)
        check_list(t, h->extra == NULL ? NULL : h->extra->oldoverflow, &sum);
    *entries += sum.entries;
}

/* A map that has never been written; mapany.4. */
static void check_unwritten(const struct hmap *h)
{
    ASSERT(h->count == 0 && h->B == 0 && h->noverflow == 0);
    ASSERT(!hmap_growing(h));
}

void mapcheck(const struct maptype *t, const struct hmap *h)
{
    ASSERT(!hmap_is_written(h));
    if (h->buckets == NULL) {
        check_unwritten(h);
        return;
    }
    struct tally sum = {.entries = 0};
    struct bucketArray now = {h->buckets, h->B};
    for (uintptr_t i = 0; i < bucketShift(h->B); i++)
        check_chain(t, h, &now, i, &sum);
    check_list(t, h->extra == NULL ? NULL : h->extra->overflow, &sum);
    check_spares(t, h, &now, &sum);
    if (h->B < 16)
        ASSERT(h->noverflow == sum.overflow); /* mapbucket.1 */
    else
        ASSERT(h->noverflow <= sum.overflow);
    if (hmap_growing(h)) {
        check_old(t, h, &sum.entries);
    } else {
        ASSERT(!hmap_sameSizeGrow(h)); /* mapgrow.3 */
        ASSERT(h->extra == NULL ||
               h->extra->oldoverflow == NULL); /* mapgrow.4 */
    }
    ASSERT(h->count == (intptr_t)sum.entries); /* mapany.1 */
    ASSERT(!overLoadFactor(h->count, h->B));   /* mapany.5 */
}
