/*
 * mcentral.c: the shared shelf between threads, one shelf per span class.
 *
 *     mcache --cacheSpan--> [mcentral] --grow--> spanSource --> mheap
 *                                `--pop, push--> shelf
 *
 * Every span has exactly one owner: one that is lent to a thread stands on no
 * list, and the thread touches its slots without a lock. That single rule is
 * why the tier above needs no atomics.
 *
 * Locking: none of its own; the shelf's lock is held only to push or pop.
 * Sweeping and growing happen on a span that nobody else can see.
 */
#include "alloc/mcentral.h"
#include "alloc/heapbits.h"
#include "alloc/span.h"
#include "runtime/base/throw.h"

/*
 * Where a new span comes from. The locks below are taken one at a time.
 *
 *     mcentral --grow---------> [spanSource] --reclaim--> sweep
 *     mcache --allocLarge-----^      |---------pages----> mheap
 *                                    `---------types----> sideArrays
 */

/* Go: (*mheap).reclaim. Difference: it looks at spans without any marked object
 * only, by a bit a page; here the spans come as they lie on their shelves. */
static void reclaim(struct sweeper *sw, struct heapLocal *local, size_t npages)
{
    size_t freed = 0;

    while (freed < npages) {
        intptr_t n = sweeper_sweepone(sw, local);
        if (n == sweptNothing)
            return;
        freed += (size_t)n;
    }
}

struct mspan *spanSource_alloc(struct spanSource *src, struct heapLocal *local,
                               size_t npages, spanClass spanclass)
{
    if (!sweeper_isDone(src->sweeper))
        reclaim(src->sweeper, local, npages);
    struct mspan *s =
        mheap_alloc(src->mheap, &local->pcache, npages, spanclass);
    if (s == NULL || !heapBits_wantsTypes(s))
        return s;
    s->types = sideArrays_alloc(src->sides, s->nelems);
    if (s->types == NULL) {
        mheap_freeSpan(src->mheap, s);
        return NULL;
    }
    return s;
}

/*
 * The shelf.
 */

void mcentral_init(struct mcentral *c, struct shelf *shelf,
                   struct spanSource *source)
{
    c->shelf = shelf;
    c->source = source;
    c->spanclass = shelf->spanclass;
}

/* Sweeps spans of the shelf until one has a free slot, at most *budget of them:
 * rather a new span than an endless search. */
static struct mspan *sweep_for_space(struct mcentral *c,
                                     struct heapLocal *local, bool full,
                                     int *budget)
{
    for (; *budget >= 0; (*budget)--) {
        struct mspan *s = shelf_popUnswept(c->shelf, full);
        if (s == NULL)
            return NULL;
        if (!sweeper_tryAcquire(c->source->sweeper, s))
            throw("mcentral: span on the unswept list has sweepgen %u",
                  s->sweepgen);
        mspan_sweep(s, c->source->sweeper, local, true);
        if (s->allocCount < s->nelems)
            return s;
        shelf_push(c->shelf, s);
    }
    return NULL;
}

static struct mspan *cache_swept_or_unswept(struct mcentral *c,
                                            struct heapLocal *local)
{
    int spanBudget = 100; /* a span without room costs at most 1 % */
    struct mspan *s = shelf_popSwept(c->shelf);

    if (s != NULL || !sweeper_begin(c->source->sweeper))
        return s;
    s = sweep_for_space(c, local, false, &spanBudget);
    if (s == NULL)
        s = sweep_for_space(c, local, true, &spanBudget);
    sweeper_end(c->source->sweeper);
    return s;
}

/* Go: (*mcentral).grow. */
static struct mspan *grow(struct mcentral *c, struct heapLocal *local)
{
    size_t npages = class_to_allocnpages[spanClass_sizeclass(c->spanclass)];

    return spanSource_alloc(c->source, local, npages, c->spanclass);
}

struct mspan *mcentral_cacheSpan(struct mcentral *c, struct heapLocal *local)
{
    size_t npages = class_to_allocnpages[spanClass_sizeclass(c->spanclass)];

    sweeper_deductSweepCredit(c->source->sweeper, local, npages * PageSize, 0);
    struct mspan *s = cache_swept_or_unswept(c, local);
    if (s != NULL) {
        local->stats.refillsReused++;
    } else {
        s = grow(c, local);
        if (s == NULL)
            return NULL;
        local->stats.refillsFresh++;
    }
    ASSERT(s->allocCount < s->nelems && s->freeindex < s->nelems);
    return s; /* its allocCache is what it was when it came here */
}

void mcentral_uncacheSpans(struct mcentral *c, struct heapLocal *local,
                           struct mspan **spans, size_t n)
{
    uint32_t sg = c->source->mheap->sweepgen;
    size_t swept = 0;

    for (size_t i = 0; i < n; i++) {
        struct mspan *s = spans[i];
        ASSERT(s->allocCount > 0 && s->spanclass == c->spanclass);
        if (s->sweepgen == sg + 1) {
            /* Cached since before the cycle: nobody could sweep it but us. */
            mspan_setSweepgen(s, sg - 1);
            mspan_sweep(s, c->source->sweeper, local, false);
            continue;
        }
        ASSERT(s->sweepgen == sg + 3);
        mspan_setSweepgen(s, sg);
        spans[swept++] = s;
    }
    if (swept > 0)
        shelf_pushMany(c->shelf, spans, swept);
}

void mcentral_uncacheSpan(struct mcentral *c, struct heapLocal *local,
                          struct mspan *s)
{
    mcentral_uncacheSpans(c, local, &s, 1);
}
