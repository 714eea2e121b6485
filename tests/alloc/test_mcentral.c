/* Tier 2: which span the shelf gives, and where a span is put back. */
#include "tests/testheap.h"
#include <unistd.h>

TestSuite(mcentral, .init = testheap_setup);

enum { size = 1024, nslots = 8 };

static struct mcentral *mcentral(void)
{
    return &heap.central[class_of(size, true)];
}

static struct shelf *shelf(void)
{
    return &heap.shelves[class_of(size, true)];
}

static struct spanList *swept(struct spanList pair[2])
{
    return &pair[heap.mheap.sweepgen / 2 % 2];
}

Test(mcentral, an_empty_shelf_asks_for_a_span)
{
    struct mspan *s = mcentral_cacheSpan(mcentral(), &cache->local);

    cr_assert_eq(s->nelems, nslots);
    cr_assert_eq(s->allocCount, 0);
    cr_assert_eq(s->allocCache, (1u << nslots) - 1);
    cr_assert_null(s->list);
    cr_assert_eq(cache->local.stats.refillsFresh, 1);
}

Test(mcentral, a_span_comes_back_on_the_list_that_its_slots_call_for)
{
    uintptr_t p[nslots];

    for (int i = 0; i < nslots - 1; i++)
        p[i] = take_noscan(size);
    mcache_releaseAll(cache);
    cr_assert_eq(span_of(p[0])->list, swept(shelf()->partial));
    p[nslots - 1] = take_noscan(size);
    cr_assert_eq(span_of(p[nslots - 1]), span_of(p[0]));
    mcache_releaseAll(cache);
    cr_assert_eq(span_of(p[0])->list, swept(shelf()->full));
    cr_assert_eq(shelf_check(shelf()), 1);
}

Test(mcentral, a_full_shelf_gives_a_new_span)
{
    for (int i = 0; i < nslots; i++)
        take_noscan(size);
    struct mspan *old = cache->alloc[class_of(size, true)];
    uintptr_t p = take_noscan(size);
    cr_assert_neq(span_of(p), old);
    cr_assert_eq(old->list, swept(shelf()->full));
    cr_assert_eq(cache->local.stats.refillsFresh, 2);
    cr_assert_eq(cache->local.stats.refillsReused, 0);
}

/* Marks slot i of s as if the collector had reached it. */
static void mark(struct mspan *s, uint32_t i)
{
    gcbits_testAndSet(s->gcmarkBits, i);
}

Test(mcentral, an_unswept_span_is_swept_when_it_is_wanted)
{
    uintptr_t p[nslots];

    for (int i = 0; i < nslots; i++)
        p[i] = take_noscan(size);
    mcache_releaseAll(cache);
    struct mspan *s = span_of(p[0]);
    mark(s, 3);
    nextMarkBitArenaEpoch(&heap.mheap.bits);
    sweeper_start(&heap.sweeper);
    cache->flushGen = heap.mheap.sweepgen;
    cr_assert_eq(s->list, &shelf()->full[1 - heap.mheap.sweepgen / 2 % 2]);
    heap_check(&heap);

    cr_assert_eq(take_noscan(size), p[0]);
    cr_assert_eq(s->sweepgen, heap.mheap.sweepgen + 3);
    cr_assert_eq(mspan_taken(s), 2);
    cr_assert_eq(s->needzero, 1);
    cr_assert_eq(cache->local.stats.smallFreeCount[size_to_class(size)],
                 nslots - 1);
    cr_assert_eq(cache->local.stats.refillsReused, 1);
    for (int i = 1; i < nslots - 1; i++)
        cr_assert_eq(take_noscan(size), p[i < 3 ? i : i + 1]);
    heap_check(&heap);
}

/* Swept spans without room cost time: after 100 of them a new one is taken.
 * Here the 30th or 31st has a free slot. */
Test(mcentral, spans_are_swept_until_one_has_room)
{
    enum { Spans = 60, WithRoom = 30 };
    uintptr_t p[Spans][nslots];

    for (int i = 0; i < Spans; i++)
        for (int k = 0; k < nslots; k++)
            p[i][k] = take_noscan(size);
    mcache_releaseAll(cache);
    for (int i = 0; i < Spans; i++)
        for (uint32_t k = 0; k < nslots; k++)
            if (i != WithRoom || k > 0)
                mark(span_of(p[i][k]), k);
    nextMarkBitArenaEpoch(&heap.mheap.bits);
    sweeper_start(&heap.sweeper);
    cache->flushGen = heap.mheap.sweepgen;
    cr_assert_eq(take_noscan(size), p[WithRoom][0]);
    cr_assert_eq(cache->local.stats.refillsReused, 1);
}

static void *push(void *s)
{
    shelf_push(shelf(), s);
    return NULL;
}

/* Who puts a span back waits for whoever is at the shelf. */
Test(mcentral, a_span_is_pushed_under_the_lock)
{
    uintptr_t p = take_noscan(size);
    struct mspan *s = span_of(p);
    pthread_t thread;

    mcache_releaseAll(cache);
    struct spanList *list = s->list;
    cr_assert_eq(spanList_pop(list), s);
    lock(&shelf()->lock);
    pthread_create(&thread, NULL, push, s);
    usleep(100000);
    cr_expect_null(s->list);
    unlock(&shelf()->lock);
    pthread_join(thread, NULL);
    cr_expect_eq(s->list, list);
}

Test(mcentral, the_lists_change_roles_with_every_cycle)
{
    uintptr_t p = take_noscan(size);
    struct spanList *before = swept(shelf()->partial);

    mcache_releaseAll(cache);
    cr_assert_eq(span_of(p)->list, before);
    sweeper_start(&heap.sweeper);
    cache->flushGen = heap.mheap.sweepgen;
    cr_assert_neq(swept(shelf()->partial), before);
    cr_assert_eq(shelf_popUnswept(shelf(), false), span_of(p));
    cr_assert_null(shelf_popUnswept(shelf(), false));
    cr_assert_null(shelf_popUnswept(shelf(), true));
}

Test(mcentral, check_finds_a_full_span_among_the_partial_ones,
     .signal = SIGABRT)
{
    uintptr_t p = take_noscan(size);

    mcache_releaseAll(cache);
    span_of(p)->allocCount = nslots;
    shelf_check(shelf());
}
