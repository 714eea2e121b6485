/*
 * anymap.c: the words for a map of either kind, and what one of n entries
 * takes, from the rules alone.
 *
 * A bucket map of n entries has 2^B buckets, B by n alone; chance decides only
 * how many overflow buckets hang on them: of a bucket that X keys fall on, (X -
 * 1) / 8, where X is binomial. A swiss map is a tree of tables: a table at
 * depth k, whose hashes begin with k given bits, has been split if more than
 * 896 of all keys begin with those bits. That is all there is to know of it,
 * since nothing was deleted: so the expected number of tables is a sum over
 * depths of 2^k tails.
 */
#include "tools/measure/anymap.h"
#include "alloc/malloc.h"
#include "map/mapview.h"
#include <math.h>

const char *by_kind(const char *buckets, const char *swiss)
{
    return modelled->map == MAPKIND_SWISS ? swiss : buckets;
}

const char *size_head(void)
{
    return by_kind("B", "slots");
}

int64_t size_figure(const struct maptype *t, const struct gomap *m)
{
    struct mapShape s = mapview_shape(t, m);
    return t->kind == MAPKIND_SWISS ? (int64_t)s.slots : s.B;
}

const char *holes_head(void)
{
    return by_kind("overflow", "tombstones");
}

int64_t holes_figure(const struct maptype *t, const struct gomap *m)
{
    if (t->kind == MAPKIND_CLASSIC)
        return bucketview_map(m)->noverflow;
    return (int64_t)swissview_counts(t, (const struct swissMap *)m).tombstones;
}

/*
 * Estimates.
 */

enum {
    HeaderBytes = 48,
    TableBytes = 32,
    ExtraBytes = 24, /* mapextra, and the header of the list in it */
    MostDepth = 62,
    PoissonDepth = 12, /* from here on a binomial is as good as Poisson */
    FarOut = 12,       /* deviations beyond which chance does not reach */
};

/* P(X = i), as a logarithm. */
static double log_chance(double n, int k, double i)
{
    double mean = ldexp(n, -k);
    if (k >= PoissonDepth)
        return i * log(mean) - mean - lgamma(i + 1);
    double p = ldexp(1, -k);
    return lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) +
           (n - i) * log1p(-p);
}

double share_exceeds(double n, int k, double x)
{
    double mean = ldexp(n, -k), deviation = sqrt(mean);
    if (k == 0 || mean > x + FarOut * (deviation + 1))
        return n > x;
    if (n <= x || mean < x - FarOut * (deviation + FarOut))
        return 0;
    double below = 0;
    for (double i = 0; i <= x; i++)
        below += exp(log_chance(n, k, i));
    return below < 1 ? 1 - below : 0;
}

static double slot(double size, bool noscan)
{
    return (double)objsize_slot(modelled, (size_t)size, noscan);
}

static void add(struct mapEstimate *e, double objects, double bytes)
{
    e->objects += objects;
    e->bytes += objects * bytes;
    e->allObjects += objects;
    e->allBytes += objects * bytes;
}

/* It was needed on the way, and is garbage now. */
static void add_garbage(struct mapEstimate *e, double objects, double bytes)
{
    e->allObjects += objects;
    e->allBytes += objects * bytes;
}

/* Keys and elements that are kept by pointer. */
static void add_boxes(struct mapEstimate *e, const struct maptype *t, double n)
{
    if (t->indirectkey)
        add(e, n, slot((double)t->key->size, t->key->ptrdata == 0));
    if (t->indirectelem)
        add(e, n, slot((double)t->elem->size, t->elem->ptrdata == 0));
}

/* Bucket maps. */

/* Overflow buckets that n entries in 2^B buckets let expect. */
static double expected_overflow(double n, uint8_t B)
{
    double sum = 0;
    for (int full = bucketCnt;; full += bucketCnt) {
        double p = share_exceeds(n, B, full);
        sum += p;
        if (p < 1e-12)
            return ldexp(sum, B);
    }
}

/* The part of a number about mean that is above limit, expected. */
static double expected_above(double mean, double limit)
{
    double deviation = sqrt(mean), d = mean - limit;
    if (deviation == 0 || fabs(d) > FarOut * deviation)
        return d > 0 ? d : 0;
    double z = d / deviation;
    return d * erfc(-z / M_SQRT2) / 2 +
           deviation * exp(-z * z / 2) / sqrt(2 * M_PI);
}

/* The list of so many overflow buckets: an array that append makes longer. */
static void add_list(struct mapEstimate *e, double listed)
{
    size_t cap = 0;
    while ((double)cap < listed) {
        intptr_t want = nextslicecap((intptr_t)cap + 1, (intptr_t)cap);
        if (cap > 0)
            add_garbage(e, 1, slot((double)cap * PtrSize, false));
        cap = roundupsize((size_t)want * PtrSize, false) / PtrSize;
    }
    if (cap > 0) {
        add(e, 1, ExtraBytes);
        add(e, 1, slot((double)cap * PtrSize, false));
    }
}

/* What 2^B buckets and their n entries take, the header apart. */
static struct mapEstimate array_of(const struct maptype *t, uint8_t B, double n)
{
    struct mapEstimate e = {.tables = 1};
    struct mapArray array = bucketview_array(t, B);
    bool noscan = t->bucket->ptrdata == 0;
    double overflow = expected_overflow(n, B);
    e.slots = (double)array.buckets * bucketCnt;
    e.overflow = expected_above(overflow, (double)array.spares);
    add(&e, 1, (double)array.rounded);
    add(&e, e.overflow, slot((double)t->bucket->size, noscan));
    bool listed = noscan && overflow > 0.5; /* more likely than not */
    if (array.spares > 0 || listed)
        add(&e, 1, ExtraBytes);
    if (listed)
        add_list(&e, overflow);
    return e;
}

/* e was outgrown, whole. mapextra goes on to the next array. */
static void outgrow(struct mapEstimate *sum, const struct mapEstimate *e,
                    bool extra)
{
    add_garbage(sum, 1, 0);
    sum->allObjects += e->allObjects - 1 - extra;
    sum->allBytes += e->allBytes - (extra ? ExtraBytes : 0);
}

static struct mapEstimate estimate_buckets(const struct maptype *t,
                                           int64_t hint, double n)
{
    struct mapEstimate sum = {0};
    uint8_t B = bucketview_hintB(t, (intptr_t)hint);
    double last = 0; /* bytes of the array before */
    bool made = B > 0 || n > 0;
    add(&sum, 1, HeaderBytes);
    for (; n > (double)geometry_capacity(B); B++) {
        struct mapEstimate e = array_of(t, B, (double)geometry_capacity(B));
        outgrow(&sum, &e, e.objects > 1);
        last = e.bytes;
    }
    if (!made)
        return sum;
    struct mapEstimate e = array_of(t, B, n);
    double begins = B > 0 ? (double)geometry_capacity((uint8_t)(B - 1)) : 0;
    /* A write moves the next old bucket and its own: all have moved after
     * ln 2 inserts for each, and a little sooner where they are few. */
    bool moving = last > 0 && n + 1.5 < begins + M_LN2 * ldexp(1, B - 1);
    sum.peak = sum.bytes + array_of(t, B, begins + 1).bytes + last;
    sum.objects += e.objects + moving;
    sum.bytes += e.bytes + (moving ? last : 0);
    sum.allObjects += e.allObjects;
    sum.allBytes += e.allBytes;
    sum.tables = e.tables;
    sum.slots = e.slots;
    sum.overflow = e.overflow;
    return sum;
}

/* Swiss maps. */

/* The array of groups for so many slots. */
static double groups_bytes(const struct maptype *t, double slots)
{
    return slot(slots / groupSlots * t->groupsize, t->group->ptrdata == 0);
}

static double directory_bytes(int depth)
{
    return slot(ldexp(PtrSize, depth), false);
}

/* so many tables of so many slots, live or outgrown. */
static void add_tables(struct mapEstimate *e, const struct maptype *t,
                       double tables, double slots, bool live)
{
    void (*put)(struct mapEstimate *, double, double) =
        live ? add : add_garbage;
    put(e, tables, TableBytes);
    put(e, tables, groups_bytes(t, slots));
    if (live) {
        e->tables += tables;
        e->slots += tables * slots;
    }
}

/* Tables of the first depth, each with `slots` slots to begin with: they double
 * until they hold their share, or are of the largest size. */
static void add_first_tables(struct mapEstimate *e, const struct maptype *t,
                             double n, int depth, uint32_t slots)
{
    double many = ldexp(1, depth), here = 1;
    for (; slots < maxTableCapacity; slots *= 2) {
        double more = share_exceeds(n, depth, table_limit((uint16_t)slots));
        add_tables(e, t, many * (here - more), slots, true);
        add_tables(e, t, many * more, slots, false);
        here = more;
    }
    double split = share_exceeds(n, depth, table_limit(maxTableCapacity));
    add_tables(e, t, many * (here - split), maxTableCapacity, true);
    add_tables(e, t, many * split, maxTableCapacity, false);
}

/* Depth by depth: what was split has two in its place. */
static void add_splits(struct mapEstimate *e, const struct maptype *t, double n,
                       int depth)
{
    double limit = table_limit(maxTableCapacity), directory;
    double split = share_exceeds(n, depth, limit);
    directory = directory_bytes(depth);
    add(e, 1, directory);
    for (; split > 1e-15 && depth < MostDepth; depth++) {
        double children = ldexp(split, depth + 1);
        double any = -expm1(ldexp(log1p(-split), depth));
        split = share_exceeds(n, depth + 1, limit);
        double again = ldexp(split, depth + 1);
        add_tables(e, t, children - again, maxTableCapacity, true);
        add_tables(e, t, again, maxTableCapacity, false);
        /* The directory has doubled if any was split. */
        double larger = directory_bytes(depth + 1);
        e->bytes += any * (larger - directory);
        e->allBytes += any * larger;
        e->allObjects += any;
        directory = larger;
    }
}

/* The last growth is over within an insert: what it replaced comes on top. */
static double swiss_peak(const struct maptype *t, const struct mapEstimate *e,
                         int64_t hint, double n)
{
    struct mapShape first = mapview_hinted(t, (intptr_t)hint);
    double begins = bucketCnt, limit = table_limit(maxTableCapacity);
    if (n <= (double)first.room)
        return e->bytes;
    if (e->tables > 1.5 || first.tables > 1)
        return e->bytes + groups_bytes(t, maxTableCapacity);
    double slots = minTableCapacity;
    for (; begins < limit && table_limit((uint16_t)slots) < n; slots *= 2)
        begins = table_limit((uint16_t)slots);
    double before = begins == bucketCnt ? groupSlots : slots / 2;
    return e->bytes + groups_bytes(t, before);
}

static struct mapEstimate estimate_swiss(const struct maptype *t, int64_t hint,
                                         double n)
{
    struct mapEstimate e = {0};
    struct tableSizes made = table_sizes(t, (intptr_t)hint);
    bool small = made.dirSize == 0;
    add(&e, 1, HeaderBytes);
    if (small && n > 0)
        (n > groupSlots ? add_garbage : add)(&e, 1,
                                             groups_bytes(t, groupSlots));
    if (small && n <= groupSlots) {
        e.tables = n > 0;
        e.slots = n > 0 ? groupSlots : 0;
    } else {
        int depth = small ? 0 : __builtin_ctzll(made.dirSize);
        add_first_tables(&e, t, n, depth,
                         small ? minTableCapacity : made.capacity);
        add_splits(&e, t, n, depth);
    }
    e.peak = swiss_peak(t, &e, hint, n);
    return e;
}

struct mapEstimate estimate_map(const struct maptype *t, int64_t hint,
                                int64_t n)
{
    struct mapEstimate e = t->kind == MAPKIND_SWISS
                               ? estimate_swiss(t, hint, (double)n)
                               : estimate_buckets(t, hint, (double)n);
    double bytes = e.bytes;
    add_boxes(&e, t, (double)n);
    e.peak += e.bytes - bytes;
    return e;
}
