/*
 * test_mapview.c: what is foretold of a hint is what make makes, in either kind
 * of map, and what a map reaches is what a collection leaves; what a bucket map
 * and a swiss map look like to those who only look.
 */
#include "alloc/heapview.h"
#include "map/mapview.h"
#include "tests/mapmodel.h"

static void foretold(const char *text)
{
    const struct maptype *t = maptype_must(text);
    for (intptr_t hint = 9; hint < 20000; hint += 1 + hint / 50) {
        struct mapShape want = mapview_hinted(t, hint);
        struct mapShape got = mapview_shape(t, map_make(t, hint, NULL));
        cr_assert_eq(got.slots, want.slots, "%s %ld", text, (long)hint);
        cr_assert_eq(got.tables, want.tables, "%s %ld", text, (long)hint);
        cr_assert_eq(got.room, want.room, "%s %ld", text, (long)hint);
        cr_assert_eq(got.B, want.B, "%s %ld", text, (long)hint);
    }
}

Test(mapview, a_bucket_map_is_as_foretold)
{
    map_setup(1);
    foretold("map[int]int");
    foretold("map[string][40]uint8");
}

Test(mapview, a_swiss_map_is_as_foretold)
{
    goversion_choose(goversion_newest());
    map_setup(1);
    foretold("map[int]int");
    foretold("map[string][40]uint8");
}

static void room_is_when_it_grows(void)
{
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *m = map_make_small(t);
    cr_assert_eq(mapview_shape(t, m).slots, 0);
    uint64_t k = 0;
    map_assign(t, m, &k);
    for (k = 1; k < 896; k++) { /* one table, one array: nothing is uneven */
        struct mapShape s = mapview_shape(t, m);
        map_assign(t, m, &k);
        cr_assert_eq(mapview_shape(t, m).slots > s.slots, k == s.room, "%lu",
                     (unsigned long)k);
    }
}

Test(mapview, a_map_grows_when_its_room_is_used)
{
    map_setup(1);
    room_is_when_it_grows();
}

Test(mapview, a_swiss_map_too)
{
    goversion_choose(goversion_newest());
    map_setup(1);
    room_is_when_it_grows();
}

static uint64_t live_with(const struct gomap *m)
{
    struct MemStats s;
    gc_add_roots(&m, sizeof m);
    gc();
    gc();
    gc_remove_roots(&m);
    readmemstats(&s);
    return s.HeapAlloc;
}

/* The slots of all objects that mapview_objects shows, each once. */
struct sightings {
    uintptr_t base[4000];
    size_t n, bytes;
};

static void see(void *arg, const void *object)
{
    struct sightings *s = arg;
    struct objectView o;
    cr_assert(heapview_object(object, &o));
    for (size_t i = 0; i < s->n; i++)
        if (s->base[i] == o.base)
            return;
    cr_assert_lt(s->n, ARRAY_LEN(s->base));
    s->base[s->n++] = o.base;
    s->bytes += o.size;
}

static size_t bytes_seen(const struct maptype *t, const struct gomap *m)
{
    static struct sightings s;
    s.n = s.bytes = 0;
    mapview_objects(t, m, see, &s);
    return s.bytes;
}

/* What the view adds up is what a collection leaves, at each size, in the
 * middle of growths, after deletions; and the slots of what it shows. */
static void reach_is_what_stays(const char *text, uint64_t n)
{
    const struct maptype *t = maptype_must(text);
    uint64_t before = live_with(NULL);
    struct gomap *m = map_make_small(t);
    unsigned char key[256] = {0};
    for (uint64_t k = 0; k < n; k++) {
        memcpy(key, &k, sizeof k);
        map_assign(t, m, key);
        if (k % 3 == 0 && k > 30) {
            uint64_t gone = k / 2;
            memcpy(key, &gone, sizeof gone);
            map_delete(t, m, key);
        }
        if (k < 40 || k % 97 == 0)
            cr_assert_eq(bytes_seen(t, m), mapview_reach(t, m), "%s", text);
        cr_assert_eq(mapview_reach(t, m), live_with(m) - before, "%s, key %lu",
                     text, (unsigned long)k);
    }
}

static void reaches(void)
{
    reach_is_what_stays("map[int]int", 6000);
    reach_is_what_stays("map[[16]uint8]*int", 3000);
    reach_is_what_stays("map[[200]uint8]int", 700);
}

Test(mapview, a_bucket_map_reaches_what_a_collection_leaves)
{
    map_setup(1);
    gc_set_percent(-1);
    reaches();
}

Test(mapview, a_swiss_map_reaches_what_a_collection_leaves)
{
    goversion_choose(goversion_newest());
    map_setup(1);
    gc_set_percent(-1);
    reaches();
}

/*
 * What is told of a map agrees with the map.
 */

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

/*
 * What a walk shows of maps small and large.
 */

static struct gomap *filled(const struct maptype *t, int64_t n)
{
    struct gomap *g = map_make_small(t);
    for (int64_t k = 0; k < n; k++)
        *(int64_t *)map_assign(t, g, &k) = 2 * k;
    return g;
}

static void expect_counts(const struct maptype *t, int64_t n, uintptr_t dirLen,
                          size_t tables, size_t groups)
{
    struct gomap *g = filled(t, n);
    struct swissCounts c = swissview_counts(t, swissview_map(g));
    cr_expect_eq(c.used, (uint64_t)n);
    cr_expect_eq(c.dirLen, dirLen, "%zd: dirLen %zu", n, c.dirLen);
    cr_expect_eq(c.tables, tables, "%zd: tables %zu", n, c.tables);
    cr_expect_eq(c.groups, groups, "%zd: groups %zu", n, c.groups);
    cr_expect_eq(c.capacity, 8 * groups);
    cr_expect_eq(c.tombstones, 0);
}

Test(swissview, counts)
{
    release_setup("1.27", 1);
    seed64_pin(42);
    const struct maptype *t = maptype_must("map[int]int");
    expect_counts(t, 0, 0, 0, 0);
    expect_counts(t, 1, 0, 0, 1);
    expect_counts(t, 8, 0, 0, 1);
    expect_counts(t, 9, 1, 1, 2);
    expect_counts(t, 29, 1, 1, 8);
    expect_counts(t, 896, 1, 1, 128);
    expect_counts(t, 897, 2, 2, 256);
}

/* Every entry is shown once, under its key. */
static void walk(const struct maptype *t, int64_t n)
{
    struct gomap *g = filled(t, n);
    bool *seen = calloc((size_t)n + 1, sizeof(*seen));
    struct swissWalk w;
    struct tableView v;
    struct groupView group;
    int64_t entries = 0;
    uintptr_t place = 0;
    swissview_begin(&w, t, swissview_map(g));
    while (swissview_next(&w, &v)) {
        cr_assert_eq(v.index, place);
        place += v.places;
        cr_assert_eq(v.capacity, 8 * v.groups);
        for (size_t i = 0; i < v.groups; i++) {
            swissview_group(&w, &v, i, &group);
            for (size_t k = 0; k < groupSlots; k++) {
                cr_assert_eq(group.key[k] != NULL, group.ctrl[k] < 128);
                if (group.key[k] == NULL)
                    continue;
                int64_t key = *(const int64_t *)group.key[k];
                cr_assert_eq(*(const int64_t *)group.elem[k], 2 * key);
                cr_assert_not(seen[key]);
                seen[key] = true;
                entries++;
            }
        }
    }
    cr_assert_eq(entries, n);
    free(seen);
}

Test(swissview, shows_every_entry)
{
    release_setup("1.24", 1);
    const struct maptype *t = maptype_must("map[int]int");
    walk(t, 0);
    walk(t, 7);
    walk(t, 9);
    walk(t, 20000);
    walk(maptype_must("map[int][200]int"), 500);
}

Test(swissview, letters)
{
    cr_assert_eq(swissview_letter(0x80), '.');
    cr_assert_eq(swissview_letter(0xfe), '_');
    cr_assert_eq(swissview_letter(0), '#');
    cr_assert_eq(swissview_letter(0x7f), '#');
}

/* What it would change is nothing, whatever map and key: it is there for a
 * processor's cache alone. */
static void asks_for(const char *text, int n)
{
    const struct maptype *t = maptype_must(text);
    struct gomap *m = map_make_small(t);
    mapview_prefetch(t, NULL, &n);
    for (int64_t k = 0; k < n; k++) { /* growing, most of the time */
        int64_t next = k + 8;
        size_t reach = k % 1000 == 0 ? mapview_reach(t, m) : 0;
        mapview_prefetch(t, m, &next);
        if (reach != 0)
            cr_assert_eq(mapview_reach(t, m), reach);
        cr_assert_eq(map_len(m), k);
        *(int64_t *)map_assign(t, m, &k) = k;
    }
    map_check(t, m);
}

Test(mapview, asking_for_a_key_ahead_changes_nothing)
{
    map_setup(1);
    asks_for("map[int]int", 20000);
}

Test(mapview, asking_for_a_key_ahead_changes_no_swiss_map)
{
    goversion_choose(goversion_newest());
    map_setup(1);
    asks_for("map[int]int", 20000);
}

/* A key that cannot be hashed panics when it is used, not when it is asked
 * for. */
Test(mapview, asking_for_a_key_that_cannot_be_hashed_is_no_panic)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[any]int");
    struct gomap *m = map_make_small(t);
    uint64_t boxes[5000];
    for (size_t i = 0; i < ARRAY_LEN(boxes); i++) {
        boxes[i] = i;
        struct eface key = {type_basic(kindUint64), &boxes[i]};
        map_assign(t, m, &key);
    }
    struct eface slice = {type_slice_of(type_basic(kindUint8), NULL), boxes};
    mapview_prefetch(t, m, &slice);
    cr_assert_eq(map_len(m), (intptr_t)ARRAY_LEN(boxes));
}
