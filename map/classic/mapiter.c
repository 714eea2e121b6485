/*
 * mapiter.c: iteration, in an order that differs each time and that survives
 * the map's growing and shrinking under it.
 *
 * It walks the bucket array that the map had when it began, from a random
 * bucket and a random slot, round to where it began. What may have happened to
 * a slot since then:
 *
 *   nothing       its entry is given out as it stands
 *   moved away    the map has grown: its key is looked up where it is now, and
 *                 given out with what it holds now, or left out if deleted
 *   not yet here  the iteration began during a growth and this bucket is still
 *                 to be filled: the old bucket is walked instead, but only the
 *                 entries that will come here (checkBucket is this bucket)
 *
 * So each entry that is there all the time comes once, one that is deleted
 * before its turn does not come, and one that is added meanwhile may come or
 * not. There is one exception, in Go 1.19 as well: an iteration that walks an
 * old array does not notice that the map is cleared during the growth, and
 * gives the entries that had not moved yet.
 *
 * The step from one entry to the next in a bucket where nothing has happened is
 * in mapiter.h. From such a bucket to the next one it is mapiternext_search,
 * and calls nothing; give_next does it all wherever something may have
 * happened.
 *
 * Locking: none. The map's flags keep a growth from clearing the buckets that
 * an iteration walks.
 */
#include "map/classic/mapiter.h"
#include "map/classic/mapbody.h"

enum { maxB32 = 31 - bucketCntBits }; /* to here, 32 random bits are enough */

static uintptr_t random_start(uint8_t B)
{
    uintptr_t r = fastrand();
    if (B > maxB32)
        r |= (uintptr_t)fastrand() << 32;
    return r;
}

GOFRAME void mapiterinit(const struct maptype *t, struct hmap *h,
                         struct hiter *it)
{
    *it = (struct hiter){
        .t = t,
        .keysize = t->keysize,
        .elemsize = t->elemsize,
        .elems = dataOffset + (size_t)bucketCnt * t->keysize,
    };
    if (h == NULL || hmap_count(h) == 0)
        return;
    it->h = h;
    it->B = h->B;
    it->buckets = h->buckets;
    if (t->bucket->ptrdata == 0) {
        /* Keeps the overflow buckets of both arrays alive, whatever the map
         * does with its own lists meanwhile. */
        hmap_createOverflow(h);
        it->overflow = h->extra->overflow;
        it->oldoverflow = h->extra->oldoverflow;
    }
    uintptr_t r = random_start(h->B);
    it->startBucket = r & bucketMask(h->B);
    it->offset = (uint8_t)(r >> h->B & (bucketCnt - 1));
    it->window = (uint32_t)0xff << it->offset;
    it->bucket = it->startBucket;
    /* Readers may iterate side by side, hence the atomic. */
    uint8_t both = iterator | oldIterator;
    if ((__atomic_load_n(&h->flags, __ATOMIC_RELAXED) & both) != both)
        __atomic_fetch_or(&h->flags, both, __ATOMIC_RELAXED);
    mapiternext_search(it);
}
GOFRAME_OF(mapiterinit, "runtime.mapiterinit");

/* No bucket of a map. Go: map.go noCheck. */
static const uintptr_t noCheck = UINTPTR_MAX;

/* Goes to the next bucket number. False after the last. */
ALWAYS_INLINE bool next_bucket(struct hiter *it)
{
    const struct hmap *h = it->h;
    uintptr_t n = it->bucket;
    if (n == it->startBucket && it->wrapped)
        return false;
    it->bptr = bucket_at(it->t, it->buckets, n);
    it->checkBucket = noCheck;
    if (hmap_growing(h) && it->B == h->B) {
        struct bmap *old =
            bucket_at(it->t, h->oldbuckets, n & hmap_oldbucketmask(h));
        if (!evacuated(old)) {
            it->bptr = old;
            it->checkBucket = n;
        }
    }
    it->bucket = n + 1;
    it->turn = bucketShift(it->B) - 1;
    if (n == it->turn) {
        it->bucket = 0;
        it->wrapped = true;
    }
    if (it->wrapped)
        it->turn = it->startBucket;
    it->i = it->offset;
    return true;
}

/* True when the entry with key k, in an old bucket and under tophash top, will
 * move to the bucket that the iteration is at. */
static bool comes_here(const struct hiter *it, const void *k, uint8_t top)
{
    const struct type *key = it->t->key;
    if (it->checkBucket == noCheck || hmap_sameSizeGrow(it->h))
        return true;
    if (key->reflexiveKey || key->equal(key, k, k))
        return (key->hash(key, k, it->h->hash0) & bucketMask(it->B)) ==
               it->checkBucket;
    /* A NaN: evacuation will go by the low bit of its tophash. */
    return it->checkBucket >> (it->B - 1) == (top & 1);
}

/* Gives out slot i of the current bucket, or what has become of it. False when
 * it is nothing for this iteration. */
static bool give_slot(struct hiter *it, uintptr_t i)
{
    const struct maptype *t = it->t;
    struct bmap *b = it->bptr;
    uint8_t top = b->tophash[i];
    void *k = slot_key(t, MAP_SLOW, key_slot(t, MAP_SLOW, b, i));
    if (!comes_here(it, k, top))
        return false;
    bool moved = top == evacuatedX || top == evacuatedY;
    if (moved && (t->key->reflexiveKey || t->key->equal(t->key, k, k))) {
        struct slot s = access_body(t, it->h, k, MAP_SLOW);
        if (s.b == NULL)
            return false; /* deleted since */
        b = s.b;
        i = s.i;
    }
    /* A moved NaN stays as it was: nobody can have changed or deleted it. */
    it->key = slot_key(t, MAP_SLOW, key_slot(t, MAP_SLOW, b, i));
    it->elem = slot_elem(t, MAP_SLOW, elem_slot(t, MAP_SLOW, b, i));
    return true;
}

/* Of the slots in `used`, bit i for slot i, those that an iteration comes
 * to: bit i or 8 + i, so that upwards they stand in its order. */
ALWAYS_INLINE uint32_t in_order(const struct hiter *it, uint32_t used)
{
    return (used | used << bucketCnt) & it->window;
}

/* Notes for mapiternext that `left` has the slots of the current bucket from
 * the one given on, if the rest can be given as it stands: entries that
 * nobody has moved or is still to move here, in their slots. A bucket is
 * evacuated all or not at all. */
ALWAYS_INLINE void note_rest(struct hiter *it, uint32_t left)
{
    const struct maptype *t = it->t;
    if (it->checkBucket != noCheck || evacuated(it->bptr) || t->indirectkey ||
        t->indirectelem)
        return;
    it->tops = bmap_tops_word(it->bptr);
    it->left = left;
}

/* The next entry of the current bucket, and a note of what follows it. False
 * after the last. */
ALWAYS_INLINE bool give_in_bucket(struct hiter *it)
{
    const struct bmap *b = it->bptr;
    uint32_t empty =
        bmap_match_upto(b, emptyOne) | bmap_match(b, evacuatedEmpty);
    uint32_t m = in_order(it, ~empty & 0xff) & (UINT32_MAX << it->i);
    for (; m != 0; m &= m - 1) {
        uint32_t n = (uint32_t)__builtin_ctz(m);
        it->i = (uint8_t)(n + 1);
        if (give_slot(it, n & (bucketCnt - 1))) {
            note_rest(it, m);
            return true;
        }
    }
    return false;
}

/* The next entry wherever it is. */
static NOINLINE void give_next(struct hiter *it)
{
    gosafepoint();
    if (UNLIKELY(hmap_is_written(it->h)))
        fatal("concurrent map iteration and map write");
    if (it->left != 0)
        it->i = (uint8_t)(__builtin_ctz(it->left) + 1);
    it->left = 0;
    while (it->bptr != NULL || next_bucket(it)) {
        if (give_in_bucket(it))
            return;
        it->bptr = bmap_overflow(it->t, it->bptr);
        it->i = it->offset;
    }
    it->key = NULL;
    it->elem = NULL;
}

/*
 * An array too large for the cache is walked faster than the processor by
 * itself reads ahead: in its stead, the bucket 32 further on is asked for, into
 * the second level, which has room for more requests than the first. An entry
 * of 10^6 takes 4.6 ns this way, 5.5 with the first level, 6.3 without.
 */
enum { farB = 14, farBuckets = 32, intoSecondLevel = 2 };

ALWAYS_INLINE void prefetch_ahead(const struct hiter *it, struct bmap *b)
{
    if (it->B < farB)
        return;
    /* Overflow buckets lie anywhere: the next chain's is asked for now. */
    __builtin_prefetch(
        bmap_overflow(it->t, bucket_at(it->t, it->buckets, it->bucket)));
    const char *far = (const char *)bucket_at(it->t, b, farBuckets);
    for (size_t at = 0; at < it->t->bucketsize; at += CacheLine)
        __builtin_prefetch(far + at, 0, intoSecondLevel);
}

/* True when all of the current bucket has been given and nothing has happened
 * to it since: what the end of most notes looks like. */
ALWAYS_INLINE bool bucket_done(const struct hiter *it)
{
    return it->left != 0 && (it->left & (it->left - 1)) == 0 &&
           bmap_tops_word(it->bptr) == it->tops;
}

/* From a bucket that is done to the one behind it, or to the next chain; NULL
 * where give_next is to find out what comes. The bucket had a note, so no
 * growth was under way when the iteration came to it. */
ALWAYS_INLINE struct bmap *bucket_after(struct hiter *it, struct bmap *b)
{
    b = bmap_overflow(it->t, b);
    if (b != NULL)
        return b;
    uintptr_t n = it->bucket;
    if (UNLIKELY(hmap_growing(it->h)) || UNLIKELY(n >= it->turn))
        return NULL;
    it->bucket = n + 1;
    b = bucket_at(it->t, it->buckets, n);
    prefetch_ahead(it, b);
    return b;
}

/* Goes on from a bucket that is done to the next that has entries, and gives
 * the first. False where that one is not plain: give_next goes on there. */
ALWAYS_INLINE bool give_first_of_next(struct hiter *it)
{
    struct bmap *b = it->bptr;
    uint32_t left = 0;
    do {
        b = bucket_after(it, b);
        if (UNLIKELY(b == NULL))
            break;
        left = in_order(it, ~bmap_match_upto(b, minTopHash - 1) & 0xff);
    } while (left == 0 && !evacuated(b));
    it->bptr = b;
    it->left = left;
    it->i = it->offset;
    if (UNLIKELY(left == 0))
        return false;
    it->tops = bmap_tops_word(b);
    hiter_give(it, left);
    return true;
}

/* Saves no registers, as the Makefile has its last call be a jump: an entry of
 * 1000, 4 a bucket, takes 1.9 ns this way; 2.6 when the way from one plain
 * bucket to the next was a part of give_next. */
void mapiternext_search(struct hiter *it)
{
    bool plain = !gosafepoint_wanted() && LIKELY(!hmap_is_written(it->h)) &&
                 LIKELY(bucket_done(it));
    if (!plain || !give_first_of_next(it))
        give_next(it);
}
