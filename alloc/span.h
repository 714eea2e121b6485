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
#include <string.h>

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

/* A list of spans: the last one put there comes out first. A span is on one
 * list at most. The caller locks. Go: mheap.go mSpanList. Difference: there
 * they are doubly linked; nothing here leaves a list from the middle, and a
 * span record without that link fills two cache lines. */
struct spanList {
    struct mspan *first;
};

enum mSpanState { mSpanDead, mSpanInUse };

struct mspan {
    /* Read by every allocation and written by the owner alone; all that marking
     * looks at stands here too, in one cache line. */
    uintptr_t nextSlot;  /* where the run at hand begins; 0: there is none */
    uintptr_t startAddr; /* first byte */
    size_t elemsize;     /* bytes a slot (large: bytes of all its pages) */
    uint64_t allocCache; /* of the 64 slots at freeindex, those that are free
                            and behind the run: a bit each */
    uint16_t run;        /* free slots in a row, from nextSlot on */
    uint16_t allocCount; /* slots taken, those of the run among them */
    uint16_t nelems;     /* slots */
    uint16_t freeindex;  /* first slot of the 64 at hand; below it all is
                            taken */
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
    const struct type *foreseen; /* all free slots at hand have the pointer bits
                                    of one of it already; NULL: of none */
} CACHE_ALIGNED; /* its neighbour may belong to another thread */

_Static_assert(offsetof(struct mspan, gcmarkBits) + PtrSize == CacheLine,
               "what marking looks at is in the first line");
_Static_assert(sizeof(struct mspan) / CacheLine == 2, "and all in two");

/* The end of the last slot; the rest of its pages is no slot's. */
ALWAYS_INLINE uintptr_t mspan_limit(const struct mspan *s)
{
    return s->startAddr + s->nelems * s->elemsize;
}

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

/* Lays out in s, a zeroed record, the slots of npages pages from base for
 * spanclass, nelems = mspan_nelems of them: all free, no bitmaps, on no list,
 * state still dead. Go: mheap.go (*mspan).init, allocSpan */
void mspan_init(struct mspan *s, uintptr_t base, size_t npages,
                spanClass spanclass, uint32_t nelems);

/* Proves span.1 to span.6 (span.c) of a span in use. */
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

/*
 * Which slot of a span comes next. Slots are handed out in rising order, by
 * groups of 64: freeindex is the first slot of the group at hand. Of the group
 * nextSlot is the first free slot, the first of a run of them; allocCache has a
 * bit for each that is free and behind the run.
 *
 *     allocBits    1 1 0 1 0 0 0 0 0 1 0 …  a bit a slot, taken = 1, when last
 *                  ^ freeindex              swept
 *     the run              . . . . .        slots 4 to 8 in a row: one was
 *                            ^ nextSlot     handed out, run is 4
 *     allocCache   0 0 0 0 0 0 0 0 0 0 1 …  slot 2 was handed out before
 *
 * Difference: Go looks for each slot among the bits, by moving freeindex and
 * shifting allocCache. Here many free slots in a row, with which most groups of
 * a span begin that was just made or swept, leave allocCache together: to hand
 * one out is to add a slot's size to an address. Others leave it one by one, as
 * runs of one, always as the slot before is handed out, so that what is stored
 * in an object need not wait for counting and multiplying. A run is counted as
 * taken from its beginning (allocCount). A span that goes back half used puts
 * what is left of its run back and keeps its cache.
 *
 * On an AMD EPYC (Zen 3) 16 bytes without pointers take 0.7 of the time that
 * they took when all slots left one by one and newobject asked anew each time
 * (malloc.c). Where every second slot is taken, at random, they take as long as
 * then; with runs of any length it was 1.8, because no processor foresees where
 * such a run ends.
 *
 * Only the span's owner may call these: the thread that caches it, or whoever
 * sweeps it. Nothing here takes a lock.
 */

/* Where slot bit of the 64 at hand begins. */
ALWAYS_INLINE uintptr_t mspan_slotAtHand(const struct mspan *s, uint32_t bit)
{
    return s->startAddr + (s->freeindex + bit) * s->elemsize;
}

/* The run has ended: the next of allocCache's slots is one of its own. */
ALWAYS_INLINE void mspan_nextSlot(struct mspan *s)
{
    uint64_t cache = s->allocCache;

    s->nextSlot = 0;
    if (cache == 0)
        return;
    s->allocCache = cache & (cache - 1);
    s->run = 1;
    s->allocCount++;
    s->nextSlot = mspan_slotAtHand(s, (uint32_t)__builtin_ctzll(cache));
}

/* There is none: allocCache's first slots are the next, all that are in a row
 * if they are many. */
void mspan_nextRun(struct mspan *s);

/* What is left of the run is free like any other slot. */
void mspan_endRun(struct mspan *s);

/* How many slots hold objects. */
ALWAYS_INLINE uint32_t mspan_taken(const struct mspan *s)
{
    return (uint32_t)s->allocCount - s->run;
}

/* The free ones of the 64 slots at hand: a bit each. */
uint64_t mspan_atHand(const struct mspan *s);

/* Goes to the group of slots that begins at freeindex, a multiple of 64. There
 * is no run. Go: mbitmap.go (*mspan).refillAllocCache. */
void mspan_refillAllocCache(struct mspan *s, uint32_t freeindex);

/* Takes the next free slot where there is no run, in this group or in a later
 * one; 0 when the span is full, and then freeindex is nelems.
 * Go: mbitmap.go (*mspan).nextFreeIndex. */
uintptr_t mspan_nextFree(struct mspan *s);

/* Whether slot index holds an object, also while the span is cached.
 * Go: mbitmap.go (*mspan).isFree, which says the contrary. */
bool mspan_isAllocated(const struct mspan *s, uintptr_t index);

/* 64 slots from slot i on, i a multiple of 64: a bit is set where one holds an
 * object. Bits behind the last slot are 0. */
uint64_t mspan_takenWord(const struct mspan *s, uint32_t i);

/*
 * Bytes from a slot to the memory that is asked for when it is taken. Slots are
 * written one after the other, which the processor foresees, but it stops at
 * the end of a page of the system; and after a collection all of them come out
 * of a far cache. Objects replaced at GOGC=100, 32 MB of them live: of 64 bytes
 * 16.2 -> 13.0 ns, of 1024 bytes 160 -> 135, of 144 bytes with pointers 47.7 ->
 * 42.
 */
enum { slotsAhead = 4096 };

/* Takes the slot at nextSlot. */
ALWAYS_INLINE void mspan_takeNext(struct mspan *s)
{
    __builtin_prefetch((const void *)(s->nextSlot + slotsAhead), 1);
    if (LIKELY(--s->run != 0))
        s->nextSlot += s->elemsize;
    else
        mspan_nextSlot(s);
}

/*
 * Takes the next free slot of the group at hand; 0 when it has none: then
 * mcache_nextFree looks further. Go: malloc.go nextFreeFast.
 */
ALWAYS_INLINE uintptr_t nextFreeFast(struct mspan *s)
{
    uintptr_t x = s->nextSlot;

    if (LIKELY(x != 0))
        mspan_takeNext(s);
    return x;
}

/*
 * Zeroes a slot of n bytes at p, without a call: most slots are small, and
 * memset would cost more than the stores it makes. Whole lines, then what is
 * left, the last 16 bytes ending at the end. With each line another one is
 * asked for, as far ahead as mspan_takeNext asks for a slot's first: that pays
 * where no cache holds the heap, and costs where one does. On an AMD EPYC (Zen
 * 3) memset takes 1.46 of the time for objects of 1024 bytes in a heap of 64
 * MB, 0.92 in one of 4 MB.
 */
ALWAYS_INLINE void memclrSmall(void *p, size_t n)
{
    char *at = p;

    if (n <= 32) {
        if (LIKELY(n >= 16)) {
            memset(at, 0, 16);
            memset(at + n - 16, 0, 16);
        } else {
            memset(at, 0, 8);
        }
        return;
    }
    for (; n > CacheLine; n -= CacheLine, at += CacheLine) {
        __builtin_prefetch(at + slotsAhead);
        memset(at, 0, CacheLine);
        __asm__("" : "+r"(at)); /* or the compiler makes a memset of the loop */
    }
    memset(at, 0, 16);
    if (n > 32) {
        memset(at + 16, 0, 16);
        memset(at + n - 32, 0, 16);
    }
    memset(at + n - 16, 0, 16);
}

/*
 * Any slot: memset does it KiB by KiB, and memory is asked for ahead all the
 * same: of 8192 bytes in 4 MB that takes 0.92 of the time, of 16 KiB 0.82, and
 * in 64 MB as long. What is large is left to memset alone.
 * Go: memclr_amd64.s memclrNoHeapPointers.
 */
ALWAYS_INLINE void memclrNoHeapPointers(void *p, size_t n)
{
    enum { largeClear = 32768, block = 1024 };
    char *at = p;

    if (n >= largeClear) {
        memset(p, 0, n);
        return;
    }
    for (; n > block; n -= block, at += block) {
        size_t whole = block;
        for (int i = 0; i < block; i += CacheLine)
            __builtin_prefetch(at + slotsAhead + i);
        __asm__("" : "+r"(whole)); /* or a compiler writes its own: rep stos */
        memset(at, 0, whole);
    }
    memclrSmall(at, n);
}

#endif
