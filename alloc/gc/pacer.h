/*
 * pacer.h: when the next collection is due. Two wishes are weighed: GOGC lets
 * the heap grow by a percentage of what the last collection left alive, and
 * GOMEMLIMIT caps all memory together.
 *
 *     goal = min(marked + (marked + stacks + globals) * GOGC/100,
 *                what GOMEMLIMIT leaves for heap objects)
 *
 * Go collects while the program runs, so it must start some way before the goal
 * (trigger < goal) and charges allocating threads for help. Ours stops the
 * world: a cycle takes no heap, and the trigger is the goal itself, or a little
 * more where GOMEMLIMIT cannot be kept to (pacer.c). Everything else is Go's
 * arithmetic. Go: mgcpacer.go gcControllerState.
 */
#ifndef ALLOC_GC_PACER_H
#define ALLOC_GC_PACER_H

#include "alloc/mheap.h"

enum {
    defaultHeapMinimum = 4 << 20,          /* bytes, at GOGC=100 */
    sweepMinHeapDistance = 1 << 20,        /* bytes between two collections */
    memoryLimitHeapGoalHeadroom = 1 << 20, /* bytes below GOMEMLIMIT */
};

struct gcController {
    struct mheap *mheap;         /* whose memory the limit counts */
    _Atomic int32_t gcPercent;   /* GOGC; -1: off */
    _Atomic int64_t memoryLimit; /* GOMEMLIMIT, bytes; INT64_MAX: none */

    /* Written with the world stopped. Bytes. */
    uint64_t heapMinimum;         /* no goal below it: 4 MiB * GOGC/100 */
    uint64_t heapMarked;          /* what the last cycle left */
    uint64_t lastStackScan;       /* scanned on stacks by the last cycle */
    uint64_t maxStackScan;        /* stack that could be scanned: gctrace */
    uint64_t lastHeapGoal;        /* the goal that the last cycle began with */
    _Atomic uint64_t globalsScan; /* registered roots */
    _Atomic uint64_t gcPercentHeapGoal;   /* UINT64_MAX when GOGC is off */
    _Atomic uint64_t sweepDistMinTrigger; /* leaves the sweeper some way */

    /* Written by all threads. Bytes. heapLive is what the last cycle marked plus
     * every span handed to a thread since, all of its free slots counted as
     * taken: an overestimate that costs one addition a span. */
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

/* The heap size, in bytes, at which the next cycle begins and ends.
 * Go: (*gcControllerState).heapGoal, and trigger, which is less there. */
uint64_t gcController_heapGoal(struct gcController *c);

/* Whether a cycle is due: heapLive has reached the goal, or where the limit
 * leaves none, gone a little beyond it. Go: mgc.go (gcTrigger).test. */
bool gcController_triggered(struct gcController *c);

/* A cycle has marked bytesMarked. World stopped.
 * Go: (*gcControllerState).resetLive. */
void gcController_resetLive(struct gcController *c, uint64_t bytesMarked,
                            uint64_t stackScanWork);

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
