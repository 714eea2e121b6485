/* heapcheck finds what is wrong: each test breaks one thing and nothing
 * else. */
#include "alloc/mcache.h"
#include "runtime/prof/memprofile.h"
#include "tests/testheap.h"

static struct mspan *s; /* half full, cached: slots of 1024 */
static spanClass spc;

static void setup(void)
{
    testheap_setup();
    spc = class_of(1024, true);
    for (int i = 0; i < 4; i++)
        take(spc);
    s = cache->alloc[spc];
    heap_check(&heap);
}

TestSuite(heapcheck, .init = setup);

Test(heapcheck, a_slot_taken_too_many, .signal = SIGABRT)
{
    s->allocCount++;
    cache->allocCountBeforeCache[spc]++; /* so that the sums still agree */
    heap_check(&heap);
}

Test(heapcheck, an_object_that_nobody_counted, .signal = SIGABRT)
{
    cache->allocCountBeforeCache[spc]++;
    heap_check(&heap);
}

Test(heapcheck, a_free_that_nobody_made, .signal = SIGABRT)
{
    cache->local.stats.smallFreeCount[size_to_class(1024)]++;
    heap_check(&heap);
}

Test(heapcheck, a_cached_span_that_is_not_in_its_cache, .signal = SIGABRT)
{
    cache->alloc[spc] = &emptymspan;
    heap_check(&heap);
}

Test(heapcheck, a_span_in_the_wrong_place_of_a_cache, .signal = SIGABRT)
{
    cache->alloc[spc] = &emptymspan;
    cache->alloc[spc + 2] = s;
    heap_check(&heap);
}

Test(heapcheck, an_allocCache_that_forgot_a_free_slot, .signal = SIGABRT)
{
    mspan_endRun(s);
    s->allocCache &= ~(1ull << 5); /* the first four of eight are taken */
    heap_check(&heap);
}

Test(heapcheck, an_allocCache_that_offers_a_taken_slot, .signal = SIGABRT)
{
    mspan_endRun(s);
    s->allocCache |= 2;
    mspan_nextRun(s);
    heap_check(&heap);
}

Test(heapcheck, an_allocCache_that_offers_a_slot_of_the_run, .signal = SIGABRT)
{
    s->allocCache |= 1ull << 5;
    heap_check(&heap);
}

Test(heapcheck, a_run_that_is_counted_twice, .signal = SIGABRT)
{
    s->allocCount = (uint16_t)(s->allocCount + s->run);
    heap_check(&heap);
}

Test(heapcheck, a_run_that_begins_a_slot_late, .signal = SIGABRT)
{
    s->nextSlot += s->elemsize;
    heap_check(&heap);
}

Test(heapcheck, a_run_that_begins_within_a_slot, .signal = SIGABRT)
{
    s->nextSlot += 8;
    heap_check(&heap);
}

Test(heapcheck, a_run_without_a_beginning, .signal = SIGABRT)
{
    s->nextSlot = 0;
    heap_check(&heap);
}

Test(heapcheck, an_allocCache_with_slots_behind_the_last, .signal = SIGABRT)
{
    s->allocCache |= 1ull << 8;
    heap_check(&heap);
}

Test(heapcheck, a_span_on_a_shelf_though_it_is_cached, .signal = SIGABRT)
{
    s->sweepgen = heap.mheap.sweepgen;
    shelf_push(&heap.shelves[spc], s);
    s->sweepgen = heap.mheap.sweepgen + 3;
    heap_check(&heap);
}

Test(heapcheck, a_tiny_block_that_is_no_block, .signal = SIGABRT)
{
    cache->tiny = s->startAddr;
    heap_check(&heap);
}

Test(heapcheck, a_profiled_slot_that_is_free, .signal = SIGABRT)
{
    struct allocTag tag = {.sizeclass = size_to_class(1024)};

    s->profiled = sideArrays_alloc(&heap.sides, s->nelems);
    s->profiled[6] = mProf_Malloc(1024, &tag);
    heap_check(&heap);
}

Test(heapcheck, a_profile_bucket_of_another_size, .signal = SIGABRT)
{
    struct allocTag tag = {.sizeclass = size_to_class(1024)};

    s->profiled = sideArrays_alloc(&heap.sides, s->nelems);
    s->profiled[0] = mProf_Malloc(512, &tag);
    heap_check(&heap);
}

Test(heapcheck, a_large_object_without_a_type, .signal = SIGABRT)
{
    uintptr_t p = take_typed(type_parse("*int", NULL), 2048);

    span_of(p)->types[mspan_objIndex(span_of(p), p)] = NULL;
    heap_check(&heap);
}

Test(heapcheck, a_live_heap_below_what_was_marked, .signal = SIGABRT)
{
    heap.controller.heapMarked = heap.controller.heapLive + 1;
    heap_check(&heap);
}

Test(heapcheck, a_mark_that_the_sweep_left, .signal = SIGABRT)
{
    gcbits_testAndSet(s->gcmarkBits, 0);
    heap_check(&heap);
}

Test(heapcheck, an_unswept_span_when_the_sweep_is_said_to_be_over,
     .signal = SIGABRT)
{
    mcache_releaseAll(cache);
    sweeper_start(&heap.sweeper);
    cache->flushGen = heap.mheap.sweepgen;
    heap.sweeper.state = 1u << 31;
    heap_check(&heap);
}

Test(heapcheck, a_lost_mcache, .signal = SIGABRT)
{
    heap.mheap.nmcaches++;
    heap_check(&heap);
}
