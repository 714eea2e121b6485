/*
 * mcache.c: a thread's spans.
 *
 *     mallocgc --slot--> [mcache] --refill--> mcentral
 *                            `----allocLarge----> mheap
 *
 * Locking: none. An mcache belongs to its thread, except while the world is
 * stopped.
 *
 * Invariants, verified by heapcheck:
 *   mcache.1  a cached span has sweepgen h+3 (h+1 between a cycle's start and
 *             the flush), stands on no list, and allocCount >=
 *             allocCountBeforeCache; full[0] to full[nfull-1] are full spans
 *             that have left alloc, and are otherwise still cached
 *   mcache.2  tiny is 0 or the start of a 16-byte slot that is taken;
 *             tinyoffset <= 16
 *   mcache.3  local.stats plus what cached spans have taken since they came is
 *             every object that this thread ever allocated
 */
#include "alloc/mcache.h"

#include "runtime/base/throw.h"

#include <stdatomic.h>

struct mspan emptymspan;

void mcache_init(struct mcache *c, struct mcentral *central,
                 struct spanSource *source)
{
    c->central = central;
    c->source = source;
    c->mheap = source->mheap;
    c->controller = source->sweeper->controller;
    c->flushGen = c->mheap->sweepgen;
    for (int i = 0; i < NumSpanClasses; i++)
        c->alloc[i] = &emptymspan;
}

/* Enters what was taken from the span of class spc since it came. */
static void count_slots_used(struct mcache *c, spanClass spc)
{
    const struct mspan *s = c->alloc[spc];
    uint32_t used = mspan_taken(s) - c->allocCountBeforeCache[spc];

    c->local.stats.smallAllocCount[spanClass_sizeclass(spc)] += used;
    c->allocCountBeforeCache[spc] = 0;
    c->totalAlloc += used * s->elemsize;
}

static void flush_tiny_allocs(struct mcache *c)
{
    c->local.stats.tinyAllocCount += c->tinyAllocs;
    c->tinyAllocs = 0;
}

/* Brings heapLive up to date, which decides when the next cycle begins. */
static void settle_live(struct mcache *c)
{
    gcController_update(c->controller, c->heapLive);
    c->heapLive = 0;
}

/* Gives back full spans. Nobody misses them before the next cycle, which has
 * every thread settle as it begins (gc.c). */
static void settle_spans(struct mcache *c)
{
    for (uint32_t i = 0, n; i < c->nfull; i += n) {
        spanClass spc = c->full[i]->spanclass;
        for (n = 1; i + n < c->nfull && c->full[i + n]->spanclass == spc;)
            n++;
        mcentral_uncacheSpans(&c->central[spc], &c->local, &c->full[i], n);
    }
    c->nfull = 0;
}

void mcache_settle(struct mcache *c)
{
    settle_spans(c);
    settle_live(c);
    c->unsettled = 0;
    atomic_fetch_add_explicit(&c->controller->totalAlloc, c->totalAlloc,
                              memory_order_relaxed);
    c->totalAlloc = 0;
    mheap_settle(c->mheap, &c->local.pcache);
}

/* A span has come. Settles all once in a while; if now, also when the program
 * has come to hold more memory, and otherwise heapLive. */
static void settle_some(struct mcache *c, bool now)
{
    bool grown = c->local.pcache.delta.released > 0;

    if (++c->unsettled == MaxUnsettled || (now && grown))
        mcache_settle(c);
    else if (now)
        settle_live(c);
}

/* Takes the full span of class spc out of the cache, to be given back. */
static void retire(struct mcache *c, spanClass spc)
{
    struct mspan *s = c->alloc[spc];

    ASSERT(s->allocCount == s->nelems);
    if (s == &emptymspan)
        return;
    count_slots_used(c, spc);
    c->alloc[spc] = &emptymspan;
    ASSERT(c->nfull < MaxUnsettled);
    c->full[c->nfull++] = s;
}

bool mcache_refill(struct mcache *c, spanClass spc)
{
    retire(c, spc);
    struct mspan *s = mcentral_cacheSpan(&c->central[spc], &c->local);
    if (s == NULL) {
        mcache_settle(c);
        return false;
    }
    c->local.stats.refills++;
    mspan_setSweepgen(s, c->mheap->sweepgen + 3);
    c->allocCountBeforeCache[spc] = s->allocCount;
    /* As if all its free slots were taken: corrected when it goes back. */
    c->heapLive +=
        (int64_t)(s->npages * PageSize - s->allocCount * s->elemsize);
    c->alloc[spc] = s;
    settle_some(c, c->mheap->nmcaches <= 1);
    return true;
}

uintptr_t mcache_nextFree(struct mcache *c, spanClass spc, bool *refilled)
{
    struct mspan *s = c->alloc[spc];
    uintptr_t x = mspan_nextFree(s);

    if (x != 0)
        return x;
    if (!mcache_refill(c, spc))
        return 0;
    *refilled = true;
    x = mspan_nextFree(c->alloc[spc]);
    ASSERT(x != 0);
    return x;
}

struct mspan *mcache_allocLarge(struct mcache *c, size_t size, bool noscan)
{
    size_t npages = (size + PageSize - 1) / PageSize;
    spanClass spc = makeSpanClass(0, noscan);

    sweeper_deductSweepCredit(c->source->sweeper, &c->local, npages * PageSize,
                              npages);
    struct mspan *s = spanSource_alloc(c->source, &c->local, npages, spc);
    if (s == NULL)
        return NULL;
    c->local.stats.largeAlloc += s->elemsize;
    c->local.stats.largeAllocCount++;
    c->totalAlloc += s->elemsize;
    c->heapLive += (int64_t)s->elemsize;
    s->freeindex = s->nelems;
    s->allocCount = 1;
    s->allocCache = 0;
    shelf_push(c->central[spc].shelf, s);
    settle_some(c, true);
    return s;
}

/* The span of class spc goes back to its shelf. Returns by how much heapLive
 * was estimated too high for its sake. */
static size_t release(struct mcache *c, spanClass spc)
{
    struct mspan *s = c->alloc[spc];
    mspan_endRun(s);
    size_t unused = (s->nelems - s->allocCount) * s->elemsize;

    count_slots_used(c, spc);
    if (s->sweepgen == c->mheap->sweepgen + 1)
        unused = 0; /* the cycle has counted heapLive anew since */
    c->alloc[spc] = &emptymspan;
    mcentral_uncacheSpan(&c->central[spc], &c->local, s);
    return unused;
}

void mcache_releaseAll(struct mcache *c)
{
    size_t unused = 0;

    for (int i = 0; i < NumSpanClasses; i++)
        if (c->alloc[i] != &emptymspan)
            unused += release(c, (spanClass)i);
    c->tiny = 0;
    c->tinyoffset = 0;
    flush_tiny_allocs(c);
    c->heapLive -= (int64_t)unused;
    mcache_settle(c);
}

void mcache_prepareForSweep(struct mcache *c)
{
    uint32_t sg = c->mheap->sweepgen;

    if (c->flushGen == sg)
        return;
    ASSERT(c->flushGen == sg - 2);
    mcache_releaseAll(c);
    c->flushGen = sg;
}

void mcache_stats(const struct mcache *c, struct heapStatsDelta *out)
{
    *out = c->local.stats;
    out->tinyAllocCount += c->tinyAllocs;
    for (int i = 0; i < NumSpanClasses; i++)
        out->smallAllocCount[i / 2] +=
            mspan_taken(c->alloc[i]) - c->allocCountBeforeCache[i];
}
