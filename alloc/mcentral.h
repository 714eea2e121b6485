/*
 * mcentral.h: tier 2, the shelf that all threads share: whole spans of one span
 * class. Go: mcentral.go.
 */
#ifndef ALLOC_MCENTRAL_H
#define ALLOC_MCENTRAL_H

#include "alloc/heapstats.h"
#include "alloc/mheap.h"
#include "alloc/spanlist.h"
#include "runtime/base/lock.h"

struct sweeper;

struct mcentral {
    struct mheap *mheap;     /* the tier below */
    struct sweeper *sweeper; /* sweeps what the shelf holds unswept */
    spanClass spanclass;
    /* A cycle raises the heap's sweepgen by 2, and with it the lists change
     * roles: [sweepgen/2%2] is swept, the other wants sweeping. The first two
     * are looked at in every refill and are mostly empty: they share no cache
     * line with what is written. */
    struct spanList partial[2];      /* spans with a free slot */
    struct mutex lock CACHE_ALIGNED; /* guards the four lists */
    struct spanList full[2];         /* spans without */
};

void mcentral_init(struct mcentral *c, spanClass spc, struct mheap *mheap,
                   struct sweeper *sweeper);

/*
 * A swept span with at least one free slot, its allocCache loaded, for the
 * caller to cache; it stands on no list. Sweeps what it meets on the way. pp:
 * the caller's own, which counts where the span came from. NULL when the system
 * gives no memory; then nothing changed but what was swept.
 * Go: (*mcentral).cacheSpan.
 */
struct mspan *mcentral_cacheSpan(struct mcentral *c, struct p *pp);

/* Takes back a span that was cached and holds at least one object; one that was
 * cached since before the last cycle is swept first, which may free it.
 * Go: (*mcentral).uncacheSpan. */
void mcentral_uncacheSpan(struct mcentral *c, struct p *pp, struct mspan *s);

/* The same for n spans of the class at once, under one hold of the lock; the
 * array is written over. */
void mcentral_uncacheSpans(struct mcentral *c, struct p *pp,
                           struct mspan **spans, size_t n);

/* Puts a swept span on the list where it belongs.
 * Go: fullSwept(sg).push, partialSwept(sg).push. */
void mcentral_pushSwept(struct mcentral *c, struct mspan *s);

/* Takes a span that wants sweeping off the shelf; full or partly full ones.
 * NULL when there is none. Go: fullUnswept(sg).pop, partialUnswept(sg).pop. */
struct mspan *mcentral_popUnswept(struct mcentral *c, bool full);

/* Proves that every span stands on the list that its slots and its sweepgen
 * call for. Returns how many spans stand here. World at rest. */
size_t mcentral_check(struct mcentral *c);

#endif
