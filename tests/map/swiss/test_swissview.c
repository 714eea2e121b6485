/*
 * test_swissview.c: what a walk shows of maps small and large.
 */
#include "map/swiss/swissview.h"
#include "tests/mapmodel.h"

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
