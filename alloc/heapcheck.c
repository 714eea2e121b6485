/*
 * heapcheck.c: the proof that the heap is what it says: every span is walked,
 * every counter counted again, from the pages up to the mcaches.
 *
 * Locking: takes the locks of what it looks at, one at a time; the world is at
 * rest.
 *
 * Invariants proved here (those of a tier are proved by its own _check):
 *   heapcheck.1  a span in use stands on one shelf or in one mcache, and
 *                nowhere else
 *   heapcheck.2  allocCount counts the slots that are taken (those below
 *                freeindex, those of the 64 at hand that are neither in the run
 *                nor in allocCache, and those behind them whose allocation bit
 *                is 1) and the run
 *   heapcheck.3  small and large allocations less frees, as counted by threads,
 *                are the slots taken in all spans, class by class
 *   heapcheck.4  profile buckets and types are noted for taken slots only, and
 *                fit them
 *   heapcheck.5  the free slots of a span with needzero 0 read as zero
 *                (CHECK=3)
 * and gc.1, heap.1, mcache.1 to mcache.3, pacer.1 to pacer.3, sweep.1, sweep.2.
 */
#include "alloc/heap.h"
#include "alloc/heapbits.h"
#include "alloc/mcache.h"
#include "alloc/mheap.h"
#include "alloc/span.h"
#include "runtime/base/bits.h"
#include "runtime/base/throw.h"

#include <string.h>

/* What a walk over all spans finds. */
struct census {
    uint64_t objects[NumSizeClasses]; /* taken slots; [0]: large objects */
    uint64_t largeBytes;
    size_t spans;  /* in use */
    size_t cached; /* of these in an mcache, by sweepgen */
};

static uint32_t taken_slots(const struct mspan *s)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->nelems; i += 64)
        n += (uint32_t)__builtin_popcountll(mspan_takenWord(s, i));
    return n;
}

static bool is_zero(const void *p, size_t size)
{
    const char *c = p;

    return size == 0 || (c[0] == 0 && memcmp(c, c + 1, size - 1) == 0);
}

/* heapcheck.4, heapcheck.5 for slot i. */
static void check_slot(const struct mspan *s, uint32_t i)
{
    bool taken = mspan_isAllocated(s, i);

    if (s->profiled != NULL && s->profiled[i] != NULL) {
        ASSERT(taken);
        ASSERT(s->profiled[i]->size == s->elemsize);
        ASSERT(s->profiled[i]->tag.sizeclass ==
               spanClass_sizeclass(s->spanclass));
    }
    if (s->types != NULL && taken) {
        ASSERT(s->types[i] != NULL);
        ASSERT(s->types[i]->ptrdata > 0 && s->types[i]->size <= s->elemsize);
    }
    if (CHECK >= 3 && !taken && !s->needzero)
        ASSERT(is_zero((void *)(s->startAddr + i * s->elemsize), s->elemsize));
}

static bool is_unmarked(const struct mspan *s)
{
    if (s->gcmarkBits != NULL)
        for (uint32_t i = 0; i < s->nelems; i += 64)
            if (gcbits_word(s->gcmarkBits, i) != 0)
                return false;
    return true;
}

static void check_span(const struct heap *h, const struct mspan *s)
{
    uint32_t sg = h->mheap.sweepgen;

    mspan_check(s);
    ASSERT(mspan_taken(s) == taken_slots(s)); /* heapcheck.2, span.10 */
    ASSERT((s->types != NULL) == heapBits_wantsTypes(s));
    heapBits_checkForeseen(s);
    if (h->sweeper.state == 1u << 31)
        ASSERT(s->sweepgen != sg - 2); /* sweep.1 */
    ASSERT(s->sweepgen == sg - 2 || s->sweepgen == sg ||
           s->sweepgen == sg + 1 || s->sweepgen == sg + 3);
    if (s->sweepgen == sg || s->sweepgen == sg + 3)
        ASSERT(is_unmarked(s)); /* sweep.2, gc.1 */
    ASSERT((s->list != NULL) == (s->sweepgen == sg - 2 || s->sweepgen == sg));
    ASSERT(s->list == NULL || s->run == 0); /* span.11 */
    bool zeroed = CHECK >= 3 && !s->needzero;
    if (s->profiled != NULL || s->types != NULL || zeroed)
        for (uint32_t i = 0; i < s->nelems; i++)
            check_slot(s, i);
}

static void take_census(const struct heap *h, struct census *c)
{
    uint32_t sg = h->mheap.sweepgen;

    for (size_t i = 0; i < h->mheap.nspans; i++) {
        const struct mspan *s = h->mheap.allspans[i];
        if (mspan_state(s) != mSpanInUse)
            continue;
        check_span(h, s);
        uint8_t sizeclass = spanClass_sizeclass(s->spanclass);
        c->spans++;
        c->cached += s->sweepgen == sg + 1 || s->sweepgen == sg + 3;
        c->objects[sizeclass] += mspan_taken(s);
        if (sizeclass == 0)
            c->largeBytes += s->elemsize;
    }
}

/* mcache.2 */
static void check_tiny(const struct mcache *c)
{
    ASSERT(c->tinyoffset <= maxTinySize);
    if (c->tiny == 0)
        return;
    const struct mspan *s = mheap_spanOf(c->mheap, c->tiny);
    ASSERT(s != NULL && s->spanclass == tinySpanClass);
    uint32_t i = mspan_objIndex(s, c->tiny);
    ASSERT(s->startAddr + i * s->elemsize == c->tiny);
    ASSERT(mspan_isAllocated(s, i));
}

/* mcache.1. Returns how many spans c holds. */
static size_t check_mcache(const struct mcache *c)
{
    uint32_t sg = c->mheap->sweepgen;
    size_t n = 0;

    check_tiny(c);
    for (int i = 0; i < NumSpanClasses; i++) {
        const struct mspan *s = c->alloc[i];
        if (s == &emptymspan)
            continue;
        n++;
        ASSERT(s->spanclass == i && s->list == NULL);
        ASSERT(s->sweepgen == (c->flushGen == sg ? sg + 3 : sg + 1));
        ASSERT(mspan_taken(s) >= c->allocCountBeforeCache[i]);
    }
    ASSERT(c->nfull == 0 && c->unsettled == 0); /* heap_settle was here */
    return n;
}

static size_t check_mcaches(struct heap *h)
{
    size_t ncaches = 0, nspans = 0;

    for (const struct mcache *c = h->allmcaches; c != NULL; c = c->alllink) {
        nspans += check_mcache(c);
        ncaches++;
    }
    ASSERT(ncaches == h->mheap.nmcaches); /* heap.1 */
    return nspans;
}

/* heapcheck.3, mcache.3, and that totalAlloc and totalFree agree with what
 * was flushed. */
static void check_counts(struct heap *h, const struct census *c)
{
    struct heapStatsDelta d;

    heap_stats(h, &d);
    uint64_t totalFree = d.largeFree;
    for (int i = 1; i < NumSizeClasses; i++) {
        ASSERT(d.smallAllocCount[i] - d.smallFreeCount[i] == c->objects[i]);
        totalFree += d.smallFreeCount[i] * class_to_size[i];
    }
    ASSERT(d.largeAllocCount - d.largeFreeCount == c->objects[0]);
    ASSERT(d.largeAlloc - d.largeFree == c->largeBytes);
    ASSERT(d.refills == d.refillsFresh + d.refillsReused);
    ASSERT(h->controller.totalFree == totalFree);
}

static void check_pacer(const struct gcController *c)
{
    ASSERT(c->heapMarked <= c->heapLive); /* pacer.1 */
    ASSERT((c->gcPercentHeapGoal == UINT64_MAX) ==
           (c->gcPercent < 0));                     /* pacer.2 */
    ASSERT(c->gcPercentHeapGoal >= c->heapMinimum); /* pacer.3 */
}

void heap_check(struct heap *h)
{
    struct census c = {0};
    size_t shelved = 0;

    heap_settle(h);
    mheap_check(&h->mheap);
    sideArrays_check(&h->sides);
    roots_check(&h->work.roots);
    for (int i = 0; i < NumSpanClasses; i++)
        shelved += shelf_check(&h->shelves[i]);
    take_census(h, &c);
    ASSERT(check_mcaches(h) == c.cached); /* heapcheck.1 */
    ASSERT(shelved + c.cached == c.spans);
    check_counts(h, &c);
    check_pacer(&h->controller);
}

/*
 * Proves that the heap's parts agree, and counts them anew.
 *
 * Locking: takes h->lock; page caches are read as they stand, so the world must
 * be at rest.
 *
 * Invariants: those of mheap.c.
 */

/* What was counted. */
struct pageTally {
    size_t spans, pages; /* in use */
    size_t cachedRecords, cachedPages, cachedScav;
};

static void check_pages_of(const struct mheap *h, struct mspan *s,
                           struct pageTally *t)
{
    mspan_check(s);
    t->spans++;
    t->pages += s->npages;
    for (size_t i = 0; i < s->npages; i++) { /* mheap.1 */
        uintptr_t p = s->startAddr + i * PageSize;
        ASSERT(arenas_spanOfUnchecked(&h->arenas, p) == s);
    }
}

static void check_caches(struct mheap *h, struct pageTally *t)
{
    const struct pageCache *prev = NULL;
    for (struct pageCache *c = h->caches; c != NULL; c = c->next) {
        mheap_settle(h, c);
        ASSERT(c->listed && c->prev == prev && c->nspans <= mspanCacheLen);
        pageCache_check(c, &h->pages);
        t->cachedRecords += c->nspans;
        t->cachedPages += popcount64(c->cache);
        t->cachedScav += popcount64(c->scav);
        prev = c;
    }
}

static void check_counters(const struct mheap *h, const struct pageTally *t,
                           struct pageCounts c)
{
    ASSERT(c.allocated == t->pages + t->cachedPages); /* mheap.2 */
    ASSERT(h->pagesInUse == t->pages);                /* mheap.3 */
    ASSERT(h->heapInUse == t->pages * PageSize);
    size_t scavenged = c.scavenged + t->cachedScav; /* mheap.4 */
    size_t backed = c.free + t->cachedPages - t->cachedScav;
    ASSERT(h->heapFree == backed * PageSize);
    ASSERT(h->heapReleased == scavenged * PageSize);
    const struct fixalloc *f = &h->spanalloc; /* mheap.5 */
    ASSERT(f->inuse == (t->spans + t->cachedRecords) * f->size);
    ASSERT(f->carved == h->nspans * f->size);
}

void mheap_check(struct mheap *h)
{
    gcBitsArenas_check(&h->bits);
    lock(&h->lock);
    arenas_check(&h->arenas);
    fixalloc_check(&h->spanalloc);
    fixalloc_check(&h->cachealloc);
    struct pageTally t = {0};
    for (size_t i = 0; i < h->nspans; i++)
        if (mspan_state(h->allspans[i]) == mSpanInUse)
            check_pages_of(h, h->allspans[i], &t);
    check_caches(h, &t);
    check_counters(h, &t, pageAlloc_check(&h->pages));
    ASSERT(h->curArena.base <= h->curArena.end); /* mheap.6 */
    for (uintptr_t p = h->curArena.base; p < h->curArena.end;
         p += pallocChunkBytes)
        ASSERT(arenas_of(&h->arenas, p) != NULL &&
               !pageAlloc_knows(&h->pages, chunkIndex(p)));
    unlock(&h->lock);
}
