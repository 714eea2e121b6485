/*
 * mark.h: finding everything that can be reached from the roots. Every object
 * found gets its bit in its span's gcmarkBits; what has none afterwards is
 * garbage. Go: mgcmark.go, mgcwork.go. Difference: one thread marks while the
 * world stands still, so there are no write barriers and no work to share.
 */
#ifndef ALLOC_MARK_H
#define ALLOC_MARK_H

#include "alloc/mheap.h"

/* A part of a large object that waits to be scanned. */
struct markRange {
    uintptr_t from, to; /* whole elements of typ */
    const struct type *typ;
};

struct marker {
    struct mheap *mheap;
    uintptr_t lo, hi; /* no heap address lies outside: set for each cycle */
    /* pointers seen and not followed yet: n of cap; memory from the system */
    uintptr_t *work;
    size_t n, cap;
    /* large objects, cut into pieces so that work stays small */
    struct markRange *ranges;
    size_t nranges, capranges;
    size_t refused;       /* bytes that the system did not give when they were
                             needed: then marks are incomplete; or 0 */
    uint64_t bytesMarked; /* class-rounded bytes of the objects found */
    uint64_t objectsMarked;
    uint64_t scanWork; /* bytes of objects that were looked through */
};

void marker_init(struct marker *mk, struct mheap *mheap);

/* Clears the figures and sees to it that every span has clear mark bits. False
 * without memory. World stopped, all spans swept. */
bool marker_start(struct marker *mk);

/* word was found in a root: if it points into a taken slot, its object is live.
 * Go: greyobject, findObject for a conservative pointer. */
void marker_root(struct marker *mk, uintptr_t word);

/* The same for all aligned words from from to to. */
void marker_roots(struct marker *mk, uintptr_t from, uintptr_t to);

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
