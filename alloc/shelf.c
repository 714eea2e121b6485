/*
 * shelf.c: where spans of one class stand that no thread uses.
 *
 *     mcentral, sweep --push--> [shelf] --popSwept----> mcentral
 *                                 `------popUnswept--> mcentral, sweep
 *
 * A shelf holds whole spans, never loose slots.
 *
 * Locking: f->lock guards the lists, and is held only to push or pop. Whatever
 * was seen before is stale after. Go's lists are lock-free spanSets; here full
 * spans come back many at a time (mcache_settle), so one lock is taken once for
 * all of them, and threads that refill side by side seldom meet at it.
 *
 * Invariants, each verified by shelf_check:
 *   shelf.1  s on partial  iff  s->allocCount <  s->nelems
 *   shelf.2  s on full     iff  s->allocCount == s->nelems
 *   shelf.3  s on [sweepgen/2%2]      iff  s->sweepgen == sweepgen
 *   shelf.4  s on the other pair      iff  s->sweepgen == sweepgen-2
 *   shelf.5  s->spanclass is the shelf's, and s is in use
 * The first two hold for swept spans; a span that wants sweeping stands where
 * it stood before the cycle.
 */
#include "alloc/shelf.h"
#include "runtime/base/throw.h"

void shelf_init(struct shelf *f, spanClass spc, const struct mheap *mheap)
{
    mutex_init(&f->lock, lockRankMcentral, "mcentral");
    f->mheap = mheap;
    f->spanclass = spc;
    for (int i = 0; i < 2; i++) {
        spanList_init(&f->partial[i]);
        spanList_init(&f->full[i]);
    }
}

/* The list of the swept pair, or of the one that wants sweeping. */
static struct spanList *list_of(struct shelf *f, bool full, bool swept)
{
    uint32_t i = f->mheap->sweepgen / 2 % 2;

    if (!swept)
        i = 1 - i;
    return full ? &f->full[i] : &f->partial[i];
}

static struct mspan *pop(struct shelf *f, bool full, bool swept)
{
    struct spanList *list = list_of(f, full, swept);

    if (spanList_isEmpty(list))
        return NULL; /* the thread that puts one there now looks again itself */
    lock(&f->lock);
    struct mspan *s = spanList_pop(list);
    unlock(&f->lock);
    return s;
}

struct mspan *shelf_popSwept(struct shelf *f)
{
    return pop(f, false, true);
}

struct mspan *shelf_popUnswept(struct shelf *f, bool full)
{
    return pop(f, full, false);
}

void shelf_pushMany(struct shelf *f, struct mspan *const *spans, size_t n)
{
    lock(&f->lock);
    for (size_t i = 0; i < n; i++) {
        struct mspan *s = spans[i];
        ASSERT(s->spanclass == f->spanclass);      /* shelf.5 */
        ASSERT(s->sweepgen == f->mheap->sweepgen); /* shelf.3 */
        spanList_insert(list_of(f, s->allocCount == s->nelems, true), s);
    }
    unlock(&f->lock);
}

void shelf_push(struct shelf *f, struct mspan *s)
{
    shelf_pushMany(f, &s, 1);
}

static size_t check_list(struct shelf *f, bool full, bool swept)
{
    const struct spanList *list = list_of(f, full, swept);
    uint32_t want = f->mheap->sweepgen - (swept ? 0 : 2);

    for (const struct mspan *s = list->first; s != NULL; s = s->next) {
        ASSERT(s->state == mSpanInUse && s->spanclass == f->spanclass);
        ASSERT(s->sweepgen == want); /* shelf.3, shelf.4 */
        if (swept)                   /* shelf.1, shelf.2 */
            ASSERT((s->allocCount == s->nelems) == full);
    }
    return spanList_check(list);
}

size_t shelf_check(struct shelf *f)
{
    lock(&f->lock);
    size_t n = check_list(f, false, true) + check_list(f, false, false) +
               check_list(f, true, true) + check_list(f, true, false);
    unlock(&f->lock);
    return n;
}
