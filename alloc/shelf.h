/*
 * shelf.h: the spans of one class that no thread uses, on four lists under one
 * lock. A tier-2 shelf (mcentral.h) takes from it and puts back, and so does
 * the sweeper. Go: mcentral.go partial, full; mspanset.go spanSet.
 */
#ifndef ALLOC_SHELF_H
#define ALLOC_SHELF_H

#include "alloc/mheap.h"
#include "runtime/base/lock.h"

struct shelf {
    const struct mheap *mheap; /* whose sweepgen says which lists are swept */
    spanClass spanclass;
    /* A cycle raises the heap's sweepgen by 2, and with it the lists change
     * roles: [sweepgen/2%2] is swept, the other wants sweeping. The first two
     * are looked at in every refill and are mostly empty: they share no cache
     * line with what is written. */
    struct spanList partial[2];      /* spans with a free slot */
    struct mutex lock CACHE_ALIGNED; /* guards the four lists */
    struct spanList full[2];         /* spans without */
};

void shelf_init(struct shelf *f, spanClass spc, const struct mheap *mheap);

/* Puts a swept span on the list where it belongs; n of them under one hold of
 * the lock. Go: fullSwept(sg).push, partialSwept(sg).push. */
void shelf_push(struct shelf *f, struct mspan *s);
void shelf_pushMany(struct shelf *f, struct mspan *const *spans, size_t n);

/* Takes off a swept span with a free slot; NULL when there is none. What
 * another thread puts there just now may be missed. Go:
 * partialSwept(sg).pop. */
struct mspan *shelf_popSwept(struct shelf *f);

/* Takes off a span that wants sweeping, a full or a partly full one; NULL as
 * above. Go: fullUnswept(sg).pop, partialUnswept(sg).pop. */
struct mspan *shelf_popUnswept(struct shelf *f, bool full);

/* Proves the shelf's invariants (shelf.c). Returns how many spans stand here.
 * World at rest. */
size_t shelf_check(struct shelf *f);

#endif
