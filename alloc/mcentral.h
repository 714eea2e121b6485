/*
 * mcentral.h: tier 2, the shelf that all threads share: whole spans of one span
 * class. Go: mcentral.go.
 */
#ifndef ALLOC_MCENTRAL_H
#define ALLOC_MCENTRAL_H

#include "alloc/shelf.h"
#include "alloc/spansource.h"

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
