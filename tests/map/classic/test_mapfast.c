/*
 * test_mapfast.c: the families for particular keys do what the general
 * functions do: after the same operations with the same seed, two maps hold the
 * same keys in the same slots of the same chains.
 */
#include "map/mapview.h"
#include "tests/mapmodel.h"
#include <criterion/parameterized.h>

enum { MaxText = 40, Keys = 3000 };

ParameterizedTestParameters(mapfast, places_keys_as_the_general_functions_do)
{
    static char texts[][MaxText] = {
        "map[int32]int",
        "map[uint32]string",
        "map[struct{a [2]int16}]bool",
        "map[int]int",
        "map[uint64]*int",
        "map[*int]int",
        "map[unsafe.Pointer]string",
        "map[[2]int32][128]byte",
        "map[chan int]int8",
        "map[string]int",
        "map[string]string",
        "map[string]struct{}",
    };
    return cr_make_param_array(char[MaxText], texts, ARRAY_LEN(texts));
}

/* Key number n of type t. */
static void key_fill(const struct maptype *t, size_t n, void *key)
{
    if (t->fast == MAP_FASTSTR) {
        *(struct gostring *)key = string_of(n);
        return;
    }
    uint64_t word = n * 0x9e3779b97f4a7c15;
    memcpy(key, &word, t->key->size);
}

/* The same slot of two maps: the same mark, and equal keys and elements. */
static void same_slot(const struct maptype *t, const struct bucketView *a,
                      const struct bucketView *b, int i)
{
    cr_assert_eq(a->tophash[i], b->tophash[i]);
    if (a->key[i] == NULL)
        return;
    cr_assert(t->key->equal(t->key, a->key[i], b->key[i]));
    cr_assert_arr_eq(a->elem[i], b->elem[i], t->elem->size);
}

static void same_places(const struct maptype *t, const struct hmap *x,
                        const struct hmap *y)
{
    struct bucketWalk w, v;
    struct bucketView a, b;
    cr_assert_eq(x->count, y->count);
    cr_assert_eq(x->B, y->B);
    cr_assert_eq(x->noverflow, y->noverflow);
    cr_assert_eq(x->nevacuate, y->nevacuate);
    bucketview_begin(&w, t, door(x));
    bucketview_begin(&v, t, door(y));
    while (bucketview_next(&w, &a)) {
        cr_assert(bucketview_next(&v, &b));
        cr_assert(a.number == b.number && a.depth == b.depth);
        cr_assert(a.old == b.old && a.spare == b.spare);
        for (int i = 0; i < bucketCnt; i++)
            same_slot(t, &a, &b, i);
    }
    cr_assert_not(bucketview_next(&v, &b));
}

/* One random operation on both; slow is t without its family. */
static void step(const struct maptype *t, const struct maptype *slow,
                 struct hmap *x, struct hmap *y)
{
    uint64_t key[16];
    size_t n = fastrandn(Keys);
    key_fill(t, n, key);
    if (fastrandn(3) == 0) {
        map_delete(t, door(x), key);
        map_delete(slow, door(y), key);
        return;
    }
    void *a = map_assign(t, door(x), key), *b = map_assign(slow, door(y), key);
    if (t->elem->ptrdata == 0) {
        memset(a, (int)n, t->elem->size);
        memset(b, (int)n, t->elem->size);
    }
    bool inx, iny;
    key_fill(t, fastrandn(Keys), key);
    map_access2(t, door(x), key, &inx);
    map_access2(slow, door(y), key, &iny);
    cr_assert_eq(inx, iny);
}

ParameterizedTest(char (*text)[MaxText], mapfast,
                  places_keys_as_the_general_functions_do)
{
    map_setup(29);
    hash0_pin(42);
    const struct maptype *t = maptype_must(*text);
    cr_assert_neq(t->fast, MAP_SLOW);
    struct maptype slow = *t;
    slow.fast = MAP_SLOW;
    struct hmap *x = makemap(t, 0, NULL), *y = makemap(&slow, 0, NULL);
    for (int i = 0; i < 12000; i++) {
        step(t, &slow, x, y);
        if (i % 500 == 0)
            same_places(t, x, y);
    }
    same_places(t, x, y);
    mapcheck(t, x);
    mapcheck(&slow, y);
}

/* The same in maps so large that look-ups and evacuations ask ahead for what
 * they will need. */
ParameterizedTestParameters(mapfast, places_keys_alike_in_large_maps)
{
    static char texts[][MaxText] = {
        "map[int32]int",  "map[int]int",        "map[int]int8",
        "map[*int]int",   "map[string]int",     "map[string]string",
        "map[int]string", "map[uint64]float32",
    };
    return cr_make_param_array(char[MaxText], texts, ARRAY_LEN(texts));
}

ParameterizedTest(char (*text)[MaxText], mapfast,
                  places_keys_alike_in_large_maps)
{
    enum { Hint = 300000 };
    map_setup(31);
    hash0_pin(43);
    const struct maptype *t = maptype_must(*text);
    struct maptype slow = *t;
    slow.fast = MAP_SLOW;
    struct hmap *x = makemap(t, Hint, NULL), *y = makemap(&slow, Hint, NULL);
    cr_assert_geq(x->B, 16);
    for (int i = 0; i < 20000; i++)
        step(t, &slow, x, y);
    same_places(t, x, y);
    mapcheck(t, x);
}

/* More than five entries a bucket, so that a look-up goes on to the bucket
 * behind without asking whether there is one. */
Test(mapfast, finds_all_and_no_others_in_dense_maps)
{
    enum { Dense = 26000 };
    map_setup(37);
    const struct maptype *t = maptype_must("map[int]int");
    struct hmap *h = makemap_small();
    for (uint64_t k = 0; k < Dense; k++)
        *(uint64_t *)mapassign_fast64(t, h, k) = k + 1;
    cr_assert_eq(h->B, 12);
    for (uint64_t k = 0; k < Dense; k++) {
        bool ok;
        cr_assert_eq(*(const uint64_t *)mapaccess1_fast64(t, h, k), k + 1);
        cr_assert_eq(*(const uint64_t *)mapaccess1_fast64(t, h, k + Dense), 0);
        cr_assert_eq(*(const uint64_t *)mapaccess2_fast64(t, h, k, &ok), k + 1);
        cr_assert(ok);
        mapaccess2_fast64(t, h, k + Dense, &ok);
        cr_assert_not(ok);
    }
}

/* The first n bytes of a text, at another address each time. */
static struct gostring prefix(size_t n)
{
    static const char text[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr";
    static char copy[2][sizeof(text)];
    static unsigned turn;
    char *to = memcpy(copy[turn++ & 1], text, sizeof(text));
    return (struct gostring){to, (intptr_t)n};
}

static void all_lengths(const struct maptype *t)
{
    enum { Longest = 40 };
    struct hmap *h = makemap_small();
    for (size_t n = 0; n <= Longest; n++)
        *(size_t *)mapassign_faststr(t, h, prefix(n)) = n;
    cr_assert_eq(h->count, Longest + 1);
    mapcheck(t, h); /* hashes with the hasher of the type */
    for (size_t n = 0; n <= Longest; n++) {
        const size_t *e = mapaccess1_faststr(t, h, prefix(n));
        cr_assert_eq(*e, n);
        mapdelete_faststr(t, h, prefix(n));
        cr_assert_eq(h->count, Longest - (intptr_t)n);
    }
}

/* Strings that are hashed and compared in line, longer and shorter ones. */
Test(mapfast, strings_of_all_lengths)
{
    map_setup(41);
    const struct maptype *t = maptype_must("map[string]uint64");
    all_lengths(t);
    if (hash_use_aes(true))
        all_lengths(t);
}

/* The two names of a look-up agree, for each family. */
Test(mapfast, access1_is_access2_without_ok)
{
    map_setup(1);
    const struct maptype *t32 = maptype_must("map[uint32]int");
    const struct maptype *t64 = maptype_must("map[uint64]int");
    const struct maptype *tstr = maptype_must("map[string]int");
    struct hmap *h32 = makemap_small(), *h64 = makemap_small();
    struct hmap *hstr = makemap_small();
    struct gostring one = {"one", 3}, two = {"two", 3};
    *(int64_t *)mapassign_fast32(t32, h32, 1) = 10;
    *(int64_t *)mapassign_fast64(t64, h64, 1) = 11;
    *(int64_t *)mapassign_faststr(tstr, hstr, one) = 12;
    cr_assert_eq(*(const int64_t *)mapaccess1_fast32(t32, h32, 1), 10);
    cr_assert_eq(*(const int64_t *)mapaccess1_fast64(t64, h64, 1), 11);
    cr_assert_eq(*(const int64_t *)mapaccess1_faststr(tstr, hstr, one), 12);
    cr_assert_eq(*(const int64_t *)mapaccess1_fast32(t32, h32, 2), 0);
    cr_assert_eq(*(const int64_t *)mapaccess1_fast64(t64, h64, 2), 0);
    cr_assert_eq(*(const int64_t *)mapaccess1_faststr(tstr, hstr, two), 0);
}

/* An overwritten string key keeps the newer of two equal strings, so that the
 * older one's bytes can be collected. */
Test(mapfast, an_equal_string_replaces_the_key)
{
    static char old[] = "same", new[] = "same";
    map_setup(1);
    const struct maptype *t = maptype_must("map[string]int");
    struct hmap *h = makemap_small();
    mapassign_faststr(t, h, (struct gostring){old, 4});
    mapassign_faststr(t, h, (struct gostring){new, 4});
    struct hiter it;
    mapiterinit(t, h, &it);
    cr_assert_eq(((const struct gostring *)it.key)->str, new);
    mapiternext(&it);
    cr_assert_null(it.key);
}
