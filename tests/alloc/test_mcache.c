/* Tier 1: a thread's spans: refilled, given back, counted. */
#include "tests/testheap.h"

TestSuite(mcache, .init = testheap_setup);

static uint64_t allocs_of(size_t size)
{
    struct heapStatsDelta d;

    heap_stats(&heap, &d);
    return d.smallAllocCount[size_to_class(size)];
}

Test(mcache, a_new_cache_holds_the_empty_span_everywhere)
{
    for (int i = 0; i < NumSpanClasses; i++)
        cr_assert_eq(cache->alloc[i], &emptymspan);
    heap_check(&heap);
}

Test(mcache, slots_follow_each_other_through_a_span)
{
    uintptr_t first = take_noscan(48);

    for (uintptr_t i = 1; i < 170; i++)
        cr_assert_eq(take_noscan(48), first + i * 48);
    cr_assert_eq(cache->local.stats.refills, 1);
    uintptr_t next = take_noscan(48);
    cr_assert_neq(span_of(next), span_of(first));
    cr_assert_eq(cache->local.stats.refills, 2);
    cr_assert_eq(cache->local.stats.refillsFresh, 2);
    heap_check(&heap);
}

Test(mcache, the_full_span_goes_to_the_full_shelf)
{
    uintptr_t first = take_noscan(8192); /* one slot */

    take_noscan(8192);
    const struct mspan *s = span_of(first);
    struct shelf *c = &heap.shelves[class_of(8192, true)];
    cr_assert_eq(s->sweepgen, heap.mheap.sweepgen);
    cr_assert(s->list == &c->full[0] || s->list == &c->full[1]);
    heap_check(&heap);
}

Test(mcache, what_is_cached_is_counted_without_a_flush)
{
    for (int i = 0; i < 5; i++)
        take_noscan(100);
    cr_assert_eq(allocs_of(100), 5);
    cr_assert_eq(cache->local.stats.smallAllocCount[size_to_class(100)], 0);
    mcache_releaseAll(cache);
    cr_assert_eq(allocs_of(100), 5);
    cr_assert_eq(cache->local.stats.smallAllocCount[size_to_class(100)], 5);
    heap_check(&heap);
}

Test(mcache, a_released_span_is_taken_up_where_it_was_left)
{
    uintptr_t a = take_noscan(100);

    mcache_releaseAll(cache);
    cr_assert_eq(cache->alloc[class_of(100, true)], &emptymspan);
    uintptr_t b = take_noscan(100);
    cr_assert_eq(span_of(a), span_of(b));
    cr_assert_neq(a, b);
    cr_assert_eq(cache->local.stats.refillsReused, 1);
    cr_assert_eq(allocs_of(100), 2);
    heap_check(&heap);
}

Test(mcache, heapLive_counts_a_cached_span_as_full_until_it_goes_back)
{
    take_noscan(1024);
    cr_assert_eq(heap.controller.heapLive, 8192);
    mcache_releaseAll(cache);
    cr_assert_eq(heap.controller.heapLive, 1024);
    take_noscan(1024);
    cr_assert_eq(heap.controller.heapLive, 8192);
    cr_assert_eq(heap.controller.totalAlloc, 1024);
}

Test(mcache, a_large_object_gets_its_own_span)
{
    struct mspan *s = mcache_allocLarge(cache, 40000, true);

    cr_assert_eq(s->elemsize, 5 * PageSize);
    cr_assert_eq(s->allocCount, 1);
    cr_assert_eq(s->nelems, 1);
    cr_assert_eq(cache->local.stats.largeAlloc, 5 * PageSize);
    cr_assert_eq(heap.controller.heapLive, 5 * PageSize);
    cr_assert_null(s->types);
    cr_assert_not_null(mcache_allocLarge(cache, 40000, false)->types);
}

Test(mcache, counts_of_a_thread_that_ends_are_kept)
{
    uintptr_t p = take_noscan(64);

    heap_freemcache(&heap, cache);
    cr_assert_eq(heap.mheap.nmcaches, 0);
    cr_assert_eq(allocs_of(64), 1);
    cr_assert(lives(p));
    heap_check(&heap);
    cache = heap_allocmcache(&heap);
    cr_assert_eq(span_of(take_noscan(64)), span_of(p));
}

Test(mcache, without_memory_a_refill_leaves_no_span_and_no_trace)
{
    spanClass spc = class_of(32768, false);

    const struct type *typ = type_parse("[4096]*int", NULL);

    take_typed(typ, 32768); /* records and page caches have begun */
    sysmem_fail_from(1);
    while (mcache_refill(cache, spc))
        take_typed(typ, 32768);
    cr_assert_eq(cache->alloc[spc], &emptymspan);
    sysmem_fail_from(0);
    heap_check(&heap);
    cr_assert(mcache_refill(cache, spc));
    take_typed(typ, 32768);
    heap_check(&heap);
}
