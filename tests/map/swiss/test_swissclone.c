/*
 * test_swissclone.c: clones: equal, apart from their origin, and of which
 * objects.
 */
#include "map/mapview.h"
#include "tests/mapmodel.h"

static const char *const typeTexts[] = {
    "map[int]int",       "map[string]int",       "map[float64]string",
    "map[[17]int64]int", "map[uint32][129]byte", "map[[129]byte][129]byte",
};

/* A clone of n entries has them all, and keeps them when the map changes. */
static void clone_of(const struct maptype *t, size_t most)
{
    struct model *m = model_new(t, ModelMax);
    struct model *other = model_new(t, ModelMax);
    size_t n = most < m->keys ? most : m->keys;
    struct gomap *g = map_make_small(t);
    for (size_t k = 0; k < n; k++)
        both_insert(t, g, m, k, k % m->elems);
    for (size_t k = 0; k < n; k += 3)
        both_delete(t, g, m, k);
    struct gomap *c = (struct gomap *)swiss_mapclone(t, swiss(g));
    map_check(t, c);
    *other = *m;
    cr_assert_eq(map_len(c), map_len(g));
    for (size_t k = 1; k < n; k += 3)
        both_insert(t, g, m, k, (k + 1) % m->elems);
    for (size_t k = 2; k < n; k += 3)
        both_delete(t, c, other, k);
    map_check(t, g);
    map_check(t, c);
    for (size_t k = 0; k < n; k++) {
        both_lookup(t, g, m, k);
        both_lookup(t, c, other, k);
    }
    free(m);
    free(other);
}

static void clones(void)
{
    static const size_t sizes[] = {1, 8, 9, 200, 3000};
    for (size_t i = 0; i < ARRAY_LEN(typeTexts); i++)
        for (size_t k = 0; k < ARRAY_LEN(sizes); k++)
            clone_of(maptype_must(typeTexts[i]), sizes[k]);
}

Test(swissclone, table_by_table)
{
    release_setup("1.25", 1);
    clones();
}

Test(swissclone, entry_by_entry)
{
    release_setup("1.24", 1);
    clones();
}

static void expect_clone(const char *text, size_t n, uint64_t objects,
                         uint64_t bytes)
{
    const struct maptype *t = maptype_must(text);
    struct model *m = model_new(t, ModelMax);
    struct gomap *g = map_make_small(t);
    struct MemStats before, after;
    for (size_t k = 0; k < n; k++)
        both_insert(t, g, m, k, 0);
    readmemstats(&before);
    swiss_mapclone(t, swiss(g));
    readmemstats(&after);
    cr_expect_eq(after.Mallocs - before.Mallocs, objects, "%s %zu: %zu", text,
                 n, (size_t)(after.Mallocs - before.Mallocs));
    cr_expect_eq(after.TotalAlloc - before.TotalAlloc, bytes, "%s %zu: %zu",
                 text, n, (size_t)(after.TotalAlloc - before.TotalAlloc));
    free(m);
}

/* As real Go: header, group; header, directory, tables, groups; boxes. */
static void expect_objects(void)
{
    expect_clone("map[int]int", 5, 2, 48 + 144);
    expect_clone("map[int]int", 3000, 10, 48 + 32 + 4 * 32 + 4 * 18432);
    expect_clone("map[[129]byte][129]byte", 40, 84,
                 48 + 8 + 32 + 1152 + 80 * 144);
    expect_clone("map[[129]byte][129]byte", 3, 8, 48 + 144 + 6 * 144);
}

Test(swissclone, objects_of_1_24)
{
    release_setup("1.24", 1);
    expect_objects();
}

Test(swissclone, objects_of_1_25)
{
    release_setup("1.25", 1);
    expect_objects();
}

/* Seed, capacities and tombstones are the map's own, or not. */
static bool is_the_same(const char *release)
{
    release_setup(release, 1);
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *g = map_make(t, 1000, NULL);
    for (int64_t k = 0; k < 900; k++)
        map_assign(t, g, &k);
    for (int64_t k = 0; k < 850; k++)
        map_delete(t, g, &k);
    struct swissMap *c = swiss_mapclone(t, swiss(g));
    struct swissCounts a = swissview_counts(t, swissview_map(g));
    struct swissCounts b = swissview_counts(t, c);
    return c->seed == swiss(g)->seed && a.capacity == b.capacity &&
           a.tombstones == b.tombstones && a.tables == b.tables;
}

Test(swissclone, as_it_is_from_1_25)
{
    cr_assert(is_the_same("1.25"));
}

Test(swissclone, made_anew_in_1_24)
{
    cr_assert_not(is_the_same("1.24"));
}

Test(swissclone, of_nothing)
{
    release_setup("1.27", 1);
    const struct maptype *t = maptype_must("map[int]int");
    cr_assert_null(swiss_mapclone(t, NULL));
    struct swissMap *c = swiss_mapclone(t, swiss_makemap_small());
    cr_assert_eq(c->used, 0);
    cr_assert_null(c->dirPtr);
}
