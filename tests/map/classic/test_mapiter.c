/*
 * test_mapiter.c: each entry comes once, whatever happens to the map meanwhile.
 */
#include "map/classic/hmap.h"
#include "map/mapview.h"
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

/* Iterates over all of h; every entry must be the model's, each once. */
static void iterate_all(const struct maptype *t, struct hmap *h,
                        const struct model *m)
{
    bool seen[ModelMax] = {false};
    intptr_t count = 0;
    struct hiter it;
    for (mapiterinit(t, h, &it); it.key != NULL; mapiternext(&it)) {
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

/* After every insert, so also at every step of every growth. */
Test(mapiter, each_entry_once)
{
    map_setup(11);
    for (size_t i = 0; i < ARRAY_LEN(typeTexts); i++) {
        const struct maptype *t = maptype_must(typeTexts[i]);
        struct model *m = model_new(t, 120);
        struct hmap *h = makemap_small();
        for (size_t key = 0; key < m->keys; key++) {
            both_insert(t, door(h), m, key, key % m->elems);
            iterate_all(t, h, m);
        }
        free(m);
    }
}

enum { Absent, Present, Changed };

/* What an iteration may give out while the map is being written. */
struct watch {
    uint8_t state[ModelMax]; /* since it began: there, not there, or both */
    bool seen[ModelMax];
};

static void watch_begin(struct watch *w, const struct model *m)
{
    *w = (struct watch){.state = {Absent}};
    for (size_t key = 0; key < m->keys; key++)
        w->state[key] = m->elem[key] >= 0 ? Present : Absent;
}

/* Some writes in the middle of an iteration. */
static void disturb(const struct maptype *t, struct hmap *h, struct model *m,
                    struct watch *w)
{
    for (uint32_t n = fastrandn(6); n > 0; n--) {
        size_t key = fastrandn((uint32_t)m->keys);
        if (fastrandn(3) == 0) {
            both_delete(t, door(h), m, key);
            w->state[key] = Changed;
            continue;
        }
        if (m->elem[key] < 0)
            w->state[key] = Changed;
        both_insert(t, door(h), m, key, fastrandn((uint32_t)m->elems));
    }
}

static void iterate_disturbed(const struct maptype *t, struct hmap *h,
                              struct model *m)
{
    struct watch w;
    struct hiter it;
    watch_begin(&w, m);
    for (mapiterinit(t, h, &it); it.key != NULL; mapiternext(&it)) {
        size_t key = value_number(t->key, it.key, m->keys);
        cr_assert_lt(key, m->keys);
        cr_assert_neq(w.state[key], Absent, "key %zu was never there", key);
        cr_assert_geq(m->elem[key], 0, "key %zu had been deleted", key);
        cr_assert(value_is(t->elem, (size_t)m->elem[key], it.elem));
        cr_assert(w.state[key] == Changed || !w.seen[key]);
        w.seen[key] = true;
        disturb(t, h, m, &w);
    }
    for (size_t key = 0; key < m->keys; key++)
        cr_assert(w.state[key] != Present || w.seen[key],
                  "%s: key %zu was there all the time", t->typ.str, key);
    mapcheck(t, h);
}

Test(mapiter, survives_growth_and_deletion)
{
    map_setup(13);
    for (size_t i = 0; i < ARRAY_LEN(typeTexts); i++) {
        const struct maptype *t = maptype_must(typeTexts[i]);
        struct model *m = model_new(t, 400);
        struct hmap *h = makemap_small();
        for (size_t key = 0; key < 7; key++)
            both_insert(t, door(h), m, key, key % m->elems);
        for (int round = 0; round < 40; round++) {
            iterate_disturbed(t, h, m);
            if (round % 8 == 7)
                both_clear(t, door(h), m);
            both_insert(t, door(h), m, 1, 1 % m->elems);
        }
        free(m);
    }
}

/* Inserts n NaNs with elements 0 … n-1. */
static struct hmap *nans(const struct maptype *t, int64_t n)
{
    struct hmap *h = makemap_small();
    double nan = NAN;
    for (int64_t i = 0; i < n; i++)
        *(int64_t *)map_assign(t, door(h), &nan) = i;
    return h;
}

/* NaNs cannot be looked up, so an iteration and the evacuation must agree on
 * where each goes without asking its hash. Begun at every size, and with the
 * map growing under it by `more` entries. */
static void iterate_nans(const struct maptype *t, int64_t n, int64_t more)
{
    struct hmap *h = nans(t, n);
    bool seen[ModelMax] = {false};
    double nan = NAN;
    struct hiter it;
    int64_t met = 0;
    for (mapiterinit(t, h, &it); it.key != NULL; mapiternext(&it)) {
        int64_t i = *(const int64_t *)it.elem;
        cr_assert_not(seen[i], "entry %ld twice", (long)i);
        seen[i] = true;
        met += i < n;
        if (more > 0)
            *(int64_t *)map_assign(t, door(h), &nan) = n + --more;
    }
    cr_assert_eq(met, n);
    mapcheck(t, h);
}

Test(mapiter, nans_once_each)
{
    map_setup(17);
    const struct maptype *t = maptype_must("map[float64]int");
    for (int64_t n = 1; n < 220; n++) {
        iterate_nans(t, n, 0);
        iterate_nans(t, n, 2 * n);
    }
}

Test(mapiter, begins_at_random)
{
    map_setup(19);
    const struct maptype *t = maptype_must("map[int]int");
    struct hmap *h = makemap_small();
    bool first[64] = {false};
    int different = 0;
    for (uint64_t k = 0; k < 64; k++)
        mapassign_fast64(t, h, k);
    for (int i = 0; i < 200; i++) {
        struct hiter it;
        mapiterinit(t, h, &it);
        different += !first[*(const uint64_t *)it.key];
        first[*(const uint64_t *)it.key] = true;
    }
    cr_assert_gt(different, 16);
}

/* Two iterations side by side, as two readers have them. */
Test(mapiter, two_at_once)
{
    map_setup(23);
    const struct maptype *t = maptype_must("map[string]int");
    struct model *m = model_new(t, 100);
    struct hmap *h = makemap_small();
    for (size_t key = 0; key < 100; key++)
        both_insert(t, door(h), m, key, key);
    struct hiter it;
    int outer = 0;
    for (mapiterinit(t, h, &it); it.key != NULL; mapiternext(&it), outer++)
        iterate_all(t, h, m);
    cr_assert_eq(outer, 100);
    free(m);
}

/* An iteration that notes the slots of a bucket gives what one gives that looks
 * at the bucket anew for each entry, whatever is written in between. */
Test(mapiter, notes_are_never_stale)
{
    map_setup(29);
    for (size_t i = 0; i < ARRAY_LEN(typeTexts); i++) {
        const struct maptype *t = maptype_must(typeTexts[i]);
        struct model *m = model_new(t, 400);
        struct hmap *h = makemap_small();
        for (size_t key = 0; key < 30; key++)
            both_insert(t, door(h), m, key, key % m->elems);
        for (int round = 0; round < 60; round++) {
            struct watch w;
            struct hiter it, anew;
            mapiterinit(t, h, &it);
            for (anew = it; it.key != NULL; mapiternext(&it)) {
                cr_assert_eq(it.key, anew.key);
                cr_assert_eq(it.elem, anew.elem);
                if (fastrandn(2) == 0)
                    disturb(t, h, m, &w);
                if (anew.left != 0)
                    anew.i = (uint8_t)(__builtin_ctz(anew.left) + 1);
                anew.left = 0;
                mapiternext(&anew);
            }
            cr_assert_null(anew.key);
            both_insert(t, door(h), m, 1, 1 % m->elems);
        }
        free(m);
    }
}

/* The step of an iteration as Go has it: slot by slot, every one looked at
 * anew. Of struct hiter it uses the fields that are Go's. Go: map.go
 * mapiternext. */

static const uintptr_t noBucket = UINTPTR_MAX;

static void go_next_bucket(struct hiter *it)
{
    struct hmap *h = it->h;
    uintptr_t old = it->bucket & hmap_oldbucketmask(h);
    it->bptr = bucket_at(it->t, it->buckets, it->bucket);
    it->checkBucket = noBucket;
    if (hmap_growing(h) && it->B == h->B &&
        !evacuated(bucket_at(it->t, h->oldbuckets, old))) {
        it->bptr = bucket_at(it->t, h->oldbuckets, old);
        it->checkBucket = it->bucket;
    }
    it->bucket = (it->bucket + 1) & bucketMask(it->B);
    it->wrapped = it->wrapped || it->bucket == 0;
    it->i = 0;
}

/* Will the entry with key k move to the bucket that the iteration is at? */
static bool go_comes_here(const struct hiter *it, const void *k, uint8_t top)
{
    const struct type *key = it->t->key;
    if (it->checkBucket == noBucket || hmap_sameSizeGrow(it->h))
        return true;
    if (!key->equal(key, k, k))
        return it->checkBucket >> (it->B - 1) == (top & 1);
    uintptr_t hash = key->hash(key, k, it->h->hash0);
    return (hash & bucketMask(it->B)) == it->checkBucket;
}

static bool go_gives(struct hiter *it, size_t i)
{
    const struct maptype *t = it->t;
    uint8_t top = it->bptr->tophash[i];
    char *k = (char *)it->bptr->data + i * t->keysize;
    char *e = (char *)it->bptr->data + 8 * (size_t)t->keysize + i * t->elemsize;
    if (isEmpty(top) || top == evacuatedEmpty)
        return false;
    it->key = t->indirectkey ? *(void **)k : k;
    it->elem = t->indirectelem ? *(void **)e : e;
    if (!go_comes_here(it, it->key, top))
        return false;
    if (top >= minTopHash || !t->key->equal(t->key, it->key, it->key))
        return true;
    bool ok;
    it->elem = (void *)(uintptr_t)mapaccess2(t, it->h, it->key, &ok);
    return ok;
}

static void go_next(struct hiter *it)
{
    for (;;) {
        if (it->bptr == NULL && it->bucket == it->startBucket && it->wrapped)
            break;
        if (it->bptr == NULL)
            go_next_bucket(it);
        while (it->i < bucketCnt)
            if (go_gives(it, (it->i++ + it->offset) % bucketCnt))
                return;
        it->bptr = bmap_overflow(it->t, it->bptr);
        it->i = 0;
    }
    it->key = it->elem = NULL;
}

/* Begins both at the same place. */
static void both_begin(const struct maptype *t, struct hmap *h,
                       struct hiter *ours, struct hiter *go)
{
    mapiterinit(t, h, ours);
    *go = (struct hiter){
        .t = t,
        .h = h,
        .B = h->B,
        .buckets = h->buckets,
        .startBucket = ours->startBucket,
        .offset = ours->offset,
        .bucket = ours->startBucket,
    };
    if (h->count > 0)
        go_next(go);
}

/* A moved entry's key is the new one with us and the old one in go_next. */
static void both_agree(const struct hiter *ours, const struct hiter *go)
{
    const struct type *key = ours->t->key;
    cr_assert_eq(ours->elem, go->elem);
    cr_assert(ours->key == go->key || key->equal(key, ours->key, go->key));
}

/* While the map is written to, now and then cleared and refilled. */
Test(mapiter, gives_what_gos_loop_gives)
{
    map_setup(31);
    for (size_t i = 0; i < ARRAY_LEN(typeTexts); i++) {
        const struct maptype *t = maptype_must(typeTexts[i]);
        struct model *m = model_new(t, 400);
        struct hmap *h = makemap_small();
        for (int round = 0; round < 120; round++) {
            struct watch w;
            struct hiter ours, go;
            uint32_t calm = fastrandn(4);
            both_begin(t, h, &ours, &go);
            for (; ours.key != NULL; mapiternext(&ours), go_next(&go)) {
                both_agree(&ours, &go);
                if (fastrandn(4) >= calm)
                    disturb(t, h, m, &w);
                if (fastrandn(1000) == 0)
                    both_clear(t, door(h), m);
            }
            cr_assert_null(go.key);
            both_insert(t, door(h), m, 1, 1 % m->elems);
        }
        free(m);
    }
}

Test(mapiter, gives_nans_as_gos_loop_does)
{
    map_setup(37);
    const struct maptype *t = maptype_must("map[float64]int");
    double nan = NAN;
    for (int64_t n = 1; n < 220; n++) {
        struct hmap *h = nans(t, n);
        struct hiter ours, go;
        int64_t more = (int64_t)fastrandn(2 * (uint32_t)n);
        both_begin(t, h, &ours, &go);
        for (; ours.key != NULL; mapiternext(&ours), go_next(&go)) {
            both_agree(&ours, &go);
            if (more-- > 0)
                map_assign(t, door(h), &nan);
        }
        cr_assert_null(go.key);
    }
}

/* Go 1.19 gives 89 entries of such a map, or about as many, after the clear. */
Test(mapiter, a_clear_during_a_growth_is_not_noticed_as_in_go)
{
    map_setup(43);
    const struct maptype *t = maptype_must("map[int]int");
    struct hmap *h = makemap_small();
    for (uint64_t k = 0; k < 104; k++)
        mapassign_fast64(t, h, k);
    struct hiter it;
    mapiterinit(t, h, &it);
    mapassign_fast64(t, h, 104);
    cr_assert(hmap_growing(h));
    map_clear(t, door(h));
    cr_assert_eq(h->count, 0);
    int after = 0;
    for (mapiternext(&it); it.key != NULL; mapiternext(&it))
        after++;
    cr_assert(after > 52 && after < 104, "%d", after);
}
