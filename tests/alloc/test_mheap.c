/* Tier 3 as a whole: spans made and freed, memory refused, given back. */
#include "alloc/gcbits.h"
#include "alloc/mheap.h"
#include "runtime/sched/rand.h"
#include <criterion/criterion.h>
#include <string.h>

static struct mheap heap;
static struct pageCache cache;

/* An empty heap; each test runs in a process of its own. */
static void setup(void)
{
    cr_assert(mheap_init(&heap, 256));
}

TestSuite(mheap, .init = setup);

/* Sanitizers occupy the address where the heap would start; then arenas come
 * where the system likes, each below the one before. */
static bool grows_upwards(void)
{
    return heap.arenas.all[0] == arenaIndex((uintptr_t)0xc0 << 32);
}

static struct mspan *large(struct pageCache *pc, size_t npages)
{
    return mheap_alloc(&heap, pc, npages, makeSpanClass(0, true));
}

static void release(struct mspan *s)
{
    s->allocCount = 0;
    mheap_freeSpan(&heap, s);
}

Test(mheap, the_heap_starts_where_go_s_does)
{
    struct mspan *s = large(NULL, 1);
    if (grows_upwards())
        cr_assert_eq(s->startAddr, (uintptr_t)0xc000000000);
    cr_assert_eq(heap.heapInUse, PageSize);
    cr_assert_eq(heap.heapFree, 0);
    cr_assert_eq(heap.heapReleased, pallocChunkBytes - PageSize);
    mheap_check(&heap);
}

Test(mheap, a_span_is_laid_out_by_its_class)
{
    uint8_t class = size_to_class(48);
    struct mspan *s = mheap_alloc(&heap, NULL, class_to_allocnpages[class],
                                  makeSpanClass(class, false));
    cr_assert_eq(s->elemsize, 48);
    cr_assert_eq(s->nelems, 170);
    cr_assert_eq(mspan_limit(s), s->startAddr + 170 * 48);
    cr_assert_eq(mspan_objIndex(s, s->startAddr + 3 * 48 + 47), 3);
    cr_assert_eq(s->allocCache, UINT64_MAX);
    cr_assert_eq(gcbits_word(s->allocBits, 0), 0);
    cr_assert_eq(s->needzero, 0);
}

Test(mheap, spanOf_knows_slots_and_nothing_else)
{
    uint8_t class = size_to_class(48);
    struct mspan *s = mheap_alloc(&heap, NULL, 1, makeSpanClass(class, false));
    struct mspan *t = large(NULL, 3);
    cr_assert_eq(mheap_spanOf(&heap, s->startAddr), s);
    cr_assert_eq(mheap_spanOf(&heap, mspan_limit(s) - 1), s);
    cr_assert_null(
        mheap_spanOf(&heap, mspan_limit(s))); /* the tail of the page */
    cr_assert_eq(mheap_spanOf(&heap, t->startAddr + 2 * PageSize), t);
    uintptr_t behind = t->startAddr + 3 * PageSize;
    cr_assert_null(mheap_spanOf(&heap, behind));
    cr_assert_null(mheap_spanOf(&heap, 0));
    cr_assert_null(mheap_spanOf(&heap, UINTPTR_MAX));
    cr_assert_null(mheap_spanOf(&heap, (uintptr_t)&heap));
    uintptr_t base = t->startAddr;
    release(t);
    cr_assert_null(mheap_spanOf(&heap, base));
}

Test(mheap, used_pages_need_zeroing_fresh_ones_do_not)
{
    struct mspan *s = large(NULL, 2);
    cr_assert_eq(s->needzero, 0);
    memset((void *)s->startAddr, 0xff, s->elemsize);
    uintptr_t base = s->startAddr;
    release(s);
    s = large(NULL, 3); /* the two old pages and a fresh one */
    cr_assert_eq(s->startAddr, base);
    cr_assert_eq(s->needzero, 1);
    struct mspan *fresh = large(NULL, 1);
    cr_assert_eq(fresh->needzero, 0);
}

Test(mheap, a_span_may_cross_arenas)
{
    size_t npages = 2 * pagesPerArena + 5;
    struct mspan *before = large(NULL, 1);
    struct mspan *s = large(NULL, npages);
    cr_assert_eq(s->nelems, 1);
    cr_assert_eq(s->elemsize, npages * PageSize);
    if (grows_upwards())
        cr_assert_eq(s->startAddr, before->startAddr + PageSize);
    for (size_t i = 0; i < npages; i++)
        cr_assert_eq(mheap_spanOf(&heap, s->startAddr + i * PageSize), s);
    mheap_check(&heap);
    release(s);
    mheap_check(&heap);
}

Test(mheap, what_went_back_to_the_system_is_zero_and_what_did_not_is_not)
{
    size_t npages = (4 << 20) / PageSize;
    struct mspan *kept = large(NULL, npages), *gone = large(NULL, npages);
    uintptr_t *k = (uintptr_t *)kept->startAddr;
    uintptr_t *g = (uintptr_t *)gone->startAddr;

    *k = *g = 4711;
    mheap_discard(&heap, (uintptr_t)g);
    cr_assert_eq(*g, 0);
    release(kept);
    release(gone);
    cr_assert_eq(heap.heapReleased, npages * PageSize);
    cr_assert_eq(*k, 4711);
    kept = large(NULL, npages);
    cr_assert_eq(kept->startAddr, (uintptr_t)k);
    cr_assert_eq(kept->needzero, 1);
    gone = large(NULL, npages);
    cr_assert_eq(gone->startAddr, (uintptr_t)g);
    cr_assert_eq(gone->needzero, 0);
    mheap_check(&heap);
}

/* The next arena is far from the first one, as if another mapping were in the
 * way. Returns a span in it. */
static struct mspan *jump(void)
{
    large(NULL, 1);
    heap.arenas.hint = (uintptr_t)0xd0 << 32;
    return large(NULL, pagesPerArena);
}

Test(mheap, a_jump_in_addresses_wastes_no_arena)
{
    struct mspan *s = jump();
    cr_assert_not_null(s);
    cr_assert_eq(heap.heapReleased, heapArenaBytes - PageSize,
                 "what was left of the first arena is free pages now");
    mheap_check(&heap);
    struct mspan *t = large(NULL, pagesPerArena - 1);
    if (grows_upwards())
        cr_assert_lt(t->startAddr, s->startAddr);
    cr_assert_eq(heap.heapReleased, 0);
    mheap_check(&heap);
}

Test(mheap, the_page_cache_serves_small_spans)
{
    large(NULL, 1); /* the heap must have grown before a cache can be filled */
    for (int i = 0; i < 63; i++)
        cr_assert_not_null(large(&cache, 1));
    cr_assert_eq(heap.pageCacheHits, 0, "still with the thread");
    mheap_settle(&heap, &cache);
    cr_assert_eq(heap.pageCacheHits, 63);
    mheap_check(&heap);
    cr_assert(pageCache_empty(&cache));
    cr_assert_not_null(large(&cache, 17)); /* too large for a cache */
    mheap_settle(&heap, &cache);
    cr_assert_eq(heap.pageCacheHits, 63);
}

Test(mheap, flushing_gives_all_back)
{
    large(NULL, 1);
    struct mspan *s = large(&cache, 2);
    uint64_t inUse = heap.heapInUse + 2 * PageSize; /* when it settles */
    mheap_flushPageCache(&heap, &cache);
    cr_assert(pageCache_empty(&cache));
    cr_assert_eq(cache.nspans, 0);
    cr_assert_null(heap.caches);
    cr_assert_eq(heap.heapInUse, inUse);
    mheap_check(&heap);
    struct mspan *next = large(NULL, 1);
    cr_assert_eq(next->startAddr, s->startAddr + 2 * PageSize);
}

Test(mheap, scavenging_starts_at_the_top)
{
    struct mspan *s[8];
    for (int i = 0; i < 8; i++) {
        s[i] = large(NULL, 4);
        memset((void *)s[i]->startAddr, 0xaa, s[i]->elemsize);
    }
    release(s[1]);
    release(s[5]);
    cr_assert_eq(heap.heapFree, 8 * PageSize);
    uint64_t released = heap.heapReleased;
    cr_assert_eq(mheap_scavenge(&heap, 4 * PageSize), 4 * PageSize);
    cr_assert_eq(heap.heapFree, 4 * PageSize);
    cr_assert_eq(heap.heapReleased, released + 4 * PageSize);
    mheap_check(&heap);
    /* s[5]'s pages lost their contents, s[1]'s did not. */
    cr_assert_eq(*(uint8_t *)s[0]->startAddr, 0xaa);
    uintptr_t low = s[0]->startAddr + 4 * PageSize;
    uintptr_t high = s[4]->startAddr + 4 * PageSize;
    cr_assert_eq(*(uint8_t *)low, 0xaa);
    cr_assert_eq(*(uint8_t *)high, 0);
    cr_assert_eq(mheap_scavenge(&heap, SIZE_MAX), 4 * PageSize);
    cr_assert_eq(mheap_scavenge(&heap, SIZE_MAX), 0);
    cr_assert_eq(heap.heapFree, 0);
    mheap_check(&heap);
}

Test(mheap, growing_past_the_goal_scavenges)
{
    struct mspan *a = large(NULL, 100);
    large(NULL, 1);
    release(a);
    cr_assert_eq(heap.heapFree, 100 * PageSize);
    heap.scavengeGoal = 0;
    large(NULL, pallocChunkPages); /* no such run is free: the heap grows */
    cr_assert_eq(heap.heapFree, 0);
    mheap_check(&heap);
}

Test(mheap, too_much_is_refused)
{
    cr_assert_null(large(NULL, (size_t)1 << (heapAddrBits - PageShift)));
    cr_assert_null(large(NULL, SIZE_MAX));
    cr_assert_null(large(NULL, SIZE_MAX / PageSize));
    cr_assert_eq(heap.heapInUse, 0);
    mheap_check(&heap);
}

/* Makes three spans of different kinds with the n-th request refused. True when
 * nothing was refused. */
static bool survive_refusal(uint64_t n)
{
    uint64_t inUse = heap.heapInUse, before = sysmem_requests();
    sysmem_fail_at(n);
    struct mspan *got[3] = {
        mheap_alloc(&heap, &cache, 1, makeSpanClass(5, false)),
        large(&cache, 20),
        large(&cache, pagesPerArena + 1),
    };
    sysmem_fail_at(0);
    mheap_check(&heap);
    for (int i = 0; i < 3; i++)
        if (got[i] != NULL)
            release(got[i]);
    cr_assert_eq(heap.heapInUse, inUse);
    mheap_check(&heap);
    return got[0] && got[1] && got[2] && sysmem_requests() - before < n;
}

Test(mheap, refusal_at_any_request_leaves_a_sound_heap)
{
    bool all = false;
    for (uint64_t n = 1; !all; n++) {
        cr_assert(n < 200);
        memset(&heap, 0, sizeof heap);
        memset(&cache, 0, sizeof cache);
        setup();
        all = survive_refusal(n);
        /* And the same heap serves when memory is there again. */
        cr_assert_not_null(large(&cache, pagesPerArena + 1));
        mheap_check(&heap);
    }
}

Test(mheap, refusal_at_any_request_of_init)
{
    for (uint64_t n = 1;; n++) {
        cr_assert(n < 50);
        memset(&heap, 0, sizeof heap);
        int64_t before = sysstats.gcMiscSys.bytes;
        sysmem_fail_at(n);
        bool ok = mheap_init(&heap, 256);
        sysmem_fail_at(0);
        if (ok)
            break;
        cr_assert_eq(sysstats.gcMiscSys.bytes, before);
    }
}

/* The model: which pages are whose, as a plain list of spans with a tag in
 * their first and last word. */
enum { MaxLive = 300 };
static struct mspan *live[MaxLive];
static size_t nlive;

static void tag(struct mspan *s)
{
    uintptr_t last = s->startAddr + s->npages * PageSize - sizeof s;
    *(struct mspan **)s->startAddr = s;
    *(struct mspan **)last = s;
}

static void check_tag(const struct mspan *s)
{
    uintptr_t last = s->startAddr + s->npages * PageSize - sizeof s;
    cr_assert_eq(*(struct mspan **)s->startAddr, s);
    cr_assert_eq(*(struct mspan **)last, s);
}

static void random_step(void)
{
    uint32_t what = fastrandn(100);
    if (what < 55 && nlive < MaxLive) {
        size_t npages = fastrandn(10) == 0 ? 1 + fastrandn(3 * pallocChunkPages)
                                           : 1 + fastrandn(40);
        struct mspan *s = large(fastrandn(2) ? &cache : NULL, npages);
        cr_assert_not_null(s);
        if (!s->needzero)
            cr_assert_eq(*(uint64_t *)s->startAddr, 0);
        tag(s);
        live[nlive++] = s;
    } else if (what < 97 && nlive > 0) {
        uint32_t i = fastrandn((uint32_t)nlive);
        check_tag(live[i]);
        release(live[i]);
        live[i] = live[--nlive];
    } else if (what == 97) {
        mheap_flushPageCache(&heap, &cache);
    } else {
        mheap_scavenge(&heap, (size_t)fastrandn(400) * PageSize);
    }
}

Test(mheap, random_operations_keep_every_invariant)
{
    uint64_t seed = 20220802;
    cr_log_info("seed %lu", seed);
    rand_seed(seed);
    for (int i = 0; i < 4000; i++) {
        random_step();
        if (i % 50 == 0)
            mheap_check(&heap);
    }
    for (size_t i = 0; i < nlive; i++)
        check_tag(live[i]);
    while (nlive > 0)
        release(live[--nlive]);
    mheap_flushPageCache(&heap, &cache);
    mheap_check(&heap);
    cr_assert_eq(heap.heapInUse, 0);
    cr_assert_eq(heap.pagesInUse, 0);
}
