/*
 * test_bucketmap.c: every operation on every kind of map, against a model; what
 * make allocates; misuse in Go's words.
 */
#include "map/classic/hmap.h"
#include "map/mapview.h"
#include "tests/mapmodel.h"
#include <criterion/parameterized.h>
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

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

enum { MaxText = 64 };

ParameterizedTestParameters(map, random)
{
    static char texts[ARRAY_LEN(typeTexts)][MaxText];
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        snprintf(texts[i], MaxText, "%s", typeTexts[i]);
    return cr_make_param_array(char[MaxText], texts, ARRAY_LEN(texts));
}

/* One random step; the model's count decides between filling and emptying. */
static void random_step(const struct maptype *t, struct hmap *h,
                        struct model *m, bool fill)
{
    size_t key = fastrandn((uint32_t)m->keys);
    uint32_t what = fastrandn(16);
    if (what < 4)
        both_lookup(t, door(h), m, key);
    else if (what < 6 || !fill)
        both_delete(t, door(h), m, key);
    else
        both_insert(t, door(h), m, key, fastrandn((uint32_t)m->elems));
}

static void compare_all(const struct maptype *t, struct hmap *h,
                        const struct model *m)
{
    mapcheck(t, h);
    for (size_t key = 0; key < m->keys; key++)
        both_lookup(t, door(h), m, key);
}

/* Collected all along: nothing that a map needs may be taken for garbage. */
ParameterizedTest(char (*text)[MaxText], map, random)
{
    enum { Seed = 7, Rounds = 12, Steps = 1500 };
    map_setup(Seed);
    const struct maptype *t = maptype_must(*text);
    struct model *m = model_new(t, 1000);
    struct hmap *h = makemap(t, fastrandn(40), NULL);
    gc_add_roots(&h, sizeof(h));
    gc_scan_this_stack(&h);
    gc_set_percent(1); /* collections while the map works, too */
    for (int round = 0; round < Rounds; round++) {
        for (int i = 0; i < Steps; i++)
            random_step(t, h, m, round % 3 != 2);
        gc();
        compare_all(t, h, m);
        if (round == 5)
            both_clear(t, door(h), m);
    }
    gc_remove_roots(&h);
    free(m);
}

/* A map of fewer entries than a bucket takes, that lives on the stack. */
Test(map, header_and_first_bucket_on_the_stack)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    uint64_t bucket[18] = {0};
    cr_assert_eq(t->bucketsize, sizeof(bucket));
    struct hmap h = {.buckets = (struct bmap *)bucket, .hash0 = newhash0()};
    struct MemStats before, after;
    readmemstats(&before);
    for (int64_t k = 0; k < 8; k++)
        *(int64_t *)map_assign(t, door(&h), &k) = k * k;
    mapcheck(t, &h);
    readmemstats(&after);
    cr_assert_eq(after.Mallocs, before.Mallocs);
    int64_t three = 3;
    cr_assert_eq(*(const int64_t *)mapaccess1(t, &h, &three), 9);
}

/* What `make` allocates: objects and bytes as Go 1.19 counts them. */
static void expect_make(const struct maptype *t, intptr_t hint,
                        uint64_t objects, uint64_t bytes)
{
    struct MemStats before, after;
    readmemstats(&before);
    struct hmap *h = makemap(t, hint, NULL);
    readmemstats(&after);
    cr_expect_eq(after.Mallocs - before.Mallocs, objects, "hint %zd: %zu", hint,
                 (size_t)(after.Mallocs - before.Mallocs));
    cr_expect_eq(after.TotalAlloc - before.TotalAlloc, bytes, "hint %zd: %zu",
                 hint, (size_t)(after.TotalAlloc - before.TotalAlloc));
    mapcheck(t, h);
}

Test(map, make_allocates_as_go_does)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    expect_make(t, 0, 1, 48);
    expect_make(t, 8, 1, 48);
    expect_make(t, 9, 2, 336);
    expect_make(t, 16, 2, 624);
    expect_make(t, 100, 3, 2760);
    expect_make(t, 1024, 3, 41032);
    expect_make(t, 10000, 3, 319560);
    expect_make(t, -1, 1, 48);
    expect_make(t, INTPTR_MAX, 1, 48); /* no memory could: as if unsaid */
    expect_make(maptype_must("map[string]int"), 1024, 3, 48 + 57344 + 24);
}

/* Keys 0 to 999 into make(map[int]int), hashed as with hashkey {1,1,1,1}. */
Test(map, golden_growth)
{
    map_setup(1);
    hash0_pin(42);
    const struct maptype *t = maptype_must("map[int]int");
    struct hmap *h = makemap_small();
    struct MemStats before, after;
    readmemstats(&before);
    for (uint64_t k = 0; k < 1000; k++)
        *(uint64_t *)mapassign_fast64(t, h, k) = k;
    readmemstats(&after);
    mapcheck(t, h);
    cr_assert_eq(after.Mallocs - before.Mallocs, 70);
    cr_assert_eq(after.TotalAlloc - before.TotalAlloc, 87032);
    cr_assert_eq(h->B, 8);
    cr_assert_eq(h->noverflow, 4);
}

/* Fills a map of one bucket, empties it, and so on: one bucket in all. */
Test(map, clear_keeps_its_memory)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    struct hmap *h = makemap_small();
    struct MemStats before, after;
    readmemstats(&before);
    for (int round = 0; round < 1000; round++) {
        for (uint64_t k = 0; k < 8; k++)
            mapassign_fast64(t, h, k);
        map_clear(t, door(h));
        cr_assert_eq(h->count, 0);
    }
    readmemstats(&after);
    cr_assert_eq(after.Mallocs - before.Mallocs, 1);
}

Test(map, clear_during_a_growth_makes_all_spares_free_again)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[int]int");
    struct hmap *h = makemap(t, 100, NULL);
    uint64_t k = 0;
    while (!bucketview_growing(door(h)))
        mapassign_fast64(t, h, k++);
    struct bmap *buckets = h->buckets;
    hash0_pin(99);
    map_clear(t, door(h));
    mapcheck(t, h);
    cr_assert_eq(h->buckets, buckets);
    cr_assert_not(bucketview_growing(door(h)));
    cr_assert_eq(h->hash0, 99);
    struct bucketCounts c = bucketview_counts(t, door(h));
    cr_assert_eq(c.spares, bucketview_array(t, h->B).spares);
    cr_assert_eq(c.sparesUsed, 0);
}

Test(map, deleting_the_last_entry_gets_a_new_seed)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[string]int");
    struct hmap *h = makemap_small();
    mapassign_faststr(t, h, (struct gostring){"a", 1});
    mapassign_faststr(t, h, (struct gostring){"b", 1});
    uint32_t hash0 = h->hash0;
    hash0_pin(hash0 + 1);
    mapdelete_faststr(t, h, (struct gostring){"a", 1});
    cr_assert_eq(h->hash0, hash0);
    mapdelete_faststr(t, h, (struct gostring){"b", 1});
    cr_assert_eq(h->hash0, hash0 + 1);
}

/* NaN is no key that could be found: each insert adds one. */
Test(map, nan_keys)
{
    map_setup(3);
    const struct maptype *t = maptype_must("map[float64]int");
    struct hmap *h = makemap_small();
    double nan = NAN, one = 1;
    for (int64_t i = 0; i < 300; i++)
        *(int64_t *)map_assign(t, door(h), &nan) = i;
    map_assign(t, door(h), &one);
    mapcheck(t, h);
    cr_assert_eq(h->count, 301);
    bool ok;
    map_access2(t, door(h), &nan, &ok);
    cr_assert_not(ok);
    map_delete(t, door(h), &nan);
    cr_assert_eq(h->count, 301);
    map_clear(t, door(h)); /* one by one: only the 1 can be deleted */
    cr_assert_eq(h->count, 300);
    mapcheck(t, h);
    mapclear(t, h);
    cr_assert_eq(h->count, 0);
}

/* +0 and -0 are one key; the last one written is the one that is kept. */
Test(map, an_equal_key_is_stored_again_where_it_shows)
{
    map_setup(1);
    const struct maptype *t = maptype_must("map[float64]int");
    struct hmap *h = makemap_small();
    double plus = 0.0, minus = -0.0;
    map_assign(t, door(h), &plus);
    map_assign(t, door(h), &minus);
    cr_assert_eq(h->count, 1);
    struct hiter it;
    mapiterinit(t, h, &it);
    cr_assert(signbit(*(const double *)it.key));
}

static void expect_reads_as_empty(struct hmap *h)
{
    const struct maptype *t = maptype_must("map[string]int");
    struct gostring key = {"k", 1};
    bool ok = true;
    cr_assert_eq(*(const int64_t *)map_access2(t, door(h), &key, &ok), 0);
    cr_assert_not(ok);
    map_delete(t, door(h), &key);
    map_clear(t, door(h));
    struct hiter it;
    mapiterinit(t, h, &it);
    cr_assert_null(it.key);
}

Test(map, a_nil_map_reads_as_empty)
{
    map_setup(1);
    expect_reads_as_empty(NULL);
}

/* Go asks whether there are entries before it asks who is writing. */
Test(map, an_empty_map_reads_as_empty_during_its_first_write)
{
    map_setup(1);
    struct hmap *h = makemap_small();
    hmap_begin_writing(h);
    expect_reads_as_empty(h);
}

/* Misuse ends the program in Go's words, exit status 2. */

/* Runs f in a child; it must print `words` first and exit with status 2. */
static void expect_end(void (*f)(void), const char *words)
{
    int fd[2], status;
    char line[128] = "";
    cr_assert_eq(pipe(fd), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fd[1], STDERR_FILENO);
        f();
        _exit(0);
    }
    close(fd[1]);
    FILE *err = fdopen(fd[0], "r");
    cr_assert_not_null(fgets(line, sizeof(line), err), "not: %s", words);
    fclose(err);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2);
    line[strcspn(line, "\n")] = '\0';
    cr_assert_str_eq(line, words);
}

static const struct maptype *tint, *tiface;
static struct hmap *written, *empty;
static int64_t key1 = 1;
static struct eface unhashable;

/* An interface that holds a slice, and a map as it looks while another thread
 * writes to it. */
static void misuse_setup(void)
{
    static struct slice s;
    map_setup(1);
    tint = maptype_must("map[int]int");
    tiface = maptype_must("map[interface{}]int");
    empty = makemap_small();
    unhashable = (struct eface){type_parse("[]int", NULL), &s};
    written = makemap_small();
    map_assign(tint, door(written), &key1);
    hmap_begin_writing(written);
}

static void assign_to_nil(void)
{
    map_assign(tint, door(NULL), &key1);
}

static void assign_while_written(void)
{
    map_assign(tint, door(written), &key1);
}

static void delete_while_written(void)
{
    map_delete(tint, door(written), &key1);
}

static void clear_while_written(void)
{
    map_clear(tint, door(written));
}

static void look_up_while_written(void)
{
    mapaccess1_fast64(tint, written, 1);
}

static void iterate_while_written(void)
{
    struct hiter it;
    mapiterinit(tint, written, &it);
}

/* A second writer that looked before the first had begun. */
static void end_a_write_that_met_another(void)
{
    intptr_t count = hmap_begin_writing(written);
    hmap_end_writing(written, count);
}

static void assign_unhashable(void)
{
    map_assign(tiface, door(empty), &unhashable);
}

static void look_up_unhashable(void)
{
    mapaccess1(tiface, NULL, &unhashable);
}

static void delete_unhashable(void)
{
    map_delete(tiface, door(empty), &unhashable);
}

Test(map, misuse_ends_as_in_go, .init = misuse_setup)
{
    static const char unhashed[] =
        "panic: runtime error: hash of unhashable type []int";
    expect_end(assign_to_nil, "panic: assignment to entry in nil map");
    expect_end(assign_while_written, "fatal error: concurrent map writes");
    expect_end(delete_while_written, "fatal error: concurrent map writes");
    expect_end(clear_while_written, "fatal error: concurrent map writes");
    expect_end(end_a_write_that_met_another,
               "fatal error: concurrent map writes");
    expect_end(look_up_while_written,
               "fatal error: concurrent map read and map write");
    expect_end(iterate_while_written,
               "fatal error: concurrent map iteration and map write");
    expect_end(assign_unhashable, unhashed);
    expect_end(look_up_unhashable, unhashed);
    expect_end(delete_unhashable, unhashed);
}
