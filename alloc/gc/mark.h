/*
 * mark.h: finding everything that can be reached from the roots. Every object
 * found gets its bit in its span's gcmarkBits; what has none afterwards is
 * garbage. Go: mgcmark.go, mgcwork.go. Difference: the world stands still
 * meanwhile, so there are no write barriers; the threads that mark share the work
 * by who owns a span (markwork.h).
 */
#ifndef ALLOC_GC_MARK_H
#define ALLOC_GC_MARK_H

#include "alloc/gc/markwork.h"

void marker_init(struct marker *mk, struct mheap *mheap);

/* Clears the figures and sees to it that every span has clear mark bits; up to
 * nworkers threads are going to mark, the caller among them. False without
 * memory. World stopped, all spans swept. */
bool marker_start(struct marker *mk, uint32_t nworkers);

/* word was found in a root: if it points into a taken slot, its object is live.
 * Go: greyobject, findObject for a conservative pointer. */
void marker_root(struct marker *mk, uintptr_t word);

/* The same for all aligned words from from to to. */
void marker_roots(struct marker *mk, uintptr_t from, uintptr_t to);

/* The same, but while all workers drain: the words stay as they are until then. */
void marker_rootsLater(struct marker *mk, uintptr_t from, uintptr_t to);

/* Follows everything that roots reach. False when memory ran out; then call
 * marker_abandon. Go: gcDrain. */
bool marker_drain(struct marker *mk);

/* Clears all marks: as if the cycle had never begun. */
void marker_abandon(struct marker *mk);

/* Proves Q2 (mark.c). After a drain, before the sweep. */
void marker_check(const struct marker *mk);

/* Gives the work memory back, but for what the next cycle will want at once. */
void marker_finish(struct marker *mk);

#endif
