/*
 * test_swissiter.c: each entry comes once, whatever happens to the map
 * meanwhile.
 */
#include "runtime/base/throw.h"
#include "tests/mapmodel.h"
#include <math.h>

static const char *const typeTexts[] = {
    "map[int]int",
    "map[string]int",
    "map[float64]string",
    "map[interface{}]int",
    "map[[17]int64]int",
    "map[uint32][129]byte",
    "map[struct{a, b string}]bool",
};

/* Iterates over all of g; every entry must be the model's, each once. */
static void iterate_all(const struct maptype *t, struct gomap *g,
                        const struct model *m)
{
    bool seen[ModelMax] = {false};
    intptr_t count = 0;
    struct mapiter it;
    for (mapiter_init(t, g, &it); it.key != NULL; mapiter_next(&it)) {
        size_t key = value_number(t->key, it.key, m->keys);
        cr_assert_lt(key, m->keys, "a key that nobody inserted");
        cr_assert_not(seen[key], "%s: key %zu twice", t->typ.str, key);
        cr_assert_geq(m->elem[key], 0, "key %zu was deleted", key);
        cr_assert(value_is(t->elem, (size_t)m->elem[key], it.elem));
        seen[key] = true;
        count++;
    }
    cr_assert_eq(count, m->count);
}

/* After every insert, so also after every growth. */
Test(swissiter, each_entry_once)
{
    release_setup("1.24", 11);
    for (size_t i = 0; i < ARRAY_LEN(typeTexts); i++) {
        const struct maptype *t = maptype_must(typeTexts[i]);
        struct model *m = model_new(t, 100);
        struct gomap *g = map_make_small(t);
        for (size_t key = 0; key < m->keys; key++) {
            both_insert(t, g, m, key, key % m->elems);
            iterate_all(t, g, m);
        }
        free(m);
    }
}

/* Tables of many depths: some stand in several places of the directory. */
Test(swissiter, over_many_tables)
{
    release_setup("1.27", 5);
    const struct maptype *t = maptype_must("map[int]int");
    for (int64_t n = 800; n < (CHECK >= 3 ? 2000 : 12000); n += 1237) {
        struct gomap *g = map_make_small(t);
        for (int64_t k = 0; k < n; k++)
            *(int64_t *)map_assign(t, g, &k) = -k;
        for (int round = 0; round < 20; round++) {
            bool *seen = calloc((size_t)n, sizeof(*seen));
            struct mapiter it;
            int64_t count = 0;
            for (mapiter_init(t, g, &it); it.key != NULL; mapiter_next(&it)) {
                int64_t k = *(const int64_t *)it.key;
                cr_assert_not(seen[k]);
                cr_assert_eq(*(int64_t *)it.elem, -k);
                seen[k] = true;
                count++;
            }
            cr_assert_eq(count, n);
            free(seen);
        }
    }
}

/* Begun when there were `before` entries; the loop's body makes them `after`.
 * Each of the first `before` comes once, of the others each at most once. */
static void grown_meanwhile(const struct maptype *t, int64_t before,
                            int64_t after)
{
    bool *seen = calloc((size_t)after, sizeof(*seen));
    struct gomap *g = map_make_small(t);
    int64_t n = 0, met = 0;
    for (; n < before; n++)
        *(int64_t *)map_assign(t, g, &n) = n;
    struct mapiter it;
    for (mapiter_init(t, g, &it); it.key != NULL; mapiter_next(&it)) {
        int64_t k = *(const int64_t *)it.key;
        cr_assert_not(seen[k], "%zd of %zd twice", k, before);
        cr_assert_eq(*(int64_t *)it.elem, k < before && k < met ? -k : k);
        seen[k] = true;
        for (int i = 0; i < 40 && n < after; i++, n++)
            *(int64_t *)map_assign(t, g, &n) = n;
        /* What is changed shows where it stands now. */
        if (met < before && !seen[met]) {
            *(int64_t *)map_assign(t, g, &met) = -met;
            met++;
        } else if (met < before) {
            met++;
        }
    }
    for (int64_t k = 0; k < before; k++)
        cr_assert(seen[k], "%zd of %zd left out", k, before);
    map_check(t, g);
    free(seen);
}

Test(swissiter, the_map_grows_meanwhile)
{
    release_setup("1.27", 17);
    const struct maptype *t = maptype_must("map[int]int");
    if (CHECK >= 3) { /* each write walks the whole map */
        grown_meanwhile(t, 5, 2000);
        return;
    }
    for (int round = 0; round < 20; round++) {
        grown_meanwhile(t, 5, 3000); /* small, then tables, then splits */
        grown_meanwhile(t, 8, 9);
        grown_meanwhile(t, 100, 5000);  /* grow, then splits */
        grown_meanwhile(t, 2000, 9000); /* the directory doubles, twice */
    }
}

/* Deleted before its turn: does not come. All others do, grown or not. */
static void deleted_meanwhile(const struct maptype *t, bool grow)
{
    enum { N = 3000 };
    static bool gone[4 * N], seen[4 * N];
    struct gomap *g = map_make_small(t);
    memset(gone, 0, sizeof(gone));
    memset(seen, 0, sizeof(seen));
    for (int64_t k = 0; k < N; k++)
        *(int64_t *)map_assign(t, g, &k) = k;
    int64_t next = N;
    struct mapiter it;
    for (mapiter_init(t, g, &it); it.key != NULL; mapiter_next(&it)) {
        int64_t k = *(const int64_t *)it.key;
        cr_assert_not(gone[k]);
        cr_assert_not(seen[k]);
        seen[k] = true;
        int64_t victim = (int64_t)fastrandn(N);
        map_delete(t, g, &victim);
        gone[victim] = true;
        for (int i = 0; grow && i < 3 && next < (int64_t)4 * N; i++, next++)
            *(int64_t *)map_assign(t, g, &next) = next;
    }
    for (int64_t k = 0; k < N; k++)
        cr_assert(seen[k] || gone[k]);
    map_check(t, g);
}

Test(swissiter, entries_are_deleted_meanwhile)
{
    release_setup("1.25", 23);
    const struct maptype *t = maptype_must("map[int]int");
    for (int round = 0; round < (CHECK >= 3 ? 0 : 10); round++) {
        deleted_meanwhile(t, false);
        deleted_meanwhile(t, true);
    }
}

/* A NaN cannot be looked up in the tables that have replaced its own. */
Test(swissiter, nan_keys_come_from_the_old_table)
{
    release_setup("1.24", 3);
    const struct maptype *t = maptype_must("map[float64]int");
    struct gomap *g = map_make_small(t);
    double nan = NAN;
    int64_t count = 0;
    for (int64_t i = 0; i < 500; i++)
        *(int64_t *)map_assign(t, g, &nan) = i;
    bool seen[500] = {false};
    struct mapiter it;
    for (mapiter_init(t, g, &it); it.key != NULL; mapiter_next(&it)) {
        int64_t i = *(int64_t *)it.elem;
        if (i < 0)
            continue; /* added below */
        cr_assert_not(seen[i]);
        seen[i] = true;
        count++;
        for (int k = 0; k < 10; k++)
            *(int64_t *)map_assign(t, g, &nan) = -1;
    }
    cr_assert_eq(count, 500);
}

/* … unless the map was cleared: then nothing more comes. */
Test(swissiter, nothing_comes_after_a_clear)
{
    release_setup("1.27", 3);
    const struct maptype *t = maptype_must("map[float64]int");
    struct gomap *g = map_make_small(t);
    double nan = NAN;
    for (int i = 0; i < 500; i++)
        map_assign(t, g, &nan);
    struct mapiter it;
    mapiter_init(t, g, &it);
    for (int i = 0; i < 3000; i++)
        map_assign(t, g, &nan); /* its table is replaced */
    swiss_mapclear(t, swiss(g));
    mapiter_next(&it);
    cr_assert_null(it.key);
    cr_assert_null(it.elem);
    mapiter_next(&it); /* and at the end it stays at the end */
    cr_assert_null(it.key);
}

/* Starts are random: each of eight entries comes first now and then. */
Test(swissiter, begins_anywhere)
{
    release_setup("1.27", 9);
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *g = map_make_small(t);
    int first[8] = {0};
    for (int64_t k = 0; k < 8; k++)
        map_assign(t, g, &k);
    for (int i = 0; i < 800; i++) {
        struct mapiter it;
        mapiter_init(t, g, &it);
        first[*(const int64_t *)it.key]++;
    }
    for (int k = 0; k < 8; k++)
        cr_assert(first[k] > 60 && first[k] < 140, "%d: %d", k, first[k]);
}

Test(swissiter, allocates_nothing)
{
    release_setup("1.24", 9);
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *g = map_make_small(t);
    struct MemStats before, after;
    for (int64_t k = 0; k < 5000; k++)
        map_assign(t, g, &k);
    readmemstats(&before);
    struct mapiter it;
    for (mapiter_init(t, g, &it); it.key != NULL; mapiter_next(&it))
        ;
    readmemstats(&after);
    cr_assert_eq(after.Mallocs, before.Mallocs);
}
