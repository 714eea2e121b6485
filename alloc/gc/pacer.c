/*
 * pacer.c: the heap goal, and how long before it a cycle begins.
 *
 *     mcache (spans taken) --update--> heapLive >= trigger? --> a cycle
 *     a cycle (bytes marked) --endCycle, resetLive, commit--> the next of both
 *
 * Locking: the atomic fields may be read and moved by any thread; the others
 * change only while the world is stopped.
 *
 * Invariants (heapcheck):
 *   pacer.1  heapMarked <= heapLive
 *   pacer.2  gcPercentHeapGoal is UINT64_MAX iff gcPercent < 0
 *   pacer.3  gcPercentHeapGoal >= heapMinimum
 */
#include "alloc/gc/pacer.h"

#include "runtime/base/goversion.h"
#include "runtime/base/sysmem.h"

#include <stdatomic.h>

/* The share of the processors that marking is meant to take.
 * Go: mgcpacer.go gcBackgroundUtilization, gcGoalUtilization */
static const double goalUtilization = 0.25;

/*
 * The price of marking, where Go measures it: bytes that a program allocates in
 * the time in which one byte is looked through, both on one processor; bytes of
 * globals that are looked through beside the program's own; bytes allocated
 * before the first worker runs. Chosen by the counts of 24 programs
 * (tests/oracle/gccounts) in 1.19, 1.22 and 1.27; test_gccounts.c has how many
 * of them lie in Go's range. (Their .data and .bss have 310 to 570 KB.)
 */
static const double consMarkOfPrograms = 0.5;
static const double globalsOfPrograms = 200 << 10;
static const double allocatedBeforeWork = 100 << 10;

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
    uint64_t headroom = goal / 100 * modelled->limitHeadroom;
    if (headroom < memoryLimitHeapGoalHeadroom)
        headroom = memoryLimitHeapGoalHeadroom;
    goal = goal < 2 * headroom ? headroom : goal - headroom;
    return goal < c->heapMarked ? c->heapMarked : goal;
}

uint64_t gcController_heapGoal(struct gcController *c)
{
    uint64_t goal = c->gcPercentHeapGoal;

    /* No limit is the largest, which is what GOGC=off leaves for a goal. */
    if (UNLIKELY(c->memoryLimit != INT64_MAX || goal == UINT64_MAX)) {
        uint64_t limited = memory_limit_heap_goal(c);
        if (limited < goal)
            return limited; /* no runway for the sweeper: the limit is hard */
    }
    return goal < c->sweepDistMinTrigger ? c->sweepDistMinTrigger : goal;
}

/*
 * Where GOMEMLIMIT leaves no way to the goal, and cycle would follow upon
 * cycle, the program may still allocate a 16th of what lives in between, if
 * GOGC allows that much. In Go it goes on allocating while the collector runs,
 * which is kept to half of the processors (gcCPULimiter). `GOMEMLIMIT=1MiB hmap
 * run append -type 'map[string]*int'` takes 0.7 s with it, and without it had
 * not ended after 100; 10^6 such inserts on Go take 1.2 s.
 */
static uint64_t least_trigger(const struct gcController *c)
{
    enum { leastWay = 16 };
    uint64_t most = c->gcPercentHeapGoal;
    uint64_t least = c->heapMarked + c->heapMarked / leastWay;

    return least < most ? least : most;
}

/* What counted as marked when the goals were set. */
static uint64_t marked(const struct gcController *c)
{
    return c->heapMarked + c->meanwhile;
}

/* How much of the way from what was marked to the goal lies before the trigger,
 * in 64ths: at least and at most. Go: mgcpacer.go triggerRatioDen,
 * minTriggerRatioNum, maxTriggerRatioNum */
enum { triggerRatioDen = 64, minTriggerRatio = 45, maxTriggerRatio = 61 };

/* The latest point. A large heap may come as near to the goal as the smallest
 * heap is large. */
static uint64_t max_trigger(const struct gcController *c, uint64_t goal)
{
    uint64_t step = (goal - marked(c)) / triggerRatioDen;
    uint64_t latest = marked(c) + step * maxTriggerRatio;

    if (goal > defaultHeapMinimum && goal - defaultHeapMinimum > latest)
        latest = goal - defaultHeapMinimum;
    return latest;
}

/* The earliest: else marking would never end where much is allocated. */
static uint64_t min_trigger(const struct gcController *c, uint64_t goal)
{
    uint64_t step = (goal - marked(c)) / triggerRatioDen;
    uint64_t earliest = marked(c) + step * minTriggerRatio;
    uint64_t swept = goal < c->gcPercentHeapGoal ? 0 : c->sweepDistMinTrigger;

    return earliest < swept ? swept : earliest;
}

uint64_t gcController_trigger(struct gcController *c)
{
    uint64_t goal = gcController_heapGoal(c);

    if (goal < c->gcPercentHeapGoal && goal < least_trigger(c))
        return least_trigger(c);
    if (marked(c) >= goal)
        return goal;
    uint64_t low = min_trigger(c, goal), high = max_trigger(c, goal);
    if (c->runway > goal || goal - c->runway < low)
        return low;
    if (high < low)
        high = low;
    return goal - c->runway < high ? goal - c->runway : high;
}

bool gcController_triggered(struct gcController *c)
{
    return c->heapLive >= gcController_trigger(c);
}

void gcController_startCycle(struct gcController *c)
{
    c->triggered =
        modelled->pacerIntegrates ? gcController_trigger(c) : c->heapLive;
}

/* The estimate follows what was measured as a PI controller makes it:
 * proportional to the error and to the sum of errors. Go: mgcpacer.go
 * (*piController).next */
static double integrated(struct gcController *c, double measured)
{
    const double kp = 0.9, ti = 4, tt = 1000, most = 1000;
    double error = measured - c->consMark;
    double raw = kp * error + c->errIntegral;
    double out = raw > most ? most : raw < -most ? -most : raw;

    c->errIntegral += kp / ti * error + (out - raw) / tt;
    return out;
}

/* The estimate is the most of the last five. */
static double most_of_last(struct gcController *c, double measured)
{
    double most = measured;

    for (int i = 0; i < consMarkHistory; i++) {
        most = c->lastConsMark[i] > most ? c->lastConsMark[i] : most;
        c->lastConsMark[i] =
            i + 1 < consMarkHistory ? c->lastConsMark[i + 1] : measured;
    }
    return most;
}

/* What the cycle under way is expected to look through: as much as the last. */
static double expected_work(const struct gcController *c)
{
    return (double)(c->lastHeapScan + c->lastStackScan + c->globalsScan) +
           globalsOfPrograms;
}

/*
 * The way to where the program's help makes a cycle end that does work, where
 * all could have been work: the goal; beyond it where there is more to do than
 * the last cycle found, but not beyond what the next goal would be; a tenth
 * more than it where a large object has passed it already.
 * Go: (*gcControllerState).revise, heapGoalInternal (minRunway)
 */
static double way_left(struct gcController *c, double work, double all)
{
    const double minRunway = 64 << 10, overshoot = 1.1;
    double goal = (double)gcController_heapGoal(c);
    double live = (double)c->heapLive, begun = (double)c->triggered;

    if (goal < begun + minRunway)
        goal = begun + minRunway;
    if (work > expected_work(c)) {
        double hard = goal * (1 + (double)c->gcPercent / 100);
        goal = begun + (goal - begun) / expected_work(c) * all;
        goal = goal < hard ? goal : hard;
    }
    if (live > goal)
        goal *= overshoot;
    return goal < live + minRunway ? minRunway : goal - live;
}

void gcController_endCycle(struct gcController *c, const struct gcFound *found,
                           bool forced)
{
    const double share = (1 - goalUtilization) / goalUtilization;

    c->lastHeapGoal = gcController_heapGoal(c);
    c->meanwhile = 0;
    if (forced || c->gcPercent < 0)
        return;
    double work = (double)(found->heap + found->stack + found->globals) +
                  globalsOfPrograms;
    double bytes = allocatedBeforeWork + consMarkOfPrograms * work * share;
    double grown = (double)c->heapLive + bytes - (double)c->triggered;
    double measured = grown / (work * share);
    c->consMark = modelled->pacerIntegrates ? integrated(c, measured)
                                            : most_of_last(c, measured);
    double all = work * (double)c->heapLive / (double)(found->marked + 1);
    double left = way_left(c, work, all > work ? all : work);
    c->meanwhile = (uint64_t)(bytes < left ? bytes : left);
}

void gcController_resetLive(struct gcController *c, const struct gcFound *found)
{
    c->heapMarked = found->marked;
    c->heapLive = found->marked;
    c->lastHeapScan = found->heap;
    c->lastStackScan = found->stack;
}

/* How much is allocated while the expected work is done. A negative estimate
 * asks for all the way there is, as Go's conversion has it. */
static uint64_t wanted_runway(const struct gcController *c)
{
    const double share = (1 - goalUtilization) / goalUtilization;
    double runway = c->consMark * share * expected_work(c);

    return runway < 0 || runway >= 0x1p63 ? UINT64_MAX : (uint64_t)runway;
}

void gcController_commit(struct gcController *c, bool isSweepDone)
{
    uint64_t goal = UINT64_MAX;
    int32_t percent = c->gcPercent;

    c->sweepDistMinTrigger =
        isSweepDone ? 0 : c->heapLive + sweepMinHeapDistance;
    if (percent >= 0)
        goal = marked(c) + (marked(c) + c->lastStackScan + c->globalsScan) *
                               (uint64_t)percent / 100;
    c->gcPercentHeapGoal = goal < c->heapMinimum ? c->heapMinimum : goal;
    c->runway = wanted_runway(c);
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
