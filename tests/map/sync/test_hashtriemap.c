/*
 * test_hashtriemap.c: the trie under sync.Map beside a model, keys of one hash
 * among them, and from many threads. What it allocates is compared with Go's in
 * test_syncoracle.c.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/base/goversion.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include "runtime/type/hash.h"
#include "tests/child.h"
#include <criterion/criterion.h>

enum { NKeys = 300, NKinds = 2 };

static struct hashTrieMap *m;

static void start(void)
{
    goversion_choose(goversion_named("1.24"));
    MemProfileRate = 0;
    mallocinit();
    gc_add_roots(&m, sizeof m);
    m = newobject(hashTrieMap_type());
}

/* Key number k of a kind: an int or a uint of the same value. The two are
 * different keys, and have one hash, which does not depend on the type. */
static struct eface key_of(int64_t k, int kind)
{
    struct eface e = eface_int(k);
    if (kind == 1)
        e._type = type_basic(kindUint);
    return e;
}

static int64_t value(struct eface e)
{
    return e._type == NULL ? -1 : *(const int64_t *)e.data;
}

/* The model: the value of each key, -1 when it is absent. */
static int64_t model[NKeys][NKinds];

static int64_t model_count(void)
{
    int64_t n = 0;
    for (int k = 0; k < NKeys; k++)
        for (int kind = 0; kind < NKinds; kind++)
            n += model[k][kind] >= 0;
    return n;
}

static bool compare_entry(void *ctx, struct eface key, struct eface v)
{
    int64_t k = *(const int64_t *)key.data, *seen = ctx;
    int kind = key._type == type_basic(kindUint);
    cr_assert_eq(value(v), model[k][kind]);
    ++*seen;
    return true;
}

static void expect_all(void)
{
    int64_t seen = 0;
    hashTrieMap_Range(m, &(struct trieYield){compare_entry, &seen});
    struct hashTrieView v = hashTrieMap_view(m);
    cr_assert_eq(seen, model_count());
    cr_assert_eq(v.entries, seen);
}

/* One random operation here and on the model. */
static void random_step(void)
{
    int64_t k = fastrandn(NKeys), v = fastrandn(1000);
    int kind = (int)fastrandn(NKinds);
    struct eface key = key_of(k, kind), boxed = eface_int(v);
    int64_t old = model[k][kind];
    bool ok = false;
    switch (fastrandn(9)) {
    case 0:
        hashTrieMap_Store(m, key, boxed);
        model[k][kind] = v;
        break;
    case 1:
        cr_assert_eq(value(hashTrieMap_Swap(m, key, boxed, &ok)), old);
        cr_assert_eq(ok, old >= 0);
        model[k][kind] = v;
        break;
    case 2:
        cr_assert_eq(value(hashTrieMap_LoadOrStore(m, key, boxed, &ok)),
                     old >= 0 ? old : v);
        cr_assert_eq(ok, old >= 0);
        model[k][kind] = old >= 0 ? old : v;
        break;
    case 3:
        ok = hashTrieMap_CompareAndSwap(m, key, eface_int(old), boxed);
        cr_assert_eq(ok, old >= 0);
        model[k][kind] = ok ? v : old;
        break;
    case 4:
        cr_assert_not(hashTrieMap_CompareAndSwap(m, key, eface_int(-7), boxed));
        break;
    case 5:
        ok = hashTrieMap_CompareAndDelete(m, key, eface_int(old));
        cr_assert_eq(ok, old >= 0);
        model[k][kind] = -1;
        break;
    case 6:
        cr_assert_eq(value(hashTrieMap_LoadAndDelete(m, key, &ok)), old);
        cr_assert_eq(ok, old >= 0);
        model[k][kind] = -1;
        break;
    default:
        cr_assert_eq(value(hashTrieMap_Load(m, key, &ok)), old);
        cr_assert_eq(ok, old >= 0);
    }
}

static void forget_all(void)
{
    for (int k = 0; k < NKeys; k++)
        for (int kind = 0; kind < NKinds; kind++)
            model[k][kind] = -1;
}

Test(hashtriemap, random_operations_match_a_model)
{
    start();
    forget_all();
    for (int i = 0; i < 40000; i++) {
        random_step();
        if (i % 500 == 0)
            expect_all();
        if (i % 5000 == 0)
            gc();
        if (i % 9000 == 8999) {
            hashTrieMap_Clear(m);
            forget_all();
            cr_assert_eq(hashTrieMap_view(m).nodes, 1);
        }
    }
    expect_all();
}

Test(hashtriemap, equal_hashes_share_one_slot)
{
    start();
    for (int64_t k = 0; k < 100; k++)
        hashTrieMap_Store(m, key_of(k, 0), eface_int(k));
    struct hashTrieView before = hashTrieMap_view(m);
    cr_assert_eq(before.overflow, 0);
    for (int64_t k = 0; k < 100; k++)
        hashTrieMap_Store(m, key_of(k, 1), eface_int(k));
    struct hashTrieView v = hashTrieMap_view(m);
    cr_assert_eq(v.nodes, before.nodes, "an overflow chain takes no node");
    cr_assert_eq(v.overflow, 100);
    cr_assert_eq(v.entries, 200);
}

Test(hashtriemap, emptied_nodes_are_unlinked_up_to_the_root)
{
    start();
    for (int64_t k = 0; k < 5000; k++)
        hashTrieMap_Store(m, key_of(k, 0), eface_int(k));
    cr_assert_gt(hashTrieMap_view(m).depth, 2);
    for (int64_t k = 0; k < 5000; k++)
        hashTrieMap_Delete(m, key_of(k, 0));
    struct hashTrieView v = hashTrieMap_view(m);
    cr_assert_eq(v.nodes, 1);
    cr_assert_eq(v.entries, 0);
}

/* Real Go's figures: hashkey {1, 1, 1, 1}, seed 42, AES off, keys boxed and the
 * root made before. */
static void expect_fill(int64_t n, uint64_t mallocs, uint64_t bytes)
{
    struct MemStats a, b;
    bool ok;
    m = newobject(hashTrieMap_type());
    hashTrieMap_Load(m, eface_int(0), &ok);
    struct slice boxes = {newarray(type_eface(), n), n, n};
    gc_add_roots(&boxes.array, sizeof boxes.array);
    struct eface *box = boxes.array;
    for (int64_t k = 0; k < n; k++)
        box[k] = eface_int(k);
    readmemstats(&a);
    for (int64_t k = 0; k < n; k++)
        hashTrieMap_Store(m, box[k], box[k]);
    readmemstats(&b);
    cr_expect_eq(b.Mallocs - a.Mallocs, mallocs, "%lu objects",
                 b.Mallocs - a.Mallocs);
    cr_expect_eq(b.TotalAlloc - a.TotalAlloc, bytes, "%lu bytes",
                 b.TotalAlloc - a.TotalAlloc);
    readmemstats(&a);
    for (int64_t k = 0; k < n; k++)
        hashTrieMap_Store(m, box[k], box[k]);
    readmemstats(&b);
    cr_expect_eq(b.Mallocs - a.Mallocs, (uint64_t)n);
    cr_expect_eq(b.TotalAlloc - a.TotalAlloc, 48 * (uint64_t)n);
    gc_remove_roots(&boxes.array);
}

Test(hashtriemap, a_fill_allocates_what_gos_does)
{
    start();
    hash_use_aes(false);
    hashkey_set((const uint64_t[4]){1, 1, 1, 1});
    seed64_pin(42);
    expect_fill(1000, 1335, 101600);
    expect_fill(10000, 13862, 1097920);
}

static bool stop_at_three(void *ctx, struct eface key, struct eface v)
{
    (void)key;
    (void)v;
    return ++*(int *)ctx < 3;
}

Test(hashtriemap, a_range_ends_where_it_is_told_to)
{
    start();
    int n = 0;
    for (int64_t k = 0; k < 100; k++)
        hashTrieMap_Store(m, key_of(k, 0), eface_int(k));
    hashTrieMap_Range(m, &(struct trieYield){stop_at_three, &n});
    cr_assert_eq(n, 3);
}

static void compare_slices(void)
{
    start();
    struct slice s = {NULL, 0, 0};
    struct eface bytes = {type_slice_of(type_basic(kindUint8), NULL), &s};
    hashTrieMap_Store(m, eface_int(1), bytes);
    hashTrieMap_CompareAndSwap(m, eface_int(1), bytes, bytes);
}

Test(hashtriemap, values_that_cannot_be_compared_panic_in_gos_words)
{
    expect_panic(compare_slices,
                 "panic: runtime error: comparing uncomparable type []uint8");
}

static bool count_entry(void *ctx, struct eface key, struct eface v)
{
    (void)key;
    (void)v;
    ++*(int *)ctx;
    return true;
}

static int entries_of(struct syncMap *s)
{
    int n = 0;
    syncMap_Range(s, count_entry, &n);
    return n;
}

/* sync.Map's methods say the same, of keys that are there and that are not,
 * whichever kind of map the release has under them. */
static void expect_methods(const char *release)
{
    goversion_choose(goversion_named(release));
    MemProfileRate = 0;
    mallocinit();
    struct syncMap *s = newobject(syncMap_type());
    gc_add_roots(&s, sizeof s);
    struct eface k = eface_int(1), v1 = eface_int(10), v2 = eface_int(20);
    bool ok = true;

    cr_expect_eq(value(syncMap_Swap(s, k, v1, &ok)), -1);
    cr_expect_not(ok);
    cr_expect_eq(value(syncMap_Swap(s, k, v2, &ok)), 10);
    cr_expect(ok);
    cr_expect_eq(value(syncMap_LoadOrStore(s, k, v1, &ok)), 20);
    cr_expect(ok);
    cr_expect_eq(value(syncMap_LoadAndDelete(s, k, &ok)), 20);
    cr_expect(ok);
    cr_expect_eq(value(syncMap_LoadAndDelete(s, k, &ok)), -1);
    cr_expect_not(ok);
    syncMap_Delete(s, k); /* of what is not there */
    for (int i = 0; i < 100; i++)
        syncMap_Store(s, eface_int(i), eface_int(i));
    cr_expect_eq(entries_of(s), 100);
    syncMap_Delete(s, k);
    cr_expect_eq(value(syncMap_Load(s, k, &ok)), -1);
    cr_expect_not(ok);
    cr_expect_eq(entries_of(s), 99);
    gc_remove_roots(&s);
}

Test(syncmap, methods_over_two_maps)
{
    expect_methods("1.23");
}

Test(syncmap, methods_over_a_trie)
{
    expect_methods("1.24");
}

enum { NTasks = 8, PerTask = 2000 };

static struct WaitGroup running;

/* Stores keys of its own, deletes every other one, and races with the others
 * for a hundred shared ones. */
static void work(void *arg)
{
    int64_t from = (intptr_t)arg * PerTask + 1000;
    bool ok;
    for (int64_t k = from; k < from + PerTask; k++) {
        hashTrieMap_Store(m, eface_int(k), eface_int(k));
        hashTrieMap_LoadOrStore(m, eface_int(k % 100), eface_int(k % 100), &ok);
        if (k % 2 == 0)
            hashTrieMap_Delete(m, eface_int(k));
        hashTrieMap_LoadAndDelete(m, eface_int(k % 100), &ok);
    }
    WaitGroup_Done(&running);
}

Test(hashtriemap, many_threads_at_once)
{
    start();
    WaitGroup_Add(&running, NTasks);
    for (intptr_t i = 0; i < NTasks; i++)
        go_run(work, (void *)i);
    WaitGroup_Wait(&running);
    sched_stop();
    bool ok;
    for (int64_t k = 1000; k < 1000 + NTasks * PerTask; k++) {
        int64_t v = value(hashTrieMap_Load(m, eface_int(k), &ok));
        cr_assert_eq(ok, k % 2 == 1);
        cr_assert(!ok || v == k);
    }
    cr_assert_geq(hashTrieMap_view(m).entries, NTasks * PerTask / 2);
}
