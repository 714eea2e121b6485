/*
 * pacer.h: when the next collection is due. Two wishes are weighed: GOGC lets
 * the heap grow by a percentage of what the last collection left alive, and
 * GOMEMLIMIT caps all memory together.
 *
 *     goal = min(marked + (marked + stacks + globals) * GOGC/100,
 *                what GOMEMLIMIT leaves for heap objects)
 *
 * Go collects while the program runs, so it starts some way before the goal
 * (trigger < goal): as much as the program will allocate while it marks, by
 * what the cycles before have shown (cons/mark, the bytes allocated a byte
 * marked). How that estimate is smoothed depends on the release.
 *
 * Ours stops the world: nothing is allocated while it marks, and nothing would
 * be measured. So what a program allocates meanwhile is computed: the work that
 * this cycle found, at a fixed price (consMarkOfPrograms). As in Go it counts
 * as marked when the next goal is set; here it is allocated after the cycle
 * instead, which makes no difference to what a cycle frees. Everything else is
 * Go's arithmetic. A program's count of cycles is the same in each run; in Go
 * it is not. How ours compare with Go's range: tests/alloc/gc/test_gccounts.c.
 * Go: mgcpacer.go gcControllerState.
 */
#ifndef ALLOC_GC_PACER_H
#define ALLOC_GC_PACER_H

#include "alloc/mheap.h"

enum {
    defaultHeapMinimum = 4 << 20,          /* bytes, at GOGC=100 */
    sweepMinHeapDistance = 1 << 20,        /* bytes between two collections */
    memoryLimitHeapGoalHeadroom = 1 << 20, /* bytes below GOMEMLIMIT, or more:
                                              modelled->limitHeadroom percent */
    consMarkHistory = 4,                   /* measurements that count */
};

/* What a cycle found. Bytes. */
struct gcFound {
    uint64_t marked;               /* objects that live */
    uint64_t heap, stack, globals; /* looked through */
};

struct gcController {
    struct mheap *mheap;         /* whose memory the limit counts */
    _Atomic int32_t gcPercent;   /* GOGC; -1: off */
    _Atomic int64_t memoryLimit; /* GOMEMLIMIT, bytes; INT64_MAX: none */

    /* Written with the world stopped. Bytes. */
    uint64_t heapMinimum;         /* no goal below it: 4 MiB * GOGC/100 */
    uint64_t heapMarked;          /* what the last cycle left */
    uint64_t meanwhile;           /* what Go's program had allocated by then */
    uint64_t lastHeapScan;        /* scanned in the heap by the last cycle */
    uint64_t lastStackScan;       /* scanned on stacks by the last cycle */
    uint64_t maxStackScan;        /* stack that could be scanned: gctrace */
    uint64_t lastHeapGoal;        /* the goal that the last cycle began with */
    _Atomic uint64_t globalsScan; /* registered roots */
    uint64_t triggered;           /* where the cycle under way began */
    uint64_t runway;              /* way that it wants before the goal */
    double consMark;              /* bytes allocated a byte marked, smoothed */
    double errIntegral;           /* … by a PI controller, or … */
    double lastConsMark[consMarkHistory]; /* … as the most of the last */
    _Atomic uint64_t gcPercentHeapGoal;   /* UINT64_MAX when GOGC is off */
    _Atomic uint64_t sweepDistMinTrigger; /* leaves the sweeper some way */

    /* Written by all threads. Bytes. heapLive is what the last cycle marked
     * plus every span handed to a thread since, all of its free slots
     * counted as taken: an overestimate that costs one addition a span. */
    _Atomic uint64_t heapLive CACHE_ALIGNED;
    _Atomic uint64_t totalAlloc, totalFree; /* ever, cached spans left out */
};

/* Go: (*gcControllerState).init. */
void gcController_init(struct gcController *c, struct mheap *mheap,
                       int32_t gcPercent, int64_t memoryLimit);

/* heapLive moves by so many bytes. From any thread.
 * Go: (*gcControllerState).update, which also counts what can be scanned: that
 * only decides how early a concurrent cycle must start. */
void gcController_update(struct gcController *c, int64_t dHeapLive);

/* The heap size, in bytes, at which the next cycle should end.
 * Go: (*gcControllerState).heapGoal */
uint64_t gcController_heapGoal(struct gcController *c);

/* heapLive at which the next cycle begins. Go: (*gcControllerState).trigger */
uint64_t gcController_trigger(struct gcController *c);

/* Whether a cycle is due. Go: mgc.go (gcTrigger).test. */
bool gcController_triggered(struct gcController *c);

/* A cycle begins. World stopped. Go: (*gcControllerState).startCycle */
void gcController_startCycle(struct gcController *c);

/* A cycle has marked: notes the goal that it had, and what its program
 * allocates meanwhile; nothing where it was forced, for then it waits. World
 * stopped. Go: (*gcControllerState).endCycle */
void gcController_endCycle(struct gcController *c, const struct gcFound *found,
                           bool forced);

/* What was found is what lives. World stopped.
 * Go: (*gcControllerState).resetLive. */
void gcController_resetLive(struct gcController *c,
                            const struct gcFound *found);

/* Computes the goals again, after a cycle or a changed setting. World stopped.
 * Go: (*gcControllerState).commit. */
void gcController_commit(struct gcController *c, bool isSweepDone);

/* Each returns the former value; commit must follow. World stopped.
 * Go: (*gcControllerState).setGCPercent, setMemoryLimit. */
int32_t gcController_setGCPercent(struct gcController *c, int32_t in);
int64_t gcController_setMemoryLimit(struct gcController *c, int64_t in);

/* All memory that the process holds from the system and has not given back.
 * Go: gcControllerState.mappedReady. */
uint64_t gcController_mappedReady(const struct gcController *c);

#endif
