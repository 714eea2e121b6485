/*
 * test_bucketview.c: what is told of a map agrees with the map.
 */
#include "map/classic/bucketview.h"
#include "tests/mapmodel.h"

Test(bucketview, hints)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    static const struct {
        intptr_t hint;
        uint8_t B;
    } want[] = {
        {0, 0},  {8, 0},    {9, 1},     {13, 1},     {14, 2},
        {26, 2}, {27, 3},   {100, 4},   {104, 4},    {105, 5},
        {-5, 0}, {1024, 8}, {6656, 10}, {10000, 11}, {INTPTR_MAX, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        cr_expect_eq(bucketview_hintB(t, want[i].hint), want[i].B);
        struct hmap *h = makemap(t, want[i].hint, NULL);
        cr_expect_eq(h->B, want[i].B);
    }
}

/* A hint of n entries, n of them, and no growth. */
Test(bucketview, capacity_is_when_a_map_grows)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    for (uint8_t B = 0; B < 9; B++) {
        size_t n = geometry_capacity(B);
        struct hmap *h = makemap(t, (intptr_t)n, NULL);
        for (uint64_t k = 0; k < n; k++)
            mapassign_fast64(t, h, k);
        cr_assert_eq(h->B, B);
        mapassign_fast64(t, h, n);
        cr_assert_eq(h->B, B + 1);
    }
}

/* Adds up a walk; the sums must be bucketview_counts' and the map's own. */
static void walk_adds_up(const struct maptype *t, const struct hmap *h)
{
    struct bucketWalk w;
    struct bucketView v;
    struct bucketCounts c = bucketview_counts(t, door(h));
    size_t entries = 0, heads = 0, oldheads = 0, overflow = 0;
    for (bucketview_begin(&w, t, door(h)); bucketview_next(&w, &v);) {
        heads += !v.old && v.depth == 0;
        oldheads += v.old && v.depth == 0;
        overflow += !v.old && v.depth > 0;
        for (int i = 0; i < bucketCnt; i++) {
            cr_assert_eq(v.key[i] != NULL, v.elem[i] != NULL);
            entries += v.key[i] != NULL;
        }
    }
    cr_assert_eq(c.entries, entries);
    cr_assert_eq((size_t)h->count, entries);
    cr_assert_eq(c.buckets, heads);
    cr_assert_eq(c.oldbuckets, oldheads);
    cr_assert_eq(c.overflow, overflow);
    cr_assert_eq(h->noverflow, overflow);
    cr_assert_eq(c.oldleft > 0, bucketview_growing(door(h)));
    cr_assert_geq(c.listCap, c.listed);
}

Test(bucketview, walk_and_counts)
{
    static const char *const texts[] = {"map[int]int", "map[string]string",
                                        "map[[17]int64]int"};
    map_setup(5);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const struct maptype *t = maptype_must(texts[i]);
        struct model *m = model_new(t, 700);
        struct hmap *h = makemap_small();
        walk_adds_up(t, h);
        for (size_t k = 0; k < 700; k++) {
            both_insert(t, door(h), m, k, k);
            walk_adds_up(t, h);
        }
        for (size_t k = 0; k < 700; k += 2)
            both_delete(t, door(h), m, k);
        walk_adds_up(t, h);
        cr_assert_gt(bucketview_counts(t, door(h)).tombstones, 0);
        free(m);
    }
}

Test(bucketview, an_empty_map_has_no_bucket)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    struct bucketWalk w;
    struct bucketView v;
    bucketview_begin(&w, t, door(makemap_small()));
    cr_assert_not(bucketview_next(&w, &v));
}
