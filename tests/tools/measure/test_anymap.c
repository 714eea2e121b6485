/*
 * test_anymap.c: what the rules let expect, against maps that were filled:
 * exact where nothing is left to chance, else close.
 */
#include "map/mapview.h"
#include "tests/mapmodel.h"
#include "tools/measure/anymap.h"
#include "tools/measure/keyvalue.h"
#include <math.h>

static const char *const types[] = {
    "map[int]int",    "map[string]int",      "map[int]struct {}",
    "map[int32]bool", "map[string]string",   "map[int]*int",
    "map[int8]int",   "map[int][129]uint8",  "map[[129]uint8][129]uint8",
    "map[int]any",    "map[float64]float64",
};

static const int64_t sizes[] = {0,   1,    8,    9,    14,    15,    28,  29,
                                56,  57,   112,  113,  448,   449,   896, 897,
                                999, 2000, 5000, 9999, 30000, 100000};

/* What a map that is filled allocates, and keeps. */
static struct mapEstimate filled(const struct maptype *t, int64_t hint,
                                 const struct values *keys, int64_t n)
{
    struct MemStats before, after, live;
    static struct gomap *m; /* the only root */
    gc();
    readmemstats(&before);
    gc_add_roots(&m, sizeof m);
    m = hint <= 8 ? map_make_small(t) : map_make(t, (intptr_t)hint, NULL);
    for (int64_t i = 0; i < n; i++)
        map_assign(t, m, value_at(keys, (size_t)i));
    readmemstats(&after);
    gc();
    readmemstats(&live);
    gc_remove_roots(&m);
    return (struct mapEstimate){
        .bytes = (double)(live.HeapAlloc - before.HeapAlloc),
        .allObjects = (double)(after.Mallocs - before.Mallocs),
        .allBytes = (double)(after.TotalAlloc - before.TotalAlloc),
    };
}

static void close_enough(double is, double expected, double part,
                         const char *what, int64_t hint, int64_t n)
{
    double off = fabs(is - expected);
    cr_expect(off <= part * is + 0.001,
              "%s %s, hint %ld, n %ld: %g, estimated %g", modelled->name, what,
              (long)hint, (long)n, is, expected);
}

/* Whether the last old bucket of a growing bucket map has moved is chance. */
static bool may_be_moving(const struct maptype *t, int64_t hint, int64_t n)
{
    if (t->kind == MAPKIND_SWISS || hint > 8)
        return false;
    uint8_t B = mapview_hinted(t, (intptr_t)n).B;
    if (B == 0)
        return false;
    double old = ldexp(1, B - 1);
    double since = (double)n - (double)geometry_capacity((uint8_t)(B - 1));
    return since >= old / 2 && since <= old;
}

static void compare(const struct maptype *t, const struct values *keys,
                    int64_t hint, int64_t n, double part)
{
    struct mapEstimate is = filled(t, hint, keys, n);
    struct mapEstimate want = estimate_map(t, hint, n);
    close_enough(is.allBytes, want.allBytes, part, t->typ.str, hint, n);
    if (!may_be_moving(t, hint, n))
        close_enough(is.bytes, want.bytes, part, "live bytes", hint, n);
    if (part == 0)
        close_enough(is.allObjects, want.allObjects, 0, "objects", hint, n);
}

static bool too_few_keys(const struct maptype *t, int64_t n)
{
    return t->key->size == 1 && n > 256;
}

/* One table leaves nothing to chance, and neither do tables that a hint made
 * large enough. */
static void compare_swiss(const struct maptype *t, const struct values *keys,
                          int64_t n)
{
    compare(t, keys, 0, n, n <= 897 ? 0 : n < 5000 ? 0.2 : 0.05);
    compare(t, keys, n, n < 8 ? n : n / 8 * 7, n <= 896 ? 0 : 0.1);
}

static void compare_buckets(const struct maptype *t, const struct values *keys,
                            int64_t n)
{
    double part = n <= 8 ? 0 : n < 1000 ? 0.3 : 0.04;
    compare(t, keys, 0, n, part);
    compare(t, keys, n, n, part);
}

static void compare_all(const char *release,
                        void (*one)(const struct maptype *t,
                                    const struct values *keys, int64_t n))
{
    goversion_choose(goversion_named(release));
    map_setup(1);
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        const struct maptype *t = maptype_must(types[i]);
        struct values *keys = values_make(t->key, 0, 100000);
        for (size_t j = 0; j < ARRAY_LEN(sizes); j++)
            if (!too_few_keys(t, sizes[j]))
                one(t, keys, sizes[j]);
        values_free(keys);
    }
}

Test(anymap, swiss_maps, .timeout = 120)
{
    compare_all("1.24", compare_swiss);
}

Test(anymap, swiss_maps_of_the_newest, .timeout = 120)
{
    compare_all("1.27", compare_swiss);
}

Test(anymap, bucket_maps, .timeout = 120)
{
    compare_all("1.19", compare_buckets);
}

Test(anymap, bucket_maps_with_headers, .timeout = 120)
{
    compare_all("1.23", compare_buckets);
}

Test(anymap, shares)
{
    cr_expect_eq(share_exceeds(897, 0, 896), 1);
    cr_expect_eq(share_exceeds(896, 0, 896), 0);
    cr_expect_float_eq(share_exceeds(4, 1, 2), 5.0 / 16, 1e-12);
    cr_expect_float_eq(share_exceeds(1e12, 30, 931), 0.5, 0.02);
    cr_expect_eq(share_exceeds(1e12, 20, 896), 1);
    cr_expect_eq(share_exceeds(1e12, 40, 896), 0);
}
