/*
 * pacer.c: the heap goal.
 *
 *     mcache (spans taken) --update--> heapLive >= goal? --> a cycle
 *     a cycle (bytes marked) --resetLive, commit--> the next goal
 *
 * Locking: the atomic fields may be read and moved by any thread; the others
 * change only while the world is stopped.
 *
 * Invariants (heapcheck):
 *   P1  heapMarked <= heapLive
 *   P2  gcPercentHeapGoal is UINT64_MAX iff gcPercent < 0
 *   P3  gcPercentHeapGoal >= heapMinimum
 */
#include "alloc/gc/pacer.h"

#include "runtime/base/sysmem.h"

#include <stdatomic.h>

void gcController_init(struct gcController *c, struct mheap *mheap,
                       int32_t gcPercent, int64_t memoryLimit)
{
    c->mheap = mheap;
    gcController_setGCPercent(c, gcPercent);
    gcController_setMemoryLimit(c, memoryLimit);
    gcController_commit(c, true);
}

void gcController_update(struct gcController *c, int64_t dHeapLive)
{
    atomic_fetch_add_explicit(&c->heapLive, (uint64_t)dHeapLive,
                              memory_order_relaxed);
}

uint64_t gcController_mappedReady(const struct gcController *c)
{
    int64_t metadata = sysstats.mspan_sys.bytes + sysstats.mcache_sys.bytes +
                       sysstats.buckhash_sys.bytes + sysstats.gcMiscSys.bytes +
                       sysstats.other_sys.bytes;

    return c->mheap->heapInUse + c->mheap->heapFree + (uint64_t)metadata;
}

/*
 * What GOMEMLIMIT leaves for heap objects: the limit, less everything that is
 * not and cannot become a heap object, less what is already over the limit,
 * less some headroom; but never less than what is alive.
 * Go: (*gcControllerState).memoryLimitHeapGoal.
 */
static uint64_t memory_limit_heap_goal(struct gcController *c)
{
    uint64_t limit = (uint64_t)c->memoryLimit;
    uint64_t ready = gcController_mappedReady(c);
    uint64_t usable = c->mheap->heapFree + c->totalAlloc - c->totalFree;
    uint64_t nonHeap = ready > usable ? ready - usable : 0;
    uint64_t overage = ready > limit ? ready - limit : 0;
    if (nonHeap + overage >= limit)
        return c->heapMarked; /* hopeless: collect without pause */

    uint64_t goal = limit - (nonHeap + overage);
    if (goal < 2 * (uint64_t)memoryLimitHeapGoalHeadroom)
        goal = memoryLimitHeapGoalHeadroom;
    else
        goal -= memoryLimitHeapGoalHeadroom;
    return goal < c->heapMarked ? c->heapMarked : goal;
}

uint64_t gcController_heapGoal(struct gcController *c)
{
    uint64_t goal = c->gcPercentHeapGoal;

    if (UNLIKELY(c->memoryLimit != INT64_MAX)) {
        uint64_t limited = memory_limit_heap_goal(c);
        if (limited < goal)
            return limited; /* no runway for the sweeper: the limit is hard */
    }
    return goal < c->sweepDistMinTrigger ? c->sweepDistMinTrigger : goal;
}

/*
 * heapLive at which a cycle begins: the goal. But where GOMEMLIMIT leaves no way
 * to it, and cycle would follow upon cycle, the program may still allocate a
 * 16th of what lives in between, if GOGC allows that much. In Go it goes on
 * allocating while the collector runs, which is kept to half of the processors
 * (gcCPULimiter). `GOMEMLIMIT=1MiB hmap run append -type 'map[string]*int'`
 * takes 0.7 s so, and without it had not ended after 100; 10^6 such inserts on
 * Go take 1.2 s.
 */
static uint64_t trigger(struct gcController *c)
{
    enum { leastWay = 16 };
    uint64_t goal = gcController_heapGoal(c);
    uint64_t most = c->gcPercentHeapGoal;
    uint64_t least = c->heapMarked + c->heapMarked / leastWay;

    if (goal >= most || goal >= least)
        return goal; /* the limit is not what counts, or leaves enough */
    return least < most ? least : most;
}

bool gcController_triggered(struct gcController *c)
{
    return c->heapLive >= trigger(c);
}

void gcController_resetLive(struct gcController *c, uint64_t bytesMarked,
                            uint64_t stackScanWork)
{
    c->heapMarked = bytesMarked;
    c->heapLive = bytesMarked;
    c->lastStackScan = stackScanWork;
}

void gcController_commit(struct gcController *c, bool isSweepDone)
{
    uint64_t goal = UINT64_MAX;
    int32_t percent = c->gcPercent;

    c->sweepDistMinTrigger =
        isSweepDone ? 0 : c->heapLive + sweepMinHeapDistance;
    if (percent >= 0)
        goal = c->heapMarked +
               (c->heapMarked + c->lastStackScan + c->globalsScan) *
                   (uint64_t)percent / 100;
    c->gcPercentHeapGoal = goal < c->heapMinimum ? c->heapMinimum : goal;
}

int32_t gcController_setGCPercent(struct gcController *c, int32_t in)
{
    int32_t out = c->gcPercent;

    c->gcPercent = in < 0 ? -1 : in;
    c->heapMinimum =
        in < 0 ? 0 : (uint64_t)defaultHeapMinimum * (uint64_t)in / 100;
    return out;
}

int64_t gcController_setMemoryLimit(struct gcController *c, int64_t in)
{
    int64_t out = c->memoryLimit;

    if (in >= 0)
        c->memoryLimit = in;
    return out;
}
