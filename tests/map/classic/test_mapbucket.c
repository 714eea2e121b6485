/*
 * test_mapbucket.c: arrays with their spares, chains, and the marks of empty
 * slots.
 */
#include "map/classic/mapbucket.h"
#include "map/mapview.h"
#include "tests/mapmodel.h"

/* Buckets are drawn as the letters of mapview.h, chained ones after a
 * blank. */
static const char *draw(const struct maptype *t, const struct bmap *b)
{
    static char text[256];
    char *p = text;
    for (const struct bmap *at = b; at != NULL; at = bmap_overflow(t, at)) {
        if (at != b)
            *p++ = ' ';
        for (int i = 0; i < bucketCnt; i++)
            *p++ = bucketview_letter(at->tophash[i]);
    }
    *p = '\0';
    return text;
}

/* The chain that is drawn so. */
static struct bmap *chain_of(const struct maptype *t, const char *text)
{
    struct bmap *head = newobject(t->bucket), *b = head;
    for (int i = 0; *text != '\0'; text++, i++) {
        if (*text == ' ') {
            struct bmap *next = newobject(t->bucket);
            bmap_setoverflow(t, b, next);
            b = next;
            i = -1;
            continue;
        }
        b->tophash[i] = *text == '#'   ? minTopHash
                        : *text == '_' ? emptyOne
                                       : emptyRest;
    }
    return head;
}

static void expect_freed(const char *before, uint32_t bucket, uint32_t i,
                         const char *after)
{
    const struct maptype *t = maptype_must("map[int]int");
    struct bmap *head = chain_of(t, before), *b = head;
    cr_assert_str_eq(draw(t, head), before);
    while (bucket-- > 0)
        b = bmap_overflow(t, b);
    bucket_free_slot(t, head, b, i);
    cr_expect_str_eq(draw(t, head), after, "%s: %s", before, draw(t, head));
}

/* Could these be the marks of a bucket (invariants B4 and B5)? One that ends in
 * emptyOne has entries behind it in its chain. */
static bool can_be(const struct bmap *b)
{
    for (int i = 1; i < bucketCnt; i++) {
        uint8_t before = b->tophash[i - 1], top = b->tophash[i];
        if (before == emptyRest && top != emptyRest)
            return false;
        if (before == emptyOne && top == emptyRest)
            return false;
    }
    return true;
}

/* Every bucket of full and empty slots and marks that can be, every slot of it:
 * arithmetic does what the loop over the slots does. */
Test(mapbucket, one_bucket_is_marked_without_a_loop_as_with_one)
{
    enum { Pictures = 3 * 3 * 3 * 3 * 3 * 3 * 3 * 3 };
    static const uint8_t marks[] = {emptyRest, emptyOne, minTopHash};
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    struct bmap *b = newobject(t->bucket), *c = newobject(t->bucket);
    for (int code = 0; code < Pictures; code++) {
        for (int i = 0, n = code; i < bucketCnt; i++, n /= 3)
            b->tophash[i] = marks[n % 3];
        for (uintptr_t i = 0; i < bucketCnt && can_be(b); i++) {
            if (b->tophash[i] < minTopHash)
                continue;
            memcpy(c->tophash, b->tophash, sizeof(c->tophash));
            chain_free_slot(t, c, c, i);
            cr_assert_eq(tops_without(bmap_tops_word(b), i), bmap_tops_word(c));
        }
    }
}

Test(mapbucket, a_freed_slot_ends_the_chain_where_nothing_follows)
{
    map_setup(1);
    expect_freed("###.....", 0, 0, "_##.....");
    expect_freed("###.....", 0, 2, "##......");
    expect_freed("#__#....", 0, 3, "#.......");
    expect_freed("#.......", 0, 0, "........");
    expect_freed("########", 0, 7, "#######.");
    expect_freed("######## #.......", 0, 7, "#######_ #.......");
    expect_freed("######## #.......", 1, 0, "######## ........");
    expect_freed("#######_ #.......", 1, 0, "#######. ........");
    expect_freed("######## ........", 0, 7, "#######. ........");
    expect_freed("________ ____#___ _#......", 2, 1,
                 "________ ____#... ........");
    expect_freed("________ ________ #.......", 2, 0,
                 "........ ........ ........");
}

/* From B = 4 on, a sixteenth more, and what the size class leaves over. */
Test(mapbucket, array_lengths)
{
    map_setup(1);
    const struct maptype *ints = maptype_must("map[int]int");
    const struct maptype *strings = maptype_must("map[string]int");
    static const size_t want[] = {1, 2, 4, 8, 18, 37, 71, 142, 284};
    for (uint8_t B = 0; B < ARRAY_LEN(want); B++)
        cr_expect_eq(bucket_array_len(ints, B), want[B], "B %d: %zu", B,
                     bucket_array_len(ints, B));
    cr_expect_eq(bucket_array_len(strings, 8), 57344 / 208);
    for (uint8_t B = 0; B < 20; B++) {
        struct mapArray a = bucketview_array(strings, B);
        cr_expect_eq(a.buckets + a.spares, bucket_array_len(strings, B));
        cr_expect_lt(a.rounded - a.bytes, B < 4 ? a.rounded : 208);
    }
}

/* Hands out n overflow buckets behind one another; counts the allocations. */
static uint64_t chain_up(const struct maptype *t, struct hmap *h, size_t n)
{
    struct MemStats before, after;
    readmemstats(&before);
    struct bmap *b = h->buckets;
    while (bmap_overflow(t, b) != NULL)
        b = bmap_overflow(t, b);
    while (n-- > 0)
        b = hmap_newoverflow(h, t, b);
    readmemstats(&after);
    return after.Mallocs - before.Mallocs;
}

Test(mapbucket, spares_are_handed_out_first)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[string]*int");
    struct hmap *h = makemap(t, 200, NULL);
    size_t spares = bucketview_array(t, h->B).spares;
    cr_assert_gt(spares, 1);
    cr_assert_eq(chain_up(t, h, spares), 0);
    cr_assert_null(h->extra->nextOverflow);
    mapcheck(t, h);
    cr_assert_eq(bucketview_counts(t, door(h)).sparesUsed, spares);
    cr_assert_eq(chain_up(t, h, 5), 5);
    mapcheck(t, h);
    cr_assert_eq(h->noverflow, spares + 5);
    cr_assert_eq(bucketview_counts(t, door(h)).overflow, spares + 5);
}

/* Buckets without pointers are listed: a mapextra, a slice header, and the
 * slice's growth 1, 2, 4, 8 beside each overflow bucket. */
Test(mapbucket, pointer_free_overflow_buckets_are_listed)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    static const uint64_t want[] = {4, 2, 2, 1, 2, 1, 1, 1, 2, 1};
    struct hmap *h = makemap(t, 9, NULL);
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        cr_expect_eq(chain_up(t, h, 1), want[i], "overflow bucket %zu", i);
        cr_expect_eq(bucketview_counts(t, door(h)).listed, i + 1);
        mapcheck(t, h);
    }
}

/* Above B = 15 noverflow is raised with probability 2^(15-B). */
Test(mapbucket, noverflow_is_a_sample_in_large_maps)
{
    enum { Seed = 5, N = 16000 };
    map_setup(Seed);
    const struct maptype *t = maptype_must("map[string]*int");
    struct hmap *h = makemap(t, 0, NULL);
    h->buckets = newobject(t->bucket);
    h->B = 17;
    struct bmap *b = h->buckets;
    for (int i = 0; i < N; i++)
        b = hmap_newoverflow(h, t, b);
    cr_assert_gt(h->noverflow, N / 4 * 9 / 10);
    cr_assert_lt(h->noverflow, N / 4 * 11 / 10);
}
