/* Sweeping: marks become slots, dead spans become pages, the profile hears. */
#include "runtime/prof/memprofile.h"
#include "tests/testheap.h"

TestSuite(sweep, .init = testheap_setup);

/* Ends a mark phase by hand: what was marked stays. */
static void begin_sweep(void)
{
    nextMarkBitArenaEpoch(&heap.mheap.bits);
    sweeper_start(&heap.sweeper);
    mcache_prepareForSweep(cache);
}

static void mark(uintptr_t p)
{
    struct mspan *s = span_of(p);

    gcbits_testAndSet(s->gcmarkBits, mspan_objIndex(s, p));
}

Test(sweep, what_is_not_marked_is_free)
{
    uintptr_t p[10];

    for (int i = 0; i < 10; i++)
        p[i] = take_noscan(64);
    for (int i = 0; i < 10; i += 3)
        mark(p[i]);
    begin_sweep();
    sweeper_finish(&heap.sweeper, &cache->local);
    for (int i = 0; i < 10; i++)
        cr_assert_eq(lives(p[i]), i % 3 == 0);
    cr_assert_eq(cache->local.stats.smallFreeCount[size_to_class(64)], 6);
    cr_assert_eq(heap.controller.totalFree, 6 * 64);
    heap_check(&heap);
}

Test(sweep, a_span_without_objects_goes_back_to_the_heap)
{
    uintptr_t small = take_noscan(64);
    uintptr_t large = mcache_allocLarge(cache, 100000, false)->startAddr;

    span_of(large)->types[0] = type_parse("*int", NULL);
    uint64_t inUse = heap.mheap.heapInUse;
    begin_sweep();
    sweeper_finish(&heap.sweeper, &cache->local);
    cr_assert_null(mheap_spanOf(&heap.mheap, small));
    cr_assert_null(mheap_spanOf(&heap.mheap, large));
    cr_assert_eq(inUse, 14 * PageSize);
    cr_assert_eq(heap.mheap.heapInUse, 0);
    cr_assert_eq(cache->local.stats.largeFree, 13 * PageSize);
    cr_assert_eq(heap.sides.inuse[0], 0, "its types array was given back");
    heap_check(&heap);
}

Test(sweep, sweepone_says_how_many_pages_came_back)
{
    intptr_t n, pages = 0;

    mcache_allocLarge(cache, 100000, true);
    mark(take_noscan(64));
    begin_sweep();
    while ((n = sweeper_sweepone(&heap.sweeper, &cache->local)) != sweptNothing)
        pages += n;
    cr_assert_eq(pages, 13);
    cr_assert(sweeper_isDone(&heap.sweeper));
    cr_assert_eq(heap.sweeper.pagesSwept, 14);
    cr_assert(!sweeper_begin(&heap.sweeper));
}

Test(sweep, the_profile_learns_of_dead_objects)
{
    struct allocTag tag = {.tier = TIER_MCACHE, .sizeclass = size_to_class(64)};
    uintptr_t dead = take_noscan(64), live = take_noscan(64);
    struct mspan *s = span_of(dead);

    s->profiled = sideArrays_alloc(&heap.sides, s->nelems);
    struct bucket *b = mProf_Malloc(64, &tag);
    s->profiled[mspan_objIndex(s, dead)] = b;
    s->profiled[mspan_objIndex(s, live)] = b;
    mark(live);
    begin_sweep();
    sweeper_finish(&heap.sweeper, &cache->local);
    cr_assert_eq(mprof_total(b).frees, 1);
    cr_assert_eq(mprof_total(b).free_bytes, 64);
    cr_assert_null(s->profiled[mspan_objIndex(s, dead)]);
    cr_assert_eq(s->profiled[mspan_objIndex(s, live)], b);
    heap_check(&heap);
}

Test(sweep, the_heap_does_not_grow_while_garbage_waits)
{
    for (int i = 0; i < 30; i++)
        mcache_allocLarge(cache, 100000, true);
    uint64_t mapped = heap.mheap.heapInUse + heap.mheap.heapFree;
    for (int round = 0; round < 20; round++) {
        begin_sweep();
        for (int i = 0; i < 30; i++)
            cr_assert_not_null(mcache_allocLarge(cache, 100000, true));
        sweeper_finish(&heap.sweeper, &cache->local);
    }
    cr_assert_leq(heap.mheap.heapInUse + heap.mheap.heapFree,
                  mapped + 13 * PageSize);
    heap_check(&heap);
}

Test(sweep, allocation_pays_for_the_sweep_in_proportion)
{
    enum { nspans = 400 };

    for (int i = 0; i < nspans; i++)
        mark(take_noscan(8192));
    begin_sweep();
    uint64_t live = heap.controller.heapLive, trigger = live + (5 << 20);
    sweeper_pace(&heap.sweeper, trigger);
    cr_assert_gt(heap.sweeper.sweepPagesPerByte, 0);
    uint64_t before = heap.sweeper.pagesSwept;
    for (int i = 0; i < 256; i++) /* 2 of 4 MiB that count */
        cr_assert_not_null(mcache_allocLarge(cache, 8192, true));
    uint64_t swept = heap.sweeper.pagesSwept - before;
    cr_assert(swept > nspans / 3 && swept <= nspans, "swept %lu", swept);
    for (int i = 0; i < 260; i++)
        cr_assert_not_null(mcache_allocLarge(cache, 8192, true));
    cr_assert(sweeper_sweepone(&heap.sweeper, &cache->local) == sweptNothing);
    heap_check(&heap);
}

Test(sweep, where_no_cycle_will_come_there_is_no_hurry)
{
    for (int i = 0; i < 400; i++)
        mark(take_noscan(8192));
    begin_sweep();
    sweeper_pace(&heap.sweeper, UINT64_MAX); /* the goal at GOGC=off */
    double perByte = heap.sweeper.sweepPagesPerByte;
    cr_assert(perByte >= 0 && perByte < 1e-9, "%g", perByte);
}

Test(sweep, a_marked_free_slot_is_reported, .signal = SIGABRT)
{
    uintptr_t p = take_noscan(64);

    mark(p + 64);
    begin_sweep();
    sweeper_finish(&heap.sweeper, &cache->local);
}

Test(sweep, mark_bits_refused_are_asked_for_again)
{
    uintptr_t p[2000];

    for (int i = 0; i < 2000; i++)
        mark(p[i] = take_noscan(1024));
    nextMarkBitArenaEpoch(&heap.mheap.bits);
    sweeper_start(&heap.sweeper);
    heap.mheap.bits.next = NULL; /* its chunk is full … */
    heap.mheap.bits.free = NULL;
    sysmem_fail_from(1); /* … and there is no other */
    mcache_prepareForSweep(cache);
    sweeper_finish(&heap.sweeper, &cache->local);
    sysmem_fail_from(0);
    cr_assert_null(span_of(p[0])->gcmarkBits);
    struct marker mk;
    marker_init(&mk, &heap.mheap);
    cr_assert(marker_start(&mk, 1));
    cr_assert_not_null(span_of(p[0])->gcmarkBits);
    cr_assert(lives(p[0]) && lives(p[1999]));
}
