/*
 * test_hashtriemap.c: the trie under sync.Map beside a model, keys of one hash
 * among them, and from many threads. What it allocates is compared with Go's in
 * test_syncoracle.c.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "map/sync/hashtriemap.h"
#include "map/sync/trienode.h"
#include "runtime/base/goversion.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include "runtime/type/hash.h"
#include "tests/child.h"
#include <criterion/criterion.h>
#include <sched.h>

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

static struct WaitGroup running;

/* Runs op on a thread of its own until it waits for mu; then something else
 * happens to the map, and op goes on. */
static void change_under(struct Mutex *mu, void (*op)(void *),
                         void (*change)(void))
{
    Mutex_Lock(mu);
    WaitGroup_Add(&running, 1);
    go_run(op, NULL);
    while (atomic_load(&mu->state) != 2)
        sched_yield();
    change();
    Mutex_Unlock(mu);
    WaitGroup_Wait(&running);
    sched_stop();
}

static struct indirect *root(void)
{
    return atomic_load(&m->root);
}

/* Where key 1 belongs in the root. */
static struct trieNode *_Atomic *slot(void)
{
    struct eface key = eface_int(1);
    return child_slot(root(), nilinterhash(&key, m->seed),
                      hashBits - nChildrenLog2);
}

static struct trieNode *entry_with(int kind, int64_t v)
{
    return &newEntryNode(key_of(1, kind), eface_int(v))->node;
}

static bool found;
static int64_t had;

static void load_or_store(void *unused)
{
    (void)unused;
    had =
        value(hashTrieMap_LoadOrStore(m, key_of(1, 0), eface_int(20), &found));
    WaitGroup_Done(&running);
}

static void load_and_delete(void *unused)
{
    (void)unused;
    had = value(hashTrieMap_LoadAndDelete(m, key_of(1, 0), &found));
    WaitGroup_Done(&running);
}

static void key_comes(void)
{
    store_child(slot(), entry_with(0, 10));
}

static void key_goes(void)
{
    store_child(slot(), NULL);
}

/* One of the same hash, in the same slot. */
static void other_key_comes(void)
{
    store_child(slot(), entry_with(1, 30));
}

static void node_comes(void)
{
    store_child(slot(), &newIndirectNode(root())->node);
}

/* The node in the slot is unlinked, and its key stands in the root again. */
static void node_goes(void)
{
    struct indirect *node = (struct indirect *)load_child(slot());
    node->dead = 1;
    store_child(slot(), entry_with(0, 40));
}

static void map_begins(void)
{
    atomic_store(&m->root, newIndirectNode(NULL));
    atomic_store(&m->inited, 1);
    key_comes();
}

static void expect(bool was_found, int64_t value, intptr_t entries)
{
    cr_expect_eq(found, was_found);
    cr_expect_eq(had, value);
    cr_expect_eq(hashTrieMap_view(m).entries, entries);
}

Test(hashtriemap, what_comes_while_a_store_waits_is_found)
{
    start();
    change_under(&m->initMu, load_or_store, map_begins);
    expect(true, 10, 1);
    hashTrieMap_Clear(m);
    change_under(&root()->mu, load_or_store, key_comes);
    expect(true, 10, 1);
    hashTrieMap_Clear(m);
    change_under(&root()->mu, load_or_store, node_comes);
    expect(false, 20, 1);
    cr_expect_eq(hashTrieMap_view(m).depth, 2);
}

Test(hashtriemap, what_goes_while_a_delete_waits_is_not_deleted)
{
    start();
    hashTrieMap_Store(m, key_of(1, 0), eface_int(10));
    change_under(&root()->mu, load_and_delete, key_goes);
    expect(false, -1, 0);
    hashTrieMap_Store(m, key_of(1, 0), eface_int(10));
    change_under(&root()->mu, load_and_delete, other_key_comes);
    expect(false, -1, 1);
}

Test(hashtriemap, who_waits_for_a_node_that_goes_walks_anew)
{
    start();
    hashTrieMap_Delete(m, key_of(1, 0)); /* makes the root */
    node_comes();
    hashTrieMap_Store(m, key_of(1, 0), eface_int(10));
    struct indirect *node = (struct indirect *)load_child(slot());
    change_under(&node->mu, load_and_delete, node_goes);
    expect(true, 40, 0);
}

enum { NTasks = 8, PerTask = 2000 };

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
