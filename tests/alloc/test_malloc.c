/* mallocgc and its callers in the chain: sizes, zeroing, tiers, profile. */
#include "alloc/heap.h"
#include "alloc/heapbits.h"
#include "alloc/malloc.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/thread.h"
#include "tests/child.h"
#include <stdio.h>

static const struct type *ptr;

static void setup(void)
{
    setenv("GOGC", "off", 1);
    MemProfileRate = 1;
    mallocinit();
    ptr = type_parse("*int", NULL);
}

TestSuite(malloc, .init = setup);

static struct MemStats stats(void)
{
    struct MemStats m;

    readmemstats(&m);
    return m;
}

/* The newest profile bucket. */
static const struct bucket *newest(void)
{
    return mprof_buckets();
}

Test(malloc, zero_size_objects_share_one_address)
{
    cr_assert_eq(mallocgc(0, NULL, true), &zerobase);
    cr_assert_eq(newobject(type_parse("struct{}", NULL)), &zerobase);
    cr_assert_eq(makeslice(ptr, 0, 0), &zerobase);
    cr_assert_eq(stats().Mallocs, 0);
}

/* Three types share a size class; what dies makes holes. Each object that lives
 * keeps the pointer bits of its own type. */
Test(malloc, objects_of_one_class_keep_their_own_pointer_bits)
{
    enum { N = 3000, Rounds = 8 };
    const struct type *types[] = {
        type_parse("struct{a, b, c *int}", NULL),
        type_parse("struct{a int; b *int; c int}", NULL),
        type_parse("struct{a *int; b, c int}", NULL),
    };
    static void *objects[N];
    static const struct type *of[N];
    uint64_t seed = 49;

    cr_log_info("seed %lu", seed);
    setMemProfileRate(0); /* nobody watches */
    gc_add_roots(objects, sizeof(objects));
    for (int round = 0; round < Rounds; round++) {
        for (int i = 0; i < N; i++) {
            if (objects[i] != NULL && mix(seed++) % 3 != 0)
                continue;
            of[i] = types[mix(seed++) % (round % 3 + 1)];
            objects[i] = newobject(of[i]);
        }
        heapcheck();
        for (int i = 0; i < N; i++)
            cr_assert_eq(heapBits_readSlot(&malloc_heap()->mheap.arenas,
                                           mheap_spanOf(&malloc_heap()->mheap,
                                                        (uintptr_t)objects[i]),
                                           (uintptr_t)objects[i]),
                         heapBits_maskOfOne(of[i]));
        for (int i = 0; i < N; i++)
            if (mix(seed++) % 4 == 0)
                objects[i] = NULL;
        gc();
    }
}

static void every_size_takes_its_slot(const char *release)
{
    uint64_t bytes = 0, n = 0;

    goversion_choose(goversion_named(release));
    for (size_t size = 16; size < 70000; size += 1 + size / 9) {
        setMemProfileRate(n % 8 < 4); /* watched, and by the short road */
        for (int scan = 0; scan < 2; scan++) {
            char *p = mallocgc(size, scan ? ptr : NULL, true);
            bytes += objsize_slot(modelled, size, !scan);
            n++;
            cr_assert_eq((uintptr_t)p % 8, 0);
            for (size_t i = 0; i < size; i++)
                cr_assert_eq(p[i], 0, "byte %zu of %zu", i, size);
            memset(p, 0x5a, size);
            if (scan)
                memset(p, 0, size);
        }
    }
    cr_assert_eq(stats().Mallocs, n);
    cr_assert_eq(stats().TotalAlloc, bytes);
    heapcheck();
    gc();
    heapcheck();
}

Test(malloc, every_size_takes_its_slot)
{
    every_size_takes_its_slot("1.19");
}

Test(malloc, every_size_takes_its_slot_with_headers)
{
    every_size_takes_its_slot("1.22");
}

Test(malloc, every_size_takes_its_slot_with_marks_in_spans)
{
    every_size_takes_its_slot("1.27");
}

/* Class, tier and bytes of one object of size bytes, as profiled. */
static const char *profiled(size_t size, const struct type *typ)
{
    static char out[64];

    mallocgc(size, typ, true);
    snprintf(out, sizeof(out), "class %u, %s, %zu", newest()->tag.sizeclass,
             newest()->tag.tier == TIER_MHEAP ? "large" : "small",
             newest()->size);
    return out;
}

Test(malloc, small_objects_end_where_the_release_says)
{
    cr_expect_str_eq(profiled(32761, NULL), "class 67, small, 32768");
    cr_expect_str_eq(profiled(32768, ptr), "class 67, small, 32768");
    cr_expect_str_eq(profiled(32769, NULL), "class 0, large, 40960");
}

Test(malloc, small_objects_end_a_header_earlier)
{
    goversion_choose(goversion_named("1.22"));
    cr_expect_str_eq(profiled(32760, NULL), "class 67, small, 32768");
    cr_expect_str_eq(profiled(32760, ptr), "class 67, small, 32768");
    cr_expect_str_eq(profiled(32761, NULL), "class 0, large, 32768");
    cr_expect_str_eq(profiled(32768, ptr), "class 0, large, 32768");
    cr_expect_str_eq(profiled(65 * 8, ptr), "class 27, small, 576");
    cr_expect_str_eq(profiled(128 * 8, ptr), "class 33, small, 1152");
    cr_expect_str_eq(profiled(128 * 8, NULL), "class 32, small, 1024");
}

/* Where an object with a header lies: at the start of its slot, and all of it,
 * as far as rounding says, belongs to it. */
Test(malloc, objects_with_headers_hold_what_rounding_promises)
{
    static void **keep[2];

    goversion_choose(goversion_named("1.22"));
    gc_add_roots(keep, sizeof(keep));
    size_t n = roundupsize(1000, false) / PtrSize;
    keep[0] = mallocgc(n * PtrSize, ptr, true);
    keep[0][n - 1] = mallocgc(16, NULL, true);
    keep[1] = keep[0] + n - 1; /* an interior pointer alone keeps it */
    keep[0] = NULL;
    gc();
    cr_expect_eq(stats().HeapObjects, 2);
    heapcheck();
    keep[1] = NULL;
    gc();
    cr_expect_eq(stats().HeapObjects, 0);
    heapcheck();
}

static void used_slots_are_zeroed_unless_that_is_not_wanted(void)
{
    static void *keep[1];
    char *a = mallocgc(64, NULL, true);

    gc_add_roots(keep, sizeof(keep));
    keep[0] = mallocgc(64, NULL, true);
    memset(a, 0x77, 64);
    gc();
    char *b = mallocgc(64, NULL, false);
    cr_assert_eq(b, a);
    cr_assert_eq(b[63], 0x77);
    gc();
    cr_assert_eq(mallocgc(64, NULL, true), a);
    cr_assert_eq(a[63], 0);
}

Test(malloc, used_slots_are_zeroed_where_that_is_wanted)
{
    used_slots_are_zeroed_unless_that_is_not_wanted();
}

Test(malloc, the_short_road_zeroes_where_that_is_wanted)
{
    setMemProfileRate(0);
    used_slots_are_zeroed_unless_that_is_not_wanted();
}

static char *object_of(size_t size, const struct type *typ)
{
    return typ == NULL ? mallocgc(size, NULL, true) : newobject(typ);
}

/* A whole span of one size, used, forgotten and used again. */
static void used_slots_are_zeroed(size_t size, const struct type *typ)
{
    enum { Objects = 2000 };
    static const char zeroes[1024];

    for (int i = 0; i < Objects; i++)
        memset(object_of(size, typ), 0xff, size);
    gc();
    for (int i = 0; i < Objects; i++)
        cr_assert_eq(memcmp(object_of(size, typ), zeroes, size), 0,
                     "%zu bytes, object %d", size, i);
    gc();
}

static void every_used_slot_is_zeroed_again(void)
{
    for (size_t size = 8; size <= 1024; size += size < 512 ? 8 : 128) {
        char text[16];
        snprintf(text, sizeof(text), "[%zu]*int", size / PtrSize);
        used_slots_are_zeroed(size, NULL);
        used_slots_are_zeroed(size, type_parse(text, NULL));
    }
}

Test(malloc, every_used_slot_is_zeroed_again_where_somebody_watches)
{
    every_used_slot_is_zeroed_again();
}

Test(malloc, every_used_slot_is_zeroed_again_by_the_short_road)
{
    setMemProfileRate(0);
    every_used_slot_is_zeroed_again();
}

Test(malloc, what_is_discarded_stays_counted)
{
    enum { size = 8 << 20 };
    char *small = mallocgc(64, NULL, true);
    char *large = mallocgc(size, NULL, true);

    memset(small, 0x77, 64);
    memset(large, 0x77, size);
    struct MemStats before = stats();
    discardobject(small);
    discardobject(large);
    struct MemStats after = stats();
    cr_assert_eq(memcmp(&before, &after, sizeof(before)), 0);
    cr_assert_eq(small[63], 0x77);
    cr_assert_eq(large[0] | large[size - 1], 0);
    heapcheck();
    gc();
    heapcheck();
    cr_assert_eq(stats().HeapObjects, 0);
}

Test(malloc, the_tag_says_who_served)
{
    mallocgc(64, NULL, true);
    cr_assert_eq(newest()->tag.tier, TIER_MCENTRAL);
    mallocgc(64, NULL, true);
    cr_assert_eq(newest()->tag.tier, TIER_MCACHE);
    cr_assert_eq(newest()->tag.sizeclass, 6);
    cr_assert_eq(newest()->size, 64);
    mallocgc(3, NULL, true);
    cr_assert_eq(newest()->tag.tier, TIER_TINY);
    cr_assert_eq(newest()->size, 16);
    mallocgc(32769, ptr, true);
    cr_assert_eq(newest()->tag.tier, TIER_MHEAP);
    cr_assert_eq(newest()->tag.sizeclass, 0);
    cr_assert_eq(newest()->size, 5 * PageSize);
    cr_assert_eq(newest()->tag.type, ptr);
}

Test(malloc, the_tag_names_the_make_site_of_the_map_it_is_for)
{
    void *header = mallocgc(48, ptr, true);
    const struct bucket *made = newest();
    char onStack[48];

    cr_assert_null(made->tag.owner);
    getm()->owner = header;
    mallocgc(100, NULL, true);
    cr_assert_eq(newest()->tag.owner, made);
    getm()->owner = onStack;
    mallocgc(200, NULL, true);
    cr_assert_null(newest()->tag.owner);
    getm()->owner = NULL;
}

Test(malloc, the_tiers_counters_add_up_to_Mallocs)
{
    struct tierStats t;
    uint64_t seed = 5;

    cr_log_info("seed %lu", seed);
    for (int i = 0; i < 20000; i++) {
        uint64_t r = mix(seed++);
        size_t size = r % 8 ? r >> 8 & 63 : r >> 8 & 65535;
        mallocgc(size, r >> 40 & 1 ? ptr : NULL, true);
    }
    readtierstats(&t);
    uint64_t mallocs = stats().Mallocs;
    cr_assert_eq(t.tinyHits + t.mcacheHits + t.refills + t.largeObjects,
                 mallocs);
    cr_assert_eq(t.refillsFresh + t.refillsReused, t.refills);
    cr_assert_eq(t.spans, t.refillsFresh + t.largeObjects);
    cr_assert(t.tinyBlocks > 0 && t.largeObjects > 0 && t.pageCacheHits > 0);
}

Test(malloc, a_sampled_profile_comes_near_the_exact_one)
{
    enum { n = 40000, size = 1024 };
    struct memRecordCycle c = {0};

    rand_seed(3);
    setMemProfileRate(16 * size);
    for (int i = 0; i < n; i++)
        mallocgc(size, NULL, true);
    for (const struct bucket *b = mprof_buckets(); b; b = b->allnext)
        c.allocs += mprof_total(b).allocs;
    /* one sample in 16.5 objects; six standard deviations either way */
    uint64_t expected = (uint64_t)(n * (1 - 0.93941306281));
    cr_assert(c.allocs > expected - 290 && c.allocs < expected + 290,
              "%lu samples, expected %lu", c.allocs, expected);
}

Test(malloc, without_memory_for_its_record_an_object_is_just_not_profiled)
{
    for (int i = 0; i < 2000; i++)
        mallocgc(32, NULL, true);
    sysmem_fail_from(1);
    for (int i = 0; i < 100; i++)
        mallocgc(32, NULL, true);
    sysmem_fail_from(0);
    heapcheck();
    cr_assert_eq(stats().Mallocs, 2100);
    struct tierStats t;
    uint64_t profiled = 0;
    readtierstats(&t);
    for (const struct bucket *b = mprof_buckets(); b; b = b->allnext)
        profiled += mprof_total(b).allocs;
    cr_assert_eq(profiled + t.unprofiled + mprof_lost(), 2100);
}

/* Each failing request is met by ending in words or by doing without, never by
 * a broken heap. */
static uint64_t nth_failure;

static void work_with_a_failure(void)
{
    sysmem_fail_at(nth_failure);
    for (int i = 0; i < 3000; i++)
        mallocgc((size_t)i * 37 % 40000, i % 2 ? ptr : NULL, true);
    gc();
    heapcheck();
}

static void count_requests(void)
{
    uint64_t before = sysmem_requests();

    work_with_a_failure();
    fprintf(stderr, "%lu", sysmem_requests() - before);
}

Test(malloc, every_request_may_be_refused)
{
    struct ending all = ending_of(count_requests);
    uint64_t n = strtoul(all.said, NULL, 10);

    cr_assert_gt(n, 10);
    for (nth_failure = 1; nth_failure <= n; nth_failure++) {
        struct ending e = ending_of(work_with_a_failure);
        cr_assert(WIFEXITED(e.status), "request %lu of %lu: %s", nth_failure, n,
                  e.said);
        if (WEXITSTATUS(e.status) != 0)
            cr_assert_not_null(strstr(e.said, "fatal error: out of memory"));
    }
}
