/*
 * mcentral.h: tier 2, the shelf that all threads share: whole spans of one span
 * class; and the source of new ones. Go: mcentral.go.
 */
#ifndef ALLOC_MCENTRAL_H
#define ALLOC_MCENTRAL_H

#include "alloc/gc/sweep.h"
#include "alloc/shelf.h"

/*
 * A ready span from the tiers below: pages from mheap, after the sweeper has
 * given back as many as are wanted, and the side array that its class needs.
 * Go: mheap.go (*mheap).alloc.
 */

/* What it is made from; fixed when the heap is built. */
struct spanSource {
    struct mheap *mheap;
    struct sweeper *sweeper;
    struct sideArrays *sides;
};

/* mheap_alloc, after sweeping until npages were given back or all is swept: the
 * heap shall not grow while it holds that much garbage. The span has its types
 * array where its class needs one. local: the calling thread's. NULL without
 * memory; then no span was made. Go: mheap.go (*mheap).alloc. */
struct mspan *spanSource_alloc(struct spanSource *src, struct heapLocal *local,
                               size_t npages, spanClass spanclass);

/*
 * The shelf.
 */

struct mcentral {
    struct shelf *shelf;       /* what it has */
    struct spanSource *source; /* where more comes from */
    spanClass spanclass;
};

void mcentral_init(struct mcentral *c, struct shelf *shelf,
                   struct spanSource *source);

/*
 * A swept span with at least one free slot, its allocCache loaded, for the
 * caller to cache; it stands on no list. Sweeps what it meets on the way.
 * local: the caller's own, which counts where the span came from. NULL when the
 * system gives no memory; then nothing changed but what was swept. Go:
 * (*mcentral).cacheSpan.
 */
struct mspan *mcentral_cacheSpan(struct mcentral *c, struct heapLocal *local);

/* Takes back a span that was cached and holds at least one object; one that was
 * cached since before the last cycle is swept first, which may free it.
 * Go: (*mcentral).uncacheSpan. */
void mcentral_uncacheSpan(struct mcentral *c, struct heapLocal *local,
                          struct mspan *s);

/* The same for n spans of the class at once, under one hold of the lock; the
 * array is written over. */
void mcentral_uncacheSpans(struct mcentral *c, struct heapLocal *local,
                           struct mspan **spans, size_t n);

#endif
