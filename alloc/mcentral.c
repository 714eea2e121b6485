/*
 * mcentral.c: the shared shelf between threads, one shelf per span class.
 *
 *     mcache --cacheSpan--> [mcentral] --grow--> mheap
 *
 * A shelf holds whole spans, never loose slots. A span lent to a thread stands
 * on no list: every span has exactly one owner, and the owner touches its slots
 * without a lock. That single rule is why the tier above needs no atomics.
 *
 * Locking: c->lock guards the lists, and is held only to push or pop: sweeping
 * and growing happen on a span that nobody else can see. Whatever was seen
 * before is stale after. Go's lists are lock-free spanSets; here full spans come
 * back many at a time (mcache_settle), so one lock is taken once for all of
 * them, and threads that refill side by side seldom meet at it.
 *
 * Invariants, each verified by mcentral_check:
 *   C1  s on partial  iff  s->allocCount <  s->nelems
 *   C2  s on full     iff  s->allocCount == s->nelems
 *   C3  s on [sweepgen/2%2]      iff  s->sweepgen == sweepgen
 *   C4  s on the other pair      iff  s->sweepgen == sweepgen-2
 *   C5  s->spanclass == c->spanclass, and s is in use
 * C1 and C2 hold for swept spans; a span that wants sweeping stands where it
 * stood before the cycle.
 */
#include "alloc/mcentral.h"

#include "alloc/freeindex.h"
#include "alloc/gc/sweep.h"
#include "runtime/base/throw.h"

void mcentral_init(struct mcentral *c, spanClass spc, struct mheap *mheap,
                   struct sweeper *sweeper)
{
    mutex_init(&c->lock, lockRankMcentral, "mcentral");
    c->mheap = mheap;
    c->sweeper = sweeper;
    c->spanclass = spc;
    for (int i = 0; i < 2; i++) {
        spanList_init(&c->partial[i]);
        spanList_init(&c->full[i]);
    }
}

/* The list of the swept pair, or of the one that wants sweeping. */
static struct spanList *list_of(struct mcentral *c, bool full, bool swept)
{
    uint32_t i = c->mheap->sweepgen / 2 % 2;

    if (!swept)
        i = 1 - i;
    return full ? &c->full[i] : &c->partial[i];
}

static struct mspan *pop(struct mcentral *c, bool full, bool swept)
{
    struct spanList *list = list_of(c, full, swept);
    if (spanList_isEmpty(list))
        return NULL; /* who has just put one there comes again himself */
    lock(&c->lock);
    struct mspan *s = spanList_pop(list);
    unlock(&c->lock);
    return s;
}

void mcentral_pushSwept(struct mcentral *c, struct mspan *s)
{
    ASSERT(s->spanclass == c->spanclass);
    ASSERT(s->sweepgen == c->mheap->sweepgen);
    lock(&c->lock);
    spanList_insert(list_of(c, s->allocCount == s->nelems, true), s);
    unlock(&c->lock);
}

struct mspan *mcentral_popUnswept(struct mcentral *c, bool full)
{
    return pop(c, full, false);
}

/* Sweeps spans of the shelf until one has a free slot, at most *budget of them:
 * rather a new span than an endless search. */
static struct mspan *sweep_for_space(struct mcentral *c, struct p *pp,
                                     bool full, int *budget)
{
    for (; *budget >= 0; (*budget)--) {
        struct mspan *s = pop(c, full, false);
        if (s == NULL)
            return NULL;
        if (!sweeper_tryAcquire(c->sweeper, s))
            throw("mcentral: span on the unswept list has sweepgen %u",
                  s->sweepgen);
        mspan_sweep(s, c->sweeper, pp, true);
        if (s->allocCount < s->nelems)
            return s;
        mcentral_pushSwept(c, s);
    }
    return NULL;
}

static struct mspan *cache_swept_or_unswept(struct mcentral *c, struct p *pp)
{
    int spanBudget = 100; /* a span without room costs at most 1 % */
    struct mspan *s = pop(c, false, true);

    if (s != NULL || !sweeper_begin(c->sweeper))
        return s;
    s = sweep_for_space(c, pp, false, &spanBudget);
    if (s == NULL)
        s = sweep_for_space(c, pp, true, &spanBudget);
    sweeper_end(c->sweeper);
    return s;
}

/* Go: (*mcentral).grow. */
static struct mspan *grow(struct mcentral *c, struct p *pp)
{
    size_t npages = class_to_allocnpages[spanClass_sizeclass(c->spanclass)];

    return sweeper_allocSpan(c->sweeper, pp, npages, c->spanclass);
}

struct mspan *mcentral_cacheSpan(struct mcentral *c, struct p *pp)
{
    size_t npages = class_to_allocnpages[spanClass_sizeclass(c->spanclass)];

    sweeper_deductSweepCredit(c->sweeper, pp, npages * PageSize, 0);
    struct mspan *s = cache_swept_or_unswept(c, pp);
    if (s != NULL) {
        pp->stats.refillsReused++;
    } else {
        s = grow(c, pp);
        if (s == NULL)
            return NULL;
        pp->stats.refillsFresh++;
    }
    ASSERT(s->allocCount < s->nelems && s->freeindex < s->nelems);
    return s; /* its allocCache is what it was when it came here */
}

void mcentral_uncacheSpans(struct mcentral *c, struct p *pp,
                           struct mspan **spans, size_t n)
{
    uint32_t sg = c->mheap->sweepgen;
    size_t swept = 0;

    for (size_t i = 0; i < n; i++) {
        struct mspan *s = spans[i];
        ASSERT(s->allocCount > 0 && s->spanclass == c->spanclass);
        if (s->sweepgen == sg + 1) {
            /* Cached since before the cycle: nobody could sweep it but us. */
            mspan_setSweepgen(s, sg - 1);
            mspan_sweep(s, c->sweeper, pp, false);
            continue;
        }
        ASSERT(s->sweepgen == sg + 3);
        mspan_setSweepgen(s, sg);
        spans[swept++] = s;
    }
    if (swept == 0)
        return;
    lock(&c->lock);
    for (size_t i = 0; i < swept; i++)
        spanList_insert(
            list_of(c, spans[i]->allocCount == spans[i]->nelems, true),
            spans[i]);
    unlock(&c->lock);
}

void mcentral_uncacheSpan(struct mcentral *c, struct p *pp, struct mspan *s)
{
    mcentral_uncacheSpans(c, pp, &s, 1);
}

static size_t check_list(struct mcentral *c, bool full, bool swept)
{
    const struct spanList *list = list_of(c, full, swept);
    uint32_t want = c->mheap->sweepgen - (swept ? 0 : 2);

    for (const struct mspan *s = list->first; s != NULL; s = s->next) {
        ASSERT(s->state == mSpanInUse && s->spanclass == c->spanclass);
        ASSERT(s->sweepgen == want);
        if (swept)
            ASSERT((s->allocCount == s->nelems) == full);
    }
    return spanList_check(list);
}

size_t mcentral_check(struct mcentral *c)
{
    lock(&c->lock);
    size_t n = check_list(c, false, true) + check_list(c, false, false) +
               check_list(c, true, true) + check_list(c, true, false);
    unlock(&c->lock);
    return n;
}
