/*
 * test_swissmap.c: every operation on every kind of swiss map, against a model,
 * in each release; misuse in Go's words.
 */
#include "map/mapview.h"
#include "map/swiss/swissgroup.h"
#include "tests/child.h"
#include "tests/mapmodel.h"
#include <criterion/parameterized.h>
#include <math.h>

/* One for each way that a key or an element can be laid out, hashed and
 * compared. */
static const char *const typeTexts[] = {
    "map[int]int",
    "map[int32]bool",
    "map[uint64]string",
    "map[string]int",
    "map[string]struct{}",
    "map[float64]int",
    "map[float32]string",
    "map[complex128]int32",
    "map[complex64]uint8",
    "map[interface{}]int",
    "map[interface{}]interface{}",
    "map[struct{a int32; b string}]int",
    "map[struct{a, b int32}]int16",
    "map[struct{a float64; b interface{}}]string",
    "map[[3]int]string",
    "map[[2]string]bool",
    "map[*int]int",
    "map[unsafe.Pointer]*int",
    "map[int8]int8",
    "map[bool]int",
    "map[uint16][16]byte",
    "map[[16]int64]int",
    "map[[17]int64]int",
    "map[[17]int64]string",
    "map[int][128]byte",
    "map[int][129]byte",
    "map[string][200]int",
    "map[struct{}]int",
    "map[rune][]string",
    "map[[129]byte][129]byte",
};

/* 1.26 has the switches of 1.25. */
static const char *const releases[] = {"1.24", "1.25", "1.27"};

enum { MaxText = 64 };

struct param {
    char text[MaxText];
    char release[8];
};

ParameterizedTestParameters(swissmap, random)
{
    static struct param params[ARRAY_LEN(typeTexts) * ARRAY_LEN(releases)];
    for (size_t i = 0; i < ARRAY_LEN(params); i++) {
        snprintf(params[i].text, MaxText, "%s",
                 typeTexts[i % ARRAY_LEN(typeTexts)]);
        snprintf(params[i].release, sizeof(params[i].release), "%s",
                 releases[i / ARRAY_LEN(typeTexts)]);
    }
    return cr_make_param_array(struct param, params, ARRAY_LEN(params));
}

/* Iterates over all of m, which may be written meanwhile: what comes is in the
 * model, and comes once. */
static void iterate_while_written(const struct maptype *t, struct gomap *g,
                                  struct model *m)
{
    bool seen[ModelMax] = {false};
    struct mapiter it;
    for (mapiter_init(t, g, &it); it.key != NULL; mapiter_next(&it)) {
        size_t key = value_number(t->key, it.key, m->keys);
        cr_assert_lt(key, m->keys, "a key that nobody inserted");
        cr_assert_not(seen[key], "%s: key %zu twice", t->typ.str, key);
        cr_assert_geq(m->elem[key], 0, "key %zu was deleted", key);
        cr_assert(value_is(t->elem, (size_t)m->elem[key], it.elem));
        seen[key] = true;
        size_t other = fastrandn((uint32_t)m->keys);
        if (fastrandn(4) == 0 && !seen[other])
            both_delete(t, g, m, other);
        else if (m->elem[other] < 0 || !seen[other])
            both_insert(t, g, m, other, fastrandn((uint32_t)m->elems));
    }
}

/* One random step: sometimes the map is filled, sometimes emptied. */
static void random_step(const struct maptype *t, struct gomap *g,
                        struct model *m, bool fill)
{
    size_t key = fastrandn((uint32_t)m->keys);
    uint32_t what = fastrandn(16);
    if (what < 4)
        both_lookup(t, g, m, key);
    else if (what < 6 || !fill)
        both_delete(t, g, m, key);
    else
        both_insert(t, g, m, key, fastrandn((uint32_t)m->elems));
}

static void compare_all(const struct maptype *t, struct gomap *g,
                        const struct model *m)
{
    map_check(t, g);
    for (size_t key = 0; key < m->keys; key++)
        both_lookup(t, g, m, key);
}

/* Collected all along: nothing that a map needs may be taken for garbage. */
ParameterizedTest(struct param *p, swissmap, random)
{
    enum { Seed = 7, Rounds = 6, Steps = 1000 };
    release_setup(p->release, Seed);
    const struct maptype *t = maptype_must(p->text);
    struct model *m = model_new(t, 1000);
    struct gomap *g = map_make(t, fastrandn(40), NULL);
    gc_add_roots(&g, sizeof(g));
    gc_scan_this_stack(&g);
    gc_set_percent(1); /* collections while the map works, too */
    for (int round = 0; round < Rounds; round++) {
        for (int i = 0; i < Steps; i++)
            random_step(t, g, m, round % 3 != 2);
        gc();
        compare_all(t, g, m);
        if (m->keys > 2 && round % 2 == 0)
            iterate_while_written(t, g, m);
        if (round == 3)
            both_clear(t, g, m);
    }
    gc_remove_roots(&g);
    free(m);
}

static const struct maptype *tint, *tiface;
static struct gomap *written, *empty;
static int64_t key1 = 1;
static struct eface unhashable;

/* Nothing of a map is left when nobody can reach it. */
Test(swissmap, dropped_maps_leave_nothing)
{
    release_setup("1.27", 3);
    struct MemStats before, after;
    gc();
    readmemstats(&before);
    for (size_t i = 0; i < ARRAY_LEN(typeTexts); i++) {
        const struct maptype *t = maptype_must(typeTexts[i]);
        struct model *m = model_new(t, ModelMax);
        struct gomap *g = map_make_small(t);
        for (size_t k = 0; k < m->keys; k++)
            both_insert(t, g, m, k, k % m->elems);
        free(m);
    }
    gc();
    readmemstats(&after);
    cr_assert_eq(after.HeapObjects, before.HeapObjects);
    cr_assert_eq(after.HeapAlloc, before.HeapAlloc);
}

/* A map of at most eight entries that lives on the stack. */
Test(swissmap, header_and_group_on_the_stack)
{
    release_setup("1.27", 1);
    const struct maptype *t = maptype_must("map[int]int");
    uint64_t first[MaxFirst / 8] = {0};
    struct gomap header = {{0}};
    struct MemStats before, after;
    readmemstats(&before);
    map_make_stack(&header, first);
    for (int64_t k = 0; k < 8; k++)
        *(int64_t *)map_assign(t, &header, &k) = k * k;
    map_check(t, &header);
    readmemstats(&after);
    cr_assert_eq(after.Mallocs, before.Mallocs);
    int64_t eight = 8;
    map_assign(t, &header, &eight); /* table, groups, directory */
    map_check(t, &header);
    readmemstats(&after);
    cr_assert_eq(after.Mallocs - before.Mallocs, 3);
}

Test(swissmap, deleting_the_last_entry_gets_a_new_seed)
{
    release_setup("1.24", 1);
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *g = map_make_small(t);
    int64_t a = 1, b = 2;
    map_assign(t, g, &a);
    map_assign(t, g, &b);
    uint64_t seed = swiss(g)->seed;
    seed64_pin(seed + 1);
    map_delete(t, g, &a);
    map_delete(t, g, &a); /* absent */
    cr_assert_eq(swiss(g)->seed, seed);
    map_delete(t, g, &b);
    cr_assert_eq(swiss(g)->seed, seed + 1);
}

/* NaN is no key that could be found: each insert adds one. */
Test(swissmap, nan_keys)
{
    release_setup("1.25", 3);
    const struct maptype *t = maptype_must("map[float64]int");
    struct gomap *g = map_make_small(t);
    double nan = NAN, one = 1;
    for (int64_t i = 0; i < 3000; i++)
        *(int64_t *)map_assign(t, g, &nan) = i;
    map_assign(t, g, &one);
    map_check(t, g);
    cr_assert_eq(map_len(g), 3001);
    bool ok;
    map_access2(t, g, &nan, &ok);
    cr_assert_not(ok);
    map_delete(t, g, &nan);
    cr_assert_eq(map_len(g), 3001);
    map_clear(t, g); /* one by one: only the 1 can be deleted */
    cr_assert_eq(map_len(g), 3000);
    map_check(t, g);
    swiss_mapclear(t, swiss(g));
    cr_assert_eq(map_len(g), 0);
    map_check(t, g);
}

/* +0 and -0 are one key; the last one written is the one that is kept. */
Test(swissmap, an_equal_key_is_stored_again_where_it_shows)
{
    release_setup("1.24", 1);
    const struct maptype *t = maptype_must("map[float64]int");
    struct gomap *g = map_make_small(t);
    double plus = 0.0, minus = -0.0;
    map_assign(t, g, &plus);
    map_assign(t, g, &minus);
    cr_assert_eq(map_len(g), 1);
    struct mapiter it;
    mapiter_init(t, g, &it);
    cr_assert(signbit(*(const double *)it.key));
}

/* A deleted slot's element is zero for the key that comes next. */
Test(swissmap, a_new_entry_is_zero)
{
    release_setup("1.24", 1);
    const struct maptype *t = maptype_must("map[int][3]int");
    struct gomap *g = map_make_small(t);
    for (int64_t k = 0; k < 4000; k++) {
        int64_t *e = map_assign(t, g, &k);
        cr_assert(e[0] == 0 && e[1] == 0 && e[2] == 0);
        e[0] = e[1] = e[2] = -1;
        int64_t old = k - 5;
        if (k % 50 > 10)
            map_delete(t, g, &old);
    }
}

/* Where the release clears maps that hold only tombstones, and where not. */
static void fill_and_empty(const struct maptype *t, struct gomap *g)
{
    for (int64_t k = 0; k < 800; k++)
        map_assign(t, g, &k);
    for (int64_t k = 0; k < 800; k++)
        map_delete(t, g, &k);
}

static size_t tombstones_after_clear(const char *release)
{
    release_setup(release, 1);
    seed64_pin(42);
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *g = map_make_small(t);
    fill_and_empty(t, g);
    cr_assert_eq(map_len(g), 0);
    cr_assert_gt(swissview_counts(t, swissview_map(g)).tombstones, 0);
    swiss_mapclear(t, swiss(g));
    map_check(t, g);
    return swissview_counts(t, swissview_map(g)).tombstones;
}

Test(swissmap, clear_of_an_emptied_map_1_24)
{
    cr_assert_gt(tombstones_after_clear("1.24"), 0);
}

Test(swissmap, clear_of_an_emptied_map_1_25)
{
    cr_assert_eq(tombstones_after_clear("1.25"), 0);
}

Test(swissmap, clear_keeps_its_memory)
{
    release_setup("1.27", 1);
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *g = map_make_small(t);
    struct MemStats before, after;
    for (int64_t k = 0; k < 2000; k++)
        map_assign(t, g, &k);
    struct swissCounts counts = swissview_counts(t, swissview_map(g));
    seed64_pin(swiss(g)->seed); /* the same tables fill up again */
    readmemstats(&before);
    for (int round = 0; round < 20; round++) {
        map_clear(t, g);
        cr_assert_eq(map_len(g), 0);
        for (int64_t k = 0; k < 2000; k++)
            map_assign(t, g, &k);
    }
    readmemstats(&after);
    cr_assert_eq(after.Mallocs - before.Mallocs, 0);
    cr_assert_eq(swissview_counts(t, swissview_map(g)).tables, counts.tables);
}

static void expect_reads_as_empty(struct gomap *g)
{
    const struct maptype *t = maptype_must("map[string]int");
    struct gostring key = {"k", 1};
    bool ok = true;
    cr_assert_eq(*(const int64_t *)map_access2(t, g, &key, &ok), 0);
    cr_assert_not(ok);
    map_delete(t, g, &key);
    map_clear(t, g);
    struct mapiter it;
    mapiter_init(t, g, &it);
    cr_assert_null(it.key);
}

Test(swissmap, a_nil_map_reads_as_empty)
{
    release_setup("1.24", 1);
    expect_reads_as_empty(NULL);
}

/* Go asks whether there are entries before it asks who is writing. */
Test(swissmap, an_empty_map_reads_as_empty_during_its_first_write)
{
    release_setup("1.24", 1);
    struct swissMap *m = swiss_makemap_small();
    swissMap_beginWriting(m);
    expect_reads_as_empty((struct gomap *)m);
}

/* Misuse ends the program in Go's words, exit status 2. */

/* An interface that holds a slice, and a map as it looks while another thread
 * writes to it. */
static void misuse_setup(void)
{
    static struct slice s;
    release_setup("1.27", 1);
    tint = maptype_must("map[int]int");
    tiface = maptype_must("map[interface{}]int");
    empty = map_make_small(tiface);
    unhashable = (struct eface){type_parse("[]int", NULL), &s};
    written = map_make_small(tint);
    map_assign(tint, written, &key1);
    swissMap_beginWriting(swiss(written));
}

static void assign_to_nil(void)
{
    map_assign(tint, NULL, &key1);
}

static void assign_while_written(void)
{
    map_assign(tint, written, &key1);
}

static void delete_while_written(void)
{
    map_delete(tint, written, &key1);
}

static void clear_while_written(void)
{
    map_clear(tint, written);
}

static void clone_while_written(void)
{
    swiss_mapclone(tint, swiss(written));
}

static void look_up_while_written(void)
{
    swiss_mapaccess1_fast64(tint, swiss(written), 1);
}

static void iterate_a_written_map(void)
{
    struct mapiter it;
    mapiter_init(tint, written, &it);
}

/* A second writer that looked before the first had begun. */
static void end_a_write_that_met_another(void)
{
    swissMap_beginWriting(swiss(written));
    swissMap_endWriting(swiss(written));
}

static void assign_unhashable(void)
{
    map_assign(tiface, empty, &unhashable);
}

static void look_up_unhashable(void)
{
    swiss_mapaccess1(tiface, NULL, &unhashable);
}

static void delete_unhashable(void)
{
    map_delete(tiface, empty, &unhashable);
}

Test(swissmap, misuse_ends_as_in_go, .init = misuse_setup)
{
    static const char unhashed[] =
        "panic: runtime error: hash of unhashable type []int\n";
    static const char writes[] = "fatal error: concurrent map writes\n";
    expect_panic(assign_to_nil, "panic: assignment to entry in nil map\n");
    expect_panic(assign_while_written, writes);
    expect_panic(delete_while_written, writes);
    expect_panic(clear_while_written, writes);
    expect_panic(end_a_write_that_met_another, writes);
    expect_panic(clone_while_written,
                 "fatal error: concurrent map clone and map write\n");
    expect_panic(look_up_while_written,
                 "fatal error: concurrent map read and map write\n");
    expect_panic(iterate_a_written_map,
                 "fatal error: concurrent map iteration and map write\n");
    expect_panic(assign_unhashable, unhashed);
    expect_panic(look_up_unhashable, unhashed);
    expect_panic(delete_unhashable, unhashed);
}
