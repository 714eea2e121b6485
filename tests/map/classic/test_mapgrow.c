/*
 * test_mapgrow.c: when a map grows, to what, and how its entries move.
 */
#include "alloc/page/limits.h"
#include "map/classic/mapbucket.h"
#include "map/mapview.h"
#include "tests/mapmodel.h"

static struct mapGrowth seen[64];
static size_t nseen;

static void remember(const struct mapGrowth *g)
{
    cr_assert_lt(nseen, ARRAY_LEN(seen));
    seen[nseen++] = *g;
}

static struct hmap *fill(const struct maptype *t, uint64_t n)
{
    struct hmap *h = makemap_small();
    for (uint64_t k = 0; k < n; k++)
        *(uint64_t *)mapassign_fast64(t, h, k) = k;
    return h;
}

Test(mapgrow, doubles_at_six_and_a_half_entries_a_bucket)
{
    static const struct {
        intptr_t count;
        size_t bytes;
    } want[] = {
        {8, 288},    {13, 576},    {26, 1152},   {52, 2688},
        {104, 5376}, {208, 10240}, {416, 20480}, {832, 40960},
    };
    map_setup(1);
    mapgrow_hook = remember;
    fill(maptype_must("map[int]int"), 1000);
    cr_assert_eq(nseen, ARRAY_LEN(want));
    for (size_t i = 0; i < nseen; i++) {
        cr_expect_eq(seen[i].count, want[i].count);
        cr_expect_eq(seen[i].bytes, want[i].bytes);
        cr_expect_eq(seen[i].oldB, i);
        cr_expect_eq(seen[i].newB, i + 1);
        cr_expect_not(seen[i].sameSize);
    }
}

Test(mapgrow, load_factor)
{
    for (uint8_t B = 0; B < 40; B++) {
        intptr_t most = (intptr_t)geometry_capacity(B);
        cr_expect_not(overLoadFactor(most, B));
        cr_expect(overLoadFactor(most + 1, B));
    }
    cr_assert_eq(geometry_capacity(0), 8);
    cr_assert_eq(geometry_capacity(1), 13);
    cr_assert_eq(geometry_capacity(10), 6656);
}

Test(mapgrow, too_many_overflow_buckets)
{
    cr_assert(tooManyOverflowBuckets(1, 0));
    cr_assert_not(tooManyOverflowBuckets(0, 0));
    cr_assert_not(tooManyOverflowBuckets((1 << 14) - 1, 14));
    cr_assert(tooManyOverflowBuckets(1 << 14, 14));
    cr_assert_not(tooManyOverflowBuckets((1 << 15) - 1, 30));
    cr_assert(tooManyOverflowBuckets(1 << 15, 30));
}

/* The old buckets that have moved, by the rule alone. */
struct moved {
    size_t n, first; /* below first all have */
    bool has[4096];
};

static void move_to(struct moved *m, size_t bucket)
{
    m->has[bucket] = true;
    while (m->first < m->n && m->has[m->first])
        m->first++;
}

/* A write moves its own bucket, then the first that is still there. */
static void write_to(struct moved *m, size_t bucket)
{
    move_to(m, bucket);
    if (m->first < m->n)
        move_to(m, m->first);
}

static size_t old_bucket(const struct hmap *h, uint64_t key)
{
    return memhash64(&key, h->hash0) & (hmap_noldbuckets(h) - 1);
}

/* A growth is paid for by the writes that follow it. The one that begins it is
 * of key k - 1, all others of key 0. */
Test(mapgrow, each_write_moves_its_bucket_and_the_first_that_is_left)
{
    static struct moved m;
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    for (uint64_t n = 8; n < 4000; n = n * 2 + 5) {
        struct hmap *h = fill(t, n);
        uint64_t k = n;
        while (!bucketview_growing(door(h)))
            mapassign_fast64(t, h, k++);
        m = (struct moved){.n = hmap_noldbuckets(h)};
        write_to(&m, old_bucket(h, k - 1));
        for (size_t own = old_bucket(h, 0); m.first < m.n; write_to(&m, own)) {
            cr_assert(bucketview_growing(door(h)));
            mapassign_fast64(t, h, 0); /* overwriting works too */
            mapcheck(t, h);
        }
        cr_assert_not(bucketview_growing(door(h)));
    }
}

Test(mapgrow, deleting_does_a_growths_work_too)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    struct hmap *h = fill(t, 105);
    cr_assert(bucketview_growing(door(h)));
    for (uint64_t k = 0; k < 16; k++) {
        mapdelete_fast64(t, h, k);
        mapcheck(t, h);
    }
    cr_assert_not(bucketview_growing(door(h)));
    cr_assert_eq(h->count, 105 - 16);
}

/* Inserting new keys and deleting the oldest, as a cache does: the number of
 * entries stays, overflow buckets pile up until the map is packed anew. */
Test(mapgrow, same_size_growth_packs_a_map_that_churns)
{
    map_setup(1);
    mapgrow_hook = remember;
    const struct maptype *t = maptype_must("map[int]int");
    struct hmap *h = makemap(t, 0, NULL);
    enum { Live = 50 };
    uint64_t k = 0;
    size_t bigger = 0;
    while (nseen == 0 || !seen[nseen - 1].sameSize) {
        mapassign_fast64(t, h, k);
        if (k >= Live)
            mapdelete_fast64(t, h, k - Live);
        k++;
        cr_assert_lt(k, 1000000);
    }
    for (size_t i = 0; i < nseen; i++)
        bigger += !seen[i].sameSize;
    cr_assert_eq(bigger, 3, "50 entries fit 8 buckets");
    cr_assert_eq(seen[nseen - 1].oldB, seen[nseen - 1].newB);
    cr_assert_geq(seen[nseen - 1].noverflow, 8);
    while (bucketview_growing(door(h))) {
        mapassign_fast64(t, h, k - 1);
        mapcheck(t, h);
    }
    cr_assert_lt(h->noverflow, 8);
    for (uint64_t i = k - Live; i < k; i++) {
        bool ok;
        mapaccess2_fast64(t, h, i, &ok);
        cr_assert(ok);
    }
}

/* A large key is boxed once: growing copies the pointer. */
Test(mapgrow, large_keys_and_elements_do_not_move)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[[17]int64][17]int64");
    struct hmap *h = makemap_small();
    void *elem[300];
    int64_t key[17] = {0};
    struct MemStats before, after;
    for (int64_t k = 0; k < 300; k++) {
        key[16] = k;
        elem[k] = map_assign(t, door(h), key);
        mapcheck(t, h);
    }
    readmemstats(&before);
    for (int64_t k = 0; k < 300; k++) {
        key[16] = k;
        cr_assert_eq(map_assign(t, door(h), key), elem[k]);
    }
    readmemstats(&after);
    cr_assert_eq(after.Mallocs, before.Mallocs);
}

/* The letters of old bucket 0 of h. */
static const char *old_letters(const struct maptype *t, const struct hmap *h)
{
    static char text[bucketCnt + 1];
    struct bucketWalk w;
    struct bucketView v;
    bucketview_begin(&w, t, door(h));
    cr_assert(bucketview_next(&w, &v) && v.old);
    for (int i = 0; i < bucketCnt; i++)
        text[i] = bucketview_letter(v.tophash[i]);
    return text;
}

/* A full bucket splits by one hash bit, and both halves keep their order. */
Test(mapgrow, evacuation_marks_each_slot_with_its_destination)
{
    map_setup(1);
    hash0_pin(42);
    const struct maptype *t = maptype_must("map[int]int");
    struct hmap *h = fill(t, 13);
    while (bucketview_growing(door(h)))
        mapassign_fast64(t, h, 0);
    struct bmap *was = bucket_at(t, h->buckets, 0);
    char want[bucketCnt + 1] = {0};
    for (uint32_t i = 0; i < bucketCnt; i++) {
        const uint64_t *key = (const void *)(was->data + i * sizeof(*key));
        uintptr_t hash = memhash64(key, h->hash0);
        want[i] = isEmpty(was->tophash[i]) ? '-' : (hash & 2) ? 'y' : 'x';
    }
    hashGrow(t, h);
    growWork(t, h, 2); /* is filled from old bucket 0 */
    cr_assert_eq(h->oldbuckets, NULL, "two old buckets, both evacuated");
    h->oldbuckets = was;
    cr_assert_str_eq(old_letters(t, h), want);
}

/* Old buckets with pointers are emptied for the collector's sake, unless an
 * iteration may be walking them. */
Test(mapgrow, old_buckets_are_cleared_unless_iterated)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[*int]*int");
    for (int iterated = 0; iterated < 2; iterated++) {
        struct model *m = model_new(t, 100);
        struct hmap *h = makemap_small();
        for (size_t k = 0; k < 8; k++)
            both_insert(t, door(h), m, k, k);
        struct bmap *old = h->buckets;
        struct hiter it;
        if (iterated)
            mapiterinit(t, h, &it);
        both_insert(t, door(h), m, 8, 8);
        cr_assert_neq(h->buckets, old);
        bool cleared = true;
        for (size_t i = 0; i + dataOffset < t->bucketsize; i++)
            cleared = cleared && old->data[i] == 0;
        cr_assert_eq(cleared, !iterated);
        free(m);
    }
}

/* The memory of a large old array goes back when the growth ends, unless an
 * iteration may be walking it. */
Test(mapgrow, a_large_old_array_is_discarded_unless_iterated)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[uint64]uint64");
    uint64_t nbuckets = 1;
    while (nbuckets * t->bucketsize < discardFrom)
        nbuckets *= 2;
    uint64_t n = nbuckets * 13 / 2;
    for (int iterated = 0; iterated < 2; iterated++) {
        struct hmap *h = fill(t, n);
        const struct bmap *old = h->buckets;
        cr_assert_not(hmap_growing(h));
        cr_assert_eq(bucketShift(h->B), nbuckets);
        struct hiter it;
        if (iterated)
            mapiterinit(t, h, &it);
        for (uint64_t k = n; k < n + nbuckets; k++)
            *(uint64_t *)mapassign_fast64(t, h, k) = k;
        cr_assert_not(hmap_growing(h));
        cr_assert_eq(old->tophash[0] == 0, !iterated);
        uint64_t sum = 0;
        for (; iterated && it.key != NULL; mapiternext(&it))
            sum += *(const uint64_t *)it.key < n;
        cr_assert_eq(sum, iterated ? n : 0);
    }
}
