/*
 * span.h: a run of pages cut into slots of one size (or one large object).
 * The record is metadata and lives outside the pages it describes.
 * Go: mheap.go mspan.
 */
#ifndef ALLOC_SPAN_H
#define ALLOC_SPAN_H

#include <stdatomic.h>

#include "alloc/objsize.h"
#include "runtime/prof/memprofile.h"

/* A span class is a size class and one bit: 1 = its objects hold no pointers.
 * Go: mheap.go spanClass. */
typedef uint8_t spanClass;
enum { NumSpanClasses = NumSizeClasses << 1 };

ALWAYS_INLINE spanClass makeSpanClass(uint8_t sizeclass, bool noscan)
{
    return (spanClass)(sizeclass << 1 | noscan);
}
ALWAYS_INLINE uint8_t spanClass_sizeclass(spanClass sc)
{
    return sc >> 1;
}
ALWAYS_INLINE bool spanClass_noscan(spanClass sc)
{
    return sc & 1;
}

/* A list of spans: the last one put there comes out first. A span is on one list
 * at most. The caller locks. Go: mheap.go mSpanList. Difference: there they are
 * doubly linked; nothing here leaves a list from the middle, and a span record
 * without that link fills two cache lines. */
struct spanList {
    struct mspan *first;
};

enum mSpanState { mSpanDead, mSpanInUse };

struct mspan {
    /* Read by every allocation and written by the owner alone; all that marking
     * looks at stands here too, in one cache line. */
    uintptr_t
        freeindex; /* first slot of the 64 at hand; below it all is taken */
    uint64_t allocCache; /* the free ones of those: a bit a slot */
    uintptr_t startAddr; /* first byte */
    size_t elemsize;     /* bytes a slot (large: bytes of all its pages) */
    uint32_t nelems;     /* slots */
    uint32_t allocCount; /* slots taken */
    uint32_t divMul;     /* offset * divMul >> 32 == offset / elemsize */
    spanClass spanclass;
    uint8_t state;     /* enum mSpanState; read through mspan_state */
    uint8_t needzero;  /* its pages may hold old bytes */
    uint8_t discarded; /* their memory went back to the system meanwhile */
    /* Where the pointer bits of startAddr are, at a whole word (heapbits.h):
     * NULL for noscan spans and where they do not lie in one piece. */
    uint64_t *heapBits;
    uint8_t *gcmarkBits; /* reached in this mark phase; NULL: see sweep.c */

    uint8_t *allocBits; /* taken as of the last sweep; both bitmaps have a bit a
                           slot (gcbits.h) */

    /* Place. */
    size_t npages;
    uintptr_t
        limit; /* end of the last slot; the rest of its pages is no slot's */
    struct mspan *next; /* on a spanList, guarded by the list's lock */
    struct spanList *list;

    /* sweepgen, compared with the heap's h->sweepgen, even, rising by 2:
     *   h-2 wants sweeping   h-1 being swept   h swept, ready
     *   h+1 was cached before sweep began, still cached, wants sweeping
     *   h+3 was swept and is cached                        Go: mheap.go */
    _Atomic uint32_t sweepgen;

    /* What is known of its objects. */
    struct bucket **profiled;  /* nelems profile buckets (NULL where the object
                                   was not sampled); NULL when none was */
    const struct type **types; /* scan spans of objects above 512 bytes: the
                                   type of each slot's object; else NULL */
} CACHE_ALIGNED;               /* its neighbour may belong to another thread */

_Static_assert(offsetof(struct mspan, gcmarkBits) + PtrSize == CacheLine,
               "what marking looks at is in the first line");
_Static_assert(sizeof(struct mspan) / CacheLine == 2, "and all in two");

/* The number of the slot that p points into, p anywhere in the slot.
 * Go: mbitmap.go (*mspan).objIndex. */
ALWAYS_INLINE uint32_t mspan_objIndex(const struct mspan *s, uintptr_t p)
{
    return (uint32_t)((uint64_t)(p - s->startAddr) * s->divMul >> 32);
}

/* Set last when a span is made, so whoever reads mSpanInUse sees the rest of
 * the record complete. Go: mheap.go mSpanStateBox */
ALWAYS_INLINE enum mSpanState mspan_state(const struct mspan *s)
{
    return (enum mSpanState)__atomic_load_n(&s->state, __ATOMIC_ACQUIRE);
}
ALWAYS_INLINE void mspan_setState(struct mspan *s, enum mSpanState state)
{
    __atomic_store_n(&s->state, (uint8_t)state, __ATOMIC_RELEASE);
}

/* By the owner of s. A release store: Go's atomic store is an exchange, which
 * waits for all stores before it, three times a refill. */
ALWAYS_INLINE void mspan_setSweepgen(struct mspan *s, uint32_t sweepgen)
{
    atomic_store_explicit(&s->sweepgen, sweepgen, memory_order_release);
}

/* s is in use and p points into one of its slots: any p at all. */
ALWAYS_INLINE bool mspan_covers(const struct mspan *s, uintptr_t p)
{
    return mspan_state(s) == mSpanInUse &&
           p - s->startAddr < s->nelems * s->elemsize;
}

/* Slots that a span of npages pages has for spanclass in the modelled release;
 * 1 for large ones. */
uint32_t mspan_nelems(size_t npages, spanClass spanclass);

/* Lays out the slots of npages pages from base for spanclass: all free, no
 * bitmaps, on no list, state still dead. Go: mheap.go (*mspan).init, allocSpan
 * */
void mspan_init(struct mspan *s, uintptr_t base, size_t npages,
                spanClass spanclass);

/* Proves S1..S6 (span.c) of a span in use. */
void mspan_check(const struct mspan *s);

ALWAYS_INLINE void spanList_init(struct spanList *l)
{
    l->first = NULL;
}

/* Also without the list's lock: then the answer is of some moment ago. */
ALWAYS_INLINE bool spanList_isEmpty(const struct spanList *l)
{
    return __atomic_load_n(&l->first, __ATOMIC_RELAXED) == NULL;
}

/* Puts s in front; it must be on no list. Go: mheap.go (*mSpanList).insert */
void spanList_insert(struct spanList *l, struct mspan *s);

/* The first span, taken off the list; NULL when empty. */
struct mspan *spanList_pop(struct spanList *l);

/* Proves span.7 (span.c). Returns how many spans l holds. */
size_t spanList_check(const struct spanList *l);

#endif
