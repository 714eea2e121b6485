/*
 * test_dirtymap.c: the old sync.Map beside a model, step by step inside, and
 * from many threads. What it allocates is compared with Go's in
 * test_syncoracle.c.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

static struct dirtyMap *m;

static void start(void)
{
    MemProfileRate = 0;
    mallocinit();
    gc_add_roots(&m, sizeof m);
    m = newobject(dirtyMap_type());
}

static void store(int64_t k, int64_t v)
{
    struct eface key = eface_int(k);
    dirtyMap_Store(m, key, eface_int(v));
}

static int64_t value(struct eface e)
{
    return *(const int64_t *)e.data;
}

/* The value of k, -1 when it is absent. */
static int64_t load(int64_t k)
{
    bool ok;
    struct eface v = dirtyMap_Load(m, eface_int(k), &ok);
    return ok ? value(v) : -1;
}

static int64_t load_or_store(int64_t k, int64_t v, bool *loaded)
{
    struct eface key = eface_int(k);
    return value(dirtyMap_LoadOrStore(m, key, eface_int(v), loaded));
}

static void expect_inside(intptr_t read, intptr_t dirty, intptr_t misses,
                          bool amended)
{
    struct dirtyMapView v = dirtyMap_view(m);
    cr_expect_eq(v.read, read, "read has %ld keys, not %ld", v.read, read);
    cr_expect_eq(v.dirty, dirty, "dirty has %ld keys, not %ld", v.dirty, dirty);
    cr_expect_eq(v.misses, misses, "misses is %ld", v.misses);
    cr_expect_eq(v.amended, amended);
}

Test(dirtymap, new_keys_go_to_dirty_until_misses_promote_it)
{
    start();
    store(1, 10);
    store(2, 20);
    store(3, 30);
    expect_inside(0, 3, 0, true);
    cr_assert_eq(load(1), 10);
    cr_assert_eq(load(99), -1, "an absent key misses too");
    expect_inside(0, 3, 2, true);
    cr_assert_eq(load(2), 20);
    expect_inside(3, 0, 0, false);
    cr_assert_eq(load(99), -1);
    expect_inside(3, 0, 0, false);
}

Test(dirtymap, the_next_new_key_copies_everything)
{
    start();
    store(1, 10);
    cr_assert_eq(load(1), 10);
    expect_inside(1, 0, 0, false);
    store(1, 11);
    expect_inside(1, 0, 0, false);
    store(2, 20);
    expect_inside(1, 2, 0, true);
    cr_assert_eq(load(1), 11);
    cr_assert_eq(load(2), 20);
}

Test(dirtymap, deleted_entries_are_left_out_of_the_copy_and_come_back)
{
    start();
    for (int64_t k = 0; k < 4; k++)
        store(k, k);
    for (int64_t k = 0; k < 4; k++)
        load(k);
    dirtyMap_Delete(m, eface_int(2));
    cr_assert_eq(dirtyMap_view(m).deleted, 1);
    store(9, 9);
    struct dirtyMapView v = dirtyMap_view(m);
    cr_assert_eq(v.deleted, 0);
    cr_assert_eq(v.expunged, 1);
    cr_assert_eq(v.dirty, 4);
    cr_assert_eq(load(2), -1);
    store(2, 22);
    cr_assert_eq(dirtyMap_view(m).expunged, 0);
    cr_assert_eq(dirtyMap_view(m).dirty, 5);
    cr_assert_eq(load(2), 22);
}

Test(dirtymap, load_or_store_loads_or_stores)
{
    bool loaded;
    start();
    cr_assert_eq(load_or_store(5, 50, &loaded), 50);
    cr_assert(!loaded);
    cr_assert_eq(load_or_store(5, 51, &loaded), 50);
    cr_assert(loaded);
    dirtyMap_Delete(m, eface_int(5));
    cr_assert_eq(load_or_store(5, 52, &loaded), 52);
    cr_assert(!loaded);
}

enum { Keys = 300 };

struct model {
    int64_t value[Keys]; /* -1: absent */
    int64_t seen[Keys];
};

static bool compare_entry(void *ctx, struct eface key, struct eface v)
{
    struct model *model = ctx;
    int64_t k = value(key);
    cr_assert_eq(value(v), model->value[k]);
    model->seen[k]++;
    return true;
}

static void check_range(struct model *model)
{
    memset(model->seen, 0, sizeof model->seen);
    dirtyMap_Range(m, compare_entry, model);
    for (int k = 0; k < Keys; k++)
        cr_assert_eq(model->seen[k], model->value[k] >= 0, "key %d", k);
}

static void random_step(struct model *model, int64_t step)
{
    int64_t k = fastrandn(Keys);
    bool was = model->value[k] >= 0, ok;
    switch (fastrandn(8)) {
    case 0:
    case 1:
        store(k, step);
        model->value[k] = step;
        break;
    case 2:
        cr_assert_eq(load_or_store(k, step, &ok), was ? model->value[k] : step);
        cr_assert_eq(ok, was);
        model->value[k] = was ? model->value[k] : step;
        break;
    case 3: {
        struct eface v = dirtyMap_LoadAndDelete(m, eface_int(k), &ok);
        cr_assert_eq(ok, was);
        cr_assert(!was || value(v) == model->value[k]);
        model->value[k] = -1;
        break;
    }
    case 4:
        if (fastrandn(50) == 0)
            check_range(model);
        if (fastrandn(100) == 0)
            gc();
        break;
    default:
        cr_assert_eq(load(k), model->value[k]);
    }
}

Test(dirtymap, agrees_with_a_model)
{
    uint64_t seed = (uint64_t)time(NULL);
    struct model model;
    cr_log_info("seed %lu", seed);
    rand_seed(seed);
    start();
    gc_scan_this_stack(__builtin_frame_address(0));
    memset(model.value, 0xff, sizeof model.value);
    for (int64_t step = 0; step < 100000; step++) {
        random_step(&model, step);
        if (step % 1000 == 0)
            dirtyMap_view(m); /* which proves the invariants */
    }
    check_range(&model);
}

static bool stop_at_three(void *ctx, struct eface key, struct eface v)
{
    (void)key, (void)v;
    return ++*(int *)ctx < 3;
}

Test(dirtymap, range_stops_when_told_and_promotes)
{
    int n = 0;
    start();
    for (int64_t k = 0; k < 10; k++)
        store(k, k);
    dirtyMap_Range(m, stop_at_three, &n);
    cr_assert_eq(n, 3);
    expect_inside(10, 0, 0, false);
}

enum { Tasks = 200, Writes = 50 };

/* Each task writes its own keys, and reads them and others. */
static void write_own_keys(void *arg)
{
    int64_t base = (int64_t)(uintptr_t)arg * Writes;
    for (int64_t i = 0; i < Writes; i++) {
        store(base + i, base + i);
        cr_assert_eq(load(base + i), base + i);
        int64_t other = fastrandn(Tasks * Writes);
        int64_t v = load(other);
        cr_assert(v == -1 || v == other);
    }
}

Test(dirtymap, no_write_is_lost_between_threads)
{
    start();
    sched_start(4);
    for (uintptr_t t = 0; t < Tasks; t++)
        go_run(write_own_keys, (void *)t);
    sched_stop();
    for (int64_t k = 0; k < Tasks * Writes; k++)
        cr_assert_eq(load(k), k);
    dirtyMap_view(m);
    heapcheck();
}

static _Atomic int64_t stored;

static void race_for_keys(void *unused)
{
    (void)unused;
    for (int64_t k = 0; k < 1000; k++) {
        bool loaded;
        load_or_store(k, 1, &loaded);
        stored += !loaded;
        struct eface v = dirtyMap_LoadAndDelete(m, eface_int(k), &loaded);
        stored -= loaded && value(v) == 1;
    }
}

Test(dirtymap, each_store_is_deleted_at_most_once)
{
    int left = 0;
    start();
    sched_start(4);
    for (int i = 0; i < 20; i++)
        go_run(race_for_keys, NULL);
    sched_stop();
    for (int64_t k = 0; k < 1000; k++)
        left += load(k) == 1;
    cr_assert_eq(stored, left);
}
