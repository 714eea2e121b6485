/*
 * test_mapview.c: what is foretold of a hint is what make makes, in either kind
 * of map.
 */
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

/* What the view adds up is what a collection leaves, at each size, in the
 * middle of growths, after deletions. */
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
            cr_assert_eq(mapview_reach(t, m), live_with(m) - before,
                         "%s, key %lu", text, (unsigned long)k);
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
