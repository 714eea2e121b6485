/*
 * markdrain.h: following pointers, on one of the threads that mark.
 * Go: mgcmark.go gcDrain, scanobject, greyobject.
 */
#ifndef ALLOC_GC_MARKDRAIN_H
#define ALLOC_GC_MARKDRAIN_H

#include "alloc/gc/markwork.h"

/* All aligned words from from to to: where one points into a taken slot, its
 * object is live. Marks part of what they reach. */
void markWorker_roots(struct markWorker *w, uintptr_t from, uintptr_t to);

/* Marks in w's spans until no worker has anything left to do. */
void markWorker_drain(struct markWorker *w);

#endif
