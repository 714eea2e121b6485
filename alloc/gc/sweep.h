/*
 * sweep.h: giving back what the collector found dead, span by span.
 *
 * Marking ends with a mark bit for every live object. Sweeping a span makes the
 * mark bits its allocation bits: whatever is not marked is free, without
 * touching a single object. It is done lazily: by whoever next needs a span of
 * that class, and in proportion to allocation, so that all is swept before the
 * next cycle. Go: mgcsweep.go. Difference: no background sweeper runs beside
 * the program; its share is done by the allocating threads.
 */
#ifndef ALLOC_GC_SWEEP_H
#define ALLOC_GC_SWEEP_H

#include "alloc/gc/pacer.h"
#include "alloc/heapbits.h"
#include "alloc/mheap.h"
#include "alloc/shelf.h"

struct sweeper {
    struct mheap *mheap;
    struct shelf *shelves; /* NumSpanClasses of them */
    struct gcController *controller;
    struct sideArrays *sides; /* what spans keep of their objects */
    /* how many threads sweep right now, and whether nothing is left to begin
     * with (sweepDrainedMask). Go: activeSweep. */
    _Atomic uint32_t state;
    /* the shelf that sweepone looks at next: spanclass * 2, full ones first */
    _Atomic uint32_t centralIndex;
    _Atomic uint64_t pagesSwept; /* in this cycle */
    /* Proportional sweeping; written with the world stopped. 0: none needed. */
    double sweepPagesPerByte;
    uint64_t sweepHeapLiveBasis; /* heapLive when it was set */
    uint64_t pagesSweptBasis;    /* pagesSwept then */
};

/* All its parts set; then mheap, shelves, controller and sides must be too. */
void sweeper_init(struct sweeper *sw);

/* A thread may only sweep between begin and end. False when every span has been
 * taken for sweeping; then there is no end. Go: (*activeSweep).begin, end. */
bool sweeper_begin(struct sweeper *sw);
void sweeper_end(struct sweeper *sw);

/* All spans are swept. Go: isSweepDone. */
bool sweeper_isDone(struct sweeper *sw);

/* Makes the caller the one who sweeps s. False if somebody else did or does.
 * Go: (*sweepLocker).tryAcquire. */
bool sweeper_tryAcquire(struct sweeper *sw, struct mspan *s);

/*
 * Sweeps s, which the caller acquired and which stands on no list. The profile
 * learns of its dead objects. Unless preserve is set, s then goes back to its
 * shelf, or to the heap when nothing in it lives: true in that case, and s is
 * gone. Never fails. Go: (*sweepLocked).sweep.
 */
bool mspan_sweep(struct mspan *s, struct sweeper *sw, struct heapLocal *local,
                 bool preserve);

enum { sweptNothing = -1 };

/* Sweeps one span. Returns the pages that went back to the heap, sweptNothing
 * when no span was left to sweep. Go: sweepone. */
intptr_t sweeper_sweepone(struct sweeper *sw, struct heapLocal *local);

/* Sweeps the spans of large objects, which come first: their memory matters
 * most, and whoever waits for it may not allocate for long. Go: the background
 * sweeper gets to them within microseconds. */
void sweeper_sweepLarge(struct sweeper *sw, struct heapLocal *local);

/* Sweeps all that is left. */
void sweeper_finish(struct sweeper *sw, struct heapLocal *local);

/* Before spanBytes are taken for allocation: sweeps as many spans as it takes
 * to be done by the next cycle; callerSweepPages of them the caller will sweep
 * itself. Go: deductSweepCredit. */
void sweeper_deductSweepCredit(struct sweeper *sw, struct heapLocal *local,
                               size_t spanBytes, size_t callerSweepPages);

/* A cycle's marking is over: every span wants sweeping. World stopped.
 * Go: mgc.go gcSweep. */
void sweeper_start(struct sweeper *sw);

/* Sets the sweeping in proportion to allocation, so that it is over when
 * heapLive reaches trigger. World stopped. Go: gcPaceSweeper. */
void sweeper_pace(struct sweeper *sw, uint64_t trigger);

#endif
