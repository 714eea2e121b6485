/*
 * spansource.c: where a new span comes from.
 *
 *     mcentral --grow---------> [spansource] --reclaim--> sweep
 *     mcache --allocLarge-----^      |---------pages----> mheap
 *                                    `---------types----> sidearray
 *
 * Locking: none of its own; those below are taken one at a time.
 */
#include "alloc/spansource.h"
#include "alloc/heapbits.h"

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
