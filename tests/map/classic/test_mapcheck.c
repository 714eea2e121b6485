/*
 * test_mapcheck.c: each invariant, broken by hand, is noticed.
 */
#include "map/classic/mapbucket.h"
#include "tests/mapmodel.h"
#include <criterion/parameterized.h>
#include <signal.h>

static const struct maptype *t;

/* A map of n entries that is not growing. */
static struct hmap *resting(const char *text, size_t n)
{
    map_setup(1);
    hash0_pin(42);
    t = maptype_must(text);
    struct model *m = model_new(t, ModelMax);
    struct hmap *h = makemap_small();
    for (size_t k = 0; k < n; k++)
        both_insert(t, door(h), m, k, k % m->elems);
    while (hmap_growing(h))
        both_insert(t, door(h), m, 0, 0);
    free(m);
    mapcheck(t, h);
    return h;
}

/* One that has just begun to grow, out of 16 buckets. */
static struct hmap *growing(const char *text)
{
    map_setup(1);
    hash0_pin(42);
    t = maptype_must(text);
    struct model *m = model_new(t, ModelMax);
    struct hmap *h = makemap_small();
    for (size_t k = 0; h->B < 5; k++)
        both_insert(t, door(h), m, k, k % m->elems);
    free(m);
    mapcheck(t, h);
    cr_assert(hmap_growing(h));
    return h;
}

/* The first slot of h's array that holds an entry. */
static uint8_t *some_entry(struct hmap *h)
{
    for (struct bmap *b = h->buckets;; b = bucket_at(t, b, 1))
        for (int i = 0; i < bucketCnt; i++)
            if (b->tophash[i] >= minTopHash)
                return &b->tophash[i];
}

static void count_too_high(struct hmap *h)
{
    h->count++;
}

static void wrong_tophash(struct hmap *h)
{
    ++*some_entry(h);
}

static void wrong_chain(struct hmap *h)
{
    h->hash0++;
}

/* The same key a second time: the first hides it. */
static void hidden_key(struct hmap *h)
{
    memcpy(h->buckets->data + 8, h->buckets->data, 8);
    h->buckets->tophash[1] = h->buckets->tophash[0];
    h->count++;
}

static void unwritten_with_entries(struct hmap *h)
{
    h->count = 1;
}

static void unwritten_with_size(struct hmap *h)
{
    h->B = 1;
}

/* A ninth entry, in an overflow bucket of a map of one bucket. */
static void overfull(struct hmap *h)
{
    uint64_t key = 8;
    struct bmap *b = hmap_newoverflow(h, t, h->buckets);
    memcpy(b->data, &key, sizeof(key));
    b->tophash[0] = tophash(memhash64(&key, h->hash0));
    h->count++;
}

static void wrong_noverflow(struct hmap *h)
{
    h->noverflow++;
}

static void spare_not_empty(struct hmap *h)
{
    h->extra->nextOverflow->tophash[3] = minTopHash;
}

static void spare_skipped(struct hmap *h)
{
    h->extra->nextOverflow = bucket_at(t, h->extra->nextOverflow, 1);
}

static void spares_without_sign(struct hmap *h)
{
    struct bmap *b = h->extra->nextOverflow;
    while (bmap_overflow(t, b) == NULL)
        b = bucket_at(t, b, 1);
    bmap_setoverflow(t, b, NULL);
}

static void list_too_short(struct hmap *h)
{
    h->extra->overflow->len--;
}

static void list_names_another(struct hmap *h)
{
    *(void **)h->extra->overflow->array = h->buckets;
}

static void entry_behind_the_end(struct hmap *h)
{
    h->buckets->tophash[1] = emptyRest;
}

static void hole_before_the_end(struct hmap *h)
{
    h->buckets->tophash[3] = emptyOne;
}

static void hole_at_the_end(struct hmap *h)
{
    h->buckets->tophash[7] = emptyOne;
    h->count--;
}

static void evacuation_skipped(struct hmap *h)
{
    h->nevacuate = 15;
}

static void half_evacuated(struct hmap *h)
{
    h->oldbuckets->tophash[3] = emptyOne;
}

static void same_size_at_rest(struct hmap *h)
{
    h->flags |= sameSizeGrow;
}

static void old_list_at_rest(struct hmap *h)
{
    h->extra->oldoverflow = h->extra->overflow;
}

static void writing_at_rest(struct hmap *h)
{
    hmap_begin_writing(h);
}

enum { Growing = SIZE_MAX >> 1 };

static const struct {
    const char *invariant;
    void (*breach)(struct hmap *h);
    const char *text;
    size_t n; /* entries, or Growing */
} breaches[] = {
    {"M1", count_too_high, "map[int]int", 50},
    {"M2", wrong_tophash, "map[int]int", 50},
    {"M2", wrong_chain, "map[int]int", 50},
    {"M3", hidden_key, "map[int]int", 1},
    {"M4", unwritten_with_entries, "map[int]int", 0},
    {"M4", unwritten_with_size, "map[int]int", 0},
    {"M5", overfull, "map[int]int", 8},
    {"B1", wrong_noverflow, "map[int]int", 500},
    {"B2", spare_not_empty, "map[int]*int", 60},
    {"B2", spare_skipped, "map[int]*int", 60},
    {"B2", spares_without_sign, "map[int]*int", 60},
    {"B3", list_too_short, "map[int]int", 500},
    {"B3", list_names_another, "map[int]int", 500},
    {"B4", entry_behind_the_end, "map[int]int", 3},
    {"B5", hole_before_the_end, "map[int]int", 3},
    {"B5", hole_at_the_end, "map[int]int", 8},
    {"G1", evacuation_skipped, "map[int]int", Growing},
    {"G2", half_evacuated, "map[int]int", Growing},
    {"G3", same_size_at_rest, "map[int]int", 50},
    {"G4", old_list_at_rest, "map[int]int", 500},
    {"at rest", writing_at_rest, "map[int]int", 5},
};

ParameterizedTestParameters(mapcheck, notices)
{
    static size_t index[ARRAY_LEN(breaches)];
    for (size_t i = 0; i < ARRAY_LEN(index); i++)
        index[i] = i;
    return cr_make_param_array(size_t, index, ARRAY_LEN(index));
}

/* The map is sound before the breach; mapcheck must not survive it. */
ParameterizedTest(size_t *i, mapcheck, notices, .signal = SIGABRT)
{
    const char *text = breaches[*i].text;
    size_t n = breaches[*i].n;
    struct hmap *h = n == Growing ? growing(text) : resting(text, n);
    breaches[*i].breach(h);
    mapcheck(t, h);
    cr_log_error("%s: not noticed", breaches[*i].invariant);
}

/* NaNs are never hashed: checking draws no random number. */
Test(mapcheck, changes_nothing)
{
    struct hmap *h = resting("map[float64]int", 40);
    double nan = 0.0 / 0.0;
    for (int i = 0; i < 40; i++)
        map_assign(t, door(h), &nan);
    uint64_t before = getm()->fastrand;
    struct hmap was = *h;
    mapcheck(t, h);
    cr_assert_eq(getm()->fastrand, before);
    cr_assert_arr_eq(&was, h, sizeof(was));
}
