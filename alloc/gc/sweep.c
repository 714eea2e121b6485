/*
 * sweep.c: mark bits become allocation bits.
 *
 *     mark --gcmarkBits--> [sweep] --free slots--> shelf, mcache
 *                             |------free pages--> mheap
 *                             `------dead objects--> profile
 *
 * Who sweeps a span: whoever takes it off its shelf's unswept list (a thread in
 * need of slots, a thread paying its share, gc()), or the thread that had it
 * cached when the cycle began. Either way one owner, so a span's sweeping needs
 * no lock; the sweepgen protocol of span.h is kept because it proves that.
 *
 * Locking: none of its own. A shelf's, the profile's, the side arrays' and the
 * heap's lock are taken one at a time, never held across a span.
 *
 * Invariants, verified by heapcheck:
 *   sweep.1  while state says drained, no span has sweepgen == h->sweepgen-2
 *   sweep.2  a swept span's marks are clear, and allocCount is the number of
 *            its allocation bits
 */
#include "alloc/gc/sweep.h"

#include "alloc/gc/alloctrace.h"
#include "alloc/span.h"
#include "runtime/base/throw.h"
#include "runtime/sched/godebug.h"

#include <stdatomic.h>

static const uint32_t sweepDrainedMask = 1u << 31;

enum { numSweepClasses = NumSpanClasses * 2 };

void sweeper_init(struct sweeper *sw)
{
    ASSERT(sw->mheap && sw->shelves && sw->controller && sw->sides);
    sw->state = sweepDrainedMask;
    sw->centralIndex = numSweepClasses;
}

bool sweeper_begin(struct sweeper *sw)
{
    uint32_t state = atomic_load_explicit(&sw->state, memory_order_relaxed);

    do {
        if (state & sweepDrainedMask)
            return false;
    } while (!atomic_compare_exchange_weak(&sw->state, &state, state + 1));
    return true;
}

void sweeper_end(struct sweeper *sw)
{
    uint32_t before = atomic_fetch_sub(&sw->state, 1);

    ASSERT((before & ~sweepDrainedMask) > 0);
}

bool sweeper_isDone(struct sweeper *sw)
{
    return sw->state == sweepDrainedMask;
}

bool sweeper_tryAcquire(struct sweeper *sw, struct mspan *s)
{
    uint32_t unswept = sw->mheap->sweepgen - 2;

    return atomic_compare_exchange_strong(&s->sweepgen, &unswept, unswept + 1);
}

/* Gives a span without objects back to the heap. Go: (*mheap).freeSpan. */
static void free_span(struct sweeper *sw, struct mspan *s)
{
    if (s->profiled != NULL)
        sideArrays_free(sw->sides, s->profiled, s->nelems);
    if (s->types != NULL)
        sideArrays_free(sw->sides, s->types, s->nelems);
    s->profiled = NULL;
    s->types = NULL;
    mheap_freeSpan(sw->mheap, s);
}

/* Go: mheap.go freeSpecial, for the profile's kind. */
static void free_profiled(struct mspan *s)
{
    for (uint32_t i = 0; i < s->nelems; i++) {
        if (s->profiled[i] == NULL || gcbits_get(s->gcmarkBits, i))
            continue;
        mProf_Free(s->profiled[i], s->elemsize);
        s->profiled[i] = NULL;
    }
}

static void trace_freed(const struct mspan *s)
{
    for (uint32_t i = 0; i < s->nelems; i++)
        if (!gcbits_get(s->gcmarkBits, i) && mspan_isAllocated(s, i))
            tell_freed((void *)(s->startAddr + i * s->elemsize), s->elemsize);
}

/* A marked slot that was free: somebody keeps a pointer to a freed object.
 * Go: (*mspan).reportZombies, which also dumps the span. */
static void check_zombies(const struct mspan *s)
{
    for (uint32_t i = 0; i < s->nelems; i += 64)
        if (gcbits_word(s->gcmarkBits, i) & ~mspan_takenWord(s, i))
            throw("found pointer to free object (span %#lx, slots %u…)",
                  s->startAddr, i);
}

static uint32_t count_marked(const struct mspan *s)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->nelems; i += 64)
        n += (uint32_t)__builtin_popcountll(gcbits_word(s->gcmarkBits, i));
    return n;
}

/* Counts nfreed dead objects of s. */
static void count_freed(struct mspan *s, struct sweeper *sw,
                        struct heapLocal *local, uint32_t nfreed)
{
    uint8_t sizeclass = spanClass_sizeclass(s->spanclass);

    if (nfreed == 0)
        return;
    s->needzero = 1;
    if (sizeclass != 0) {
        local->stats.smallFreeCount[sizeclass] += nfreed;
    } else {
        local->stats.largeFreeCount++;
        local->stats.largeFree += s->elemsize;
    }
    atomic_fetch_add_explicit(&sw->controller->totalFree, nfreed * s->elemsize,
                              memory_order_relaxed);
}

/* The marks become the allocation bits; returns how many objects died. New mark
 * bits may be refused by the system: then they are NULL, and the next cycle
 * asks again before it marks. */
static uint32_t flip_bits(struct mspan *s, struct sweeper *sw)
{
    uint32_t nalloc = count_marked(s);

    if (nalloc > s->allocCount)
        throw("sweep increased allocation count: %u to %u", s->allocCount,
              nalloc);
    uint32_t nfreed = s->allocCount - nalloc;
    s->allocCount = (uint16_t)nalloc;
    s->allocBits = s->gcmarkBits;
    s->gcmarkBits = newMarkBits(&sw->mheap->bits, s->nelems);
    mspan_refillAllocCache(s, 0);
    return nfreed;
}

bool mspan_sweep(struct mspan *s, struct sweeper *sw, struct heapLocal *local,
                 bool preserve)
{
    uint32_t sweepgen = sw->mheap->sweepgen;

    ASSERT(mspan_state(s) == mSpanInUse && s->sweepgen == sweepgen - 1);
    atomic_fetch_add_explicit(&sw->pagesSwept, s->npages, memory_order_relaxed);
    if (s->profiled != NULL)
        free_profiled(s);
    if (UNLIKELY(debug.allocfreetrace || allocwatch != NULL))
        trace_freed(s);
    check_zombies(s);
    count_freed(s, sw, local, flip_bits(s, sw));
    mspan_setSweepgen(s, sweepgen);
    if (preserve)
        return false;
    if (s->allocCount == 0) {
        free_span(sw, s);
        return true;
    }
    shelf_push(&sw->shelves[s->spanclass], s);
    return false;
}

/* centralIndex only ever rises within a cycle. */
static void raise_index(struct sweeper *sw, uint32_t to)
{
    uint32_t old = sw->centralIndex;

    while (old < to &&
           !atomic_compare_exchange_weak(&sw->centralIndex, &old, to))
        ;
}

/* Go: (*mheap).nextSpanForSweep. */
static struct mspan *next_span(struct sweeper *sw)
{
    for (uint32_t i = sw->centralIndex; i < numSweepClasses; i++) {
        struct mspan *s = shelf_popUnswept(&sw->shelves[i / 2], i % 2 == 0);
        if (s != NULL) {
            raise_index(sw, i);
            return s;
        }
    }
    raise_index(sw, numSweepClasses);
    return NULL;
}

intptr_t sweeper_sweepone(struct sweeper *sw, struct heapLocal *local)
{
    if (!sweeper_begin(sw))
        return sweptNothing;

    intptr_t npages = sweptNothing;
    struct mspan *s = next_span(sw);
    if (s == NULL) {
        atomic_fetch_or(&sw->state, sweepDrainedMask);
    } else {
        if (!sweeper_tryAcquire(sw, s))
            throw("sweepone: span on an unswept list has sweepgen %u",
                  s->sweepgen);
        npages = (intptr_t)s->npages;
        if (!mspan_sweep(s, sw, local, false))
            npages = 0;
    }
    sweeper_end(sw);
    return npages;
}

void sweeper_finish(struct sweeper *sw, struct heapLocal *local)
{
    while (sweeper_sweepone(sw, local) != sweptNothing)
        ;
}

void sweeper_sweepLarge(struct sweeper *sw, struct heapLocal *local)
{
    enum { smallBegin = 2 * 2 }; /* two shelves a class, scan and noscan */

    while (sw->centralIndex < smallBegin)
        if (sweeper_sweepone(sw, local) == sweptNothing)
            return;
}

void sweeper_deductSweepCredit(struct sweeper *sw, struct heapLocal *local,
                               size_t spanBytes, size_t callerSweepPages)
{
    if (sw->sweepPagesPerByte == 0 || sweeper_isDone(sw))
        return; /* there is time enough, or all is swept */

    uint64_t live = sw->controller->heapLive;
    uint64_t newHeapLive = spanBytes;
    if (live > sw->sweepHeapLiveBasis)
        newHeapLive += live - sw->sweepHeapLiveBasis;
    int64_t pagesTarget =
        (int64_t)(sw->sweepPagesPerByte * (double)newHeapLive) -
        (int64_t)callerSweepPages;
    while (pagesTarget > (int64_t)(sw->pagesSwept - sw->pagesSweptBasis))
        if (sweeper_sweepone(sw, local) == sweptNothing)
            return;
}

void sweeper_start(struct sweeper *sw)
{
    ASSERT(sweeper_isDone(sw));
    sw->mheap->sweepgen += 2;
    sw->state = 0;
    sw->centralIndex = 0;
    sw->pagesSwept = 0;
    sw->pagesSweptBasis = 0;
    sw->sweepPagesPerByte = 0;
}

void sweeper_pace(struct sweeper *sw, uint64_t trigger)
{
    enum { margin = 1 << 20 }; /* bytes: done a little before the cycle */
    uint64_t live = sw->controller->heapLive;
    uint64_t distance = PageSize; /* no less, or all is swept at once */
    int64_t pages = (int64_t)(sw->mheap->pagesInUse - sw->pagesSwept);

    sw->sweepPagesPerByte = 0;
    if (sweeper_isDone(sw) || pages <= 0)
        return;
    if (trigger > live + margin + PageSize)
        distance = trigger - live - margin; /* GOGC=off: there is no hurry */
    sw->sweepPagesPerByte = (double)pages / (double)distance;
    sw->sweepHeapLiveBasis = live;
    sw->pagesSweptBasis = sw->pagesSwept;
}
