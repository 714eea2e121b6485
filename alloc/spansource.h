/*
 * spansource.h: a ready span from the tiers below: pages from mheap, after the
 * sweeper has given back as many as are wanted, and the side array that its
 * class needs. Go: mheap.go (*mheap).alloc.
 */
#ifndef ALLOC_SPANSOURCE_H
#define ALLOC_SPANSOURCE_H

#include "alloc/gc/sweep.h"

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

#endif
