/*
 * gc.c: the collector's cycle.
 *
 *     mallocgc --heapLive >= trigger--> [gc] --> mark --> sweep --> scavenge
 *     gc() --------------------------------^
 *
 * Locking: a cycle holds no lock; between stopTheWorld and startTheWorld no
 * other thread of the program runs, and the mark bits, the pacer and the sweep
 * generation are the collector's. Of its own threads more than one marks.
 *
 * Invariants, gc.1 verified by heapcheck, the others by check_started:
 *   gc.1  when marking begins, every span is swept and no mark is set
 *   gc.2  when the world starts again, every mcache has been flushed: no thread
 *         holds a span from before the cycle
 *   gc.3  cycles rises by one with sweepgen's two
 */
#include "alloc/gc/gc.h"

#include "alloc/gc/alloctrace.h"
#include "alloc/heap.h"
#include "alloc/mcache.h"
#include "alloc/page/limits.h"
#include "runtime/base/clock.h"
#include "runtime/base/throw.h"
#include "runtime/sched/godebug.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"

#include <sched.h>
#include <setjmp.h>
#include <stdio.h>

static void mark_word(void *arg, uintptr_t word)
{
    marker_root(arg, word);
}

static void mark_range(void *arg, uintptr_t from, uintptr_t to)
{
    marker_rootsLater(arg, from, to);
}

/* What marking the stacks needs and finds. */
struct stackScan {
    struct marker *mk;
    uintptr_t sp; /* of the thread that marks */
    size_t bytes; /* looked at */
};

/* A stopped thread noted how far its stack reaches; its registers lie there. */
static void mark_stack_of(struct m *m, void *arg)
{
    struct stackScan *scan = arg;
    uintptr_t sp = m == getm() ? scan->sp : m->stackLo;

    if (m->stackHi == 0)
        return;
    ASSERT(sp != 0 && sp <= m->stackHi);
    marker_roots(scan->mk, sp, m->stackHi);
    scan->bytes += m->stackHi - sp;
}

/* Marks from the stacks of all threads, of this one's only what lies above sp.
 * Returns the bytes read. */
static size_t mark_stacks(struct marker *mk, uintptr_t sp)
{
    struct stackScan scan = {.mk = mk, .sp = sp};

    thread_each(mark_stack_of, &scan);
    return scan.bytes;
}

/* Blocks that are still being filled are live whoever points at them.
 * Go: gcMarkTinyAllocs. */
static void mark_tiny_allocs(struct heap *h)
{
    for (const struct mcache *c = h->allmcaches; c != NULL; c = c->alllink)
        if (c->tiny != 0)
            marker_root(&h->work.marker, c->tiny);
}

/* Ends the sweep of the cycle before. Go: finishsweep_m. Difference: there the
 * epoch of the bitmaps ends here; a cycle that is called off would end one in
 * which no span was swept, and the bits in use would be given out again. */
static void finish_sweep(struct heap *h, struct mcache *c)
{
    sweeper_finish(&h->sweeper, &c->local);
    ASSERT(sweeper_isDone(&h->sweeper));
}

/* How many threads are to mark. All processors are free while the world stands
 * still; but to wake somebody takes as long as to mark a few thousand objects,
 * and the last cycle's figures tell whether there are more. */
static uint32_t mark_workers(const struct marker *mk, int32_t procs)
{
    bool worth =
        mk->objectsMarked >= worthCrewObjects || mk->scanWork >= worthCrewBytes;
    return worth ? (uint32_t)procs : 1;
}

static bool mark(struct heap *h, uintptr_t sp, size_t *stackBytes,
                 int32_t procs)
{
    struct marker *mk = &h->work.marker;
    bool ok = marker_start(mk, mark_workers(mk, procs));

    if (ok) {
        mark_tiny_allocs(h);
        roots_each(&h->work.roots, mark_range, mk);
        /* Before the stacks: an idle worker may take a task at any time, and
         * then its arg is on that worker's stack. */
        sched_eachArg(mark_word, mk);
        *stackBytes = mark_stacks(mk, sp);
        ok = marker_drain(mk);
    }
    if (ok)
        CHECK_SLOW(marker_check(mk));
    else
        marker_abandon(mk);
    marker_finish(mk);
    return ok;
}

/* How much memory the heap may keep: what it used, scaled by how the goal has
 * moved, and a tenth. Go: mgcscavenge.go gcPaceScavenger. Differences: 1.19
 * means to keep below 95 % of GOMEMLIMIT but leaves out a division by 100, so
 * that it never does; here it is done. And a heap that keeps less than it may
 * when the cycle ends must still keep to that while it grows; in Go not before
 * the next cycle. */
static void pace_scavenger(struct heap *h, uint64_t heapGoal)
{
    const struct gcController *c = &h->controller;
    uint64_t retain = UINT64_MAX;

    if (c->lastHeapGoal != 0 && c->gcPercent >= 0) {
        double ratio = (double)heapGoal / (double)c->lastHeapGoal;
        retain = (uint64_t)((double)h->work.lastHeapInUse * ratio);
        retain = align_up(retain + retain / 10, PageSize);
    }
    if (c->memoryLimit != INT64_MAX) {
        uint64_t limit = (uint64_t)c->memoryLimit / 20 * 19;
        uint64_t heap = h->mheap.heapInUse + h->mheap.heapFree;
        uint64_t rest = gcController_mappedReady(c) - heap;
        uint64_t left = limit > rest ? limit - rest : 0;
        retain = retain < left ? retain : left;
    }
    h->work.scavengeGoal = retain;
    h->work.scavengePending = retain != UINT64_MAX;
    h->mheap.scavengeGoal = retain;
}

void gc_commit(struct heap *h)
{
    struct gcController *c = &h->controller;

    heap_settle(h);
    c->globalsScan = h->work.roots.bytes;
    gcController_commit(c, sweeper_isDone(&h->sweeper));
    uint64_t goal = gcController_heapGoal(c);
    sweeper_pace(&h->sweeper, goal);
    pace_scavenger(h, goal);
}

/* gc.2, gc.3 */
static void check_started(const struct heap *h)
{
    uint32_t sg = h->mheap.sweepgen;

    ASSERT(sg == 2 * h->work.cycles);
    for (const struct mcache *c = h->allmcaches; c != NULL; c = c->alllink)
        ASSERT(c->flushGen == sg && c->nfull == 0 && c->tiny == 0);
}

/* The marks are complete: spans want sweeping, the next goal is set.
 * Go: gcMarkTermination. */
static void mark_termination(struct heap *h, size_t stackBytes, bool forced)
{
    struct gcController *c = &h->controller;
    const struct gcFound found = {.marked = h->work.marker.bytesMarked,
                                  .heap = h->work.marker.scanWork,
                                  .stack = stackBytes,
                                  .globals = c->globalsScan};

    gcController_endCycle(c, &found, forced);
    c->maxStackScan = stackBytes;
    gcController_resetLive(c, &found);
    nextMarkBitArenaEpoch(&h->mheap.bits);
    sweeper_start(&h->sweeper);
    h->work.lastHeapInUse = h->mheap.heapInUse;
    gc_commit(h);
    h->work.cycles++;
    mProf_NextCycle();
    for (struct mcache *mc = h->allmcaches; mc != NULL; mc = mc->alllink)
        mcache_prepareForSweep(mc);
    if (CHECK >= 2)
        check_started(h);
}

static void record_times(struct gcwork *w, struct gcTimes *t, bool forced)
{
    uint64_t pause = (uint64_t)(t->end - t->sweepTerm);
    uint32_t i = (w->cycles - 1) % ARRAY_LEN(w->pauseNs);

    w->lastgc_unix = clock_ns(CLOCK_REALTIME);
    w->pauseNs[i] = pause;
    w->pauseEnd[i] = w->lastgc_unix;
    w->pauseTotalNs += pause;
    w->numforced += forced;
    /* While the world stands still all processors wait or mark. */
    w->totaltime += pause * (uint64_t)t->procs;
    uint64_t all = (uint64_t)(t->end - w->initTime) * (uint64_t)t->procs;
    w->gcCPUFraction = all == 0 ? 0 : (double)w->totaltime / (double)all;
}

static void tell_collected(struct heap *h, const struct gcTimes *t)
{
    allocwatch->collected(&(struct gcEvent){
        .before = t->heap0,
        .live = t->heap2,
        .objects = h->work.marker.objectsMarked,
        .goal = gcController_heapGoal(&h->controller),
        .forced = t->forced,
    });
}

static NOINLINE bool collect(struct heap *h, struct mcache *c, bool forced,
                             uintptr_t sp)
{
    struct gcTimes t = {.forced = forced, .procs = readGOMAXPROCS()};
    size_t stackBytes = 0;

    sweeper_finish(&h->sweeper, &c->local);
    stopTheWorld();
    heap_settle(h);
    if (!forced && !gcController_triggered(&h->controller)) {
        startTheWorld(); /* another thread was faster */
        return true;
    }
    gcController_startCycle(&h->controller);
    t.heap0 = h->controller.heapLive;
    t.sweepTerm = nanotime();
    finish_sweep(h, c);
    t.mark = nanotime();
    if (!mark(h, sp, &stackBytes, t.procs)) {
        startTheWorld();
        return false;
    }
    t.markTerm = nanotime();
    t.heap1 = h->controller.heapLive;
    t.heap2 = h->work.marker.bytesMarked;
    t.workers = h->work.marker.nworkers;
    mark_termination(h, stackBytes, forced);
    t.end = nanotime();
    record_times(&h->work, &t, forced);
    mProf_Flush();
    startTheWorld();
    if (allocwatch != NULL)
        tell_collected(h, &t);
    sweeper_sweepLarge(&h->sweeper, &c->local);
    if (debug.gctrace > 0)
        gctrace(h, &t);
    return true;
}

/* The caller's registers that this function uses lie in its frame, the others
 * in the record that setjmp fills, and the program's stack above both. Frames
 * below are the collector's: what their unused words are left with points to
 * nothing that lives. Go: scanstack, which knows each frame's pointers. */
NOINLINE bool gcStart(struct heap *h, struct mcache *c, bool forced)
{
    jmp_buf registers;

    (void)setjmp(registers);
    return collect(h, c, forced, (uintptr_t)&registers);
}

/* Gives back what the heap need not keep, once all is swept. */
static void scavenge(struct heap *h)
{
    if (!atomic_exchange(&h->work.scavengePending, false))
        return; /* another thread does it */
    uint64_t retained = h->mheap.heapInUse + h->mheap.heapFree;
    if (retained > h->work.scavengeGoal)
        mheap_scavenge(&h->mheap, retained - h->work.scavengeGoal);
}

/* Sweeps all that is left, and waits for threads that are still sweeping. False
 * when meanwhile another cycle began: only at a safepoint can one. */
static bool finish_sweep_together(struct heap *h, struct mcache *c)
{
    uint32_t cycle = h->work.cycles;

    sweeper_finish(&h->sweeper, &c->local);
    while (h->work.cycles == cycle && !sweeper_isDone(&h->sweeper)) {
        gosafepoint();
        sched_yield();
    }
    return h->work.cycles == cycle;
}

bool gc_cycle(struct heap *h, struct mcache *c)
{
    if (!gcStart(h, c, true))
        return false;
    if (finish_sweep_together(h, c))
        mProf_PostSweep(); /* else it would publish half a cycle */
    scavenge(h);
    return true;
}

bool gc_help(struct heap *h, struct mcache *c)
{
    const struct m *m = getm();

    if (m->locks > 0 || m->stackHi == 0)
        return true;
    if (c->heapLive != 0)
        return true; /* the controller's has not moved */
    if (gcController_triggered(&h->controller))
        return gcStart(h, c, false);
    if (h->work.scavengePending && sweeper_isDone(&h->sweeper))
        scavenge(h);
    return true;
}

/*
 * The gctrace line.
 *
 *     gc 1 @0.003s 4%: 0.007+0.69+0.029 ms clock, 0.014+0/0.69/0+0.058 ms cpu,
 *     4->4->3 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)
 *
 * (one line). Clock: ending the last sweep, marking, ending the mark. CPU: the
 * same, marking split into assist / dedicated / idle time: ours has no assist
 * and no idle time. Heap: when the cycle began, when marking ended (no
 * difference in a stopped world), what lives.
 *
 * Locking: none: one write, after the world has started again. The figures stay
 * as they are until this thread comes to a safepoint.
 */

enum { msLen = 24 };

/* ns as milliseconds with two significant digits and at most three places.
 * Go: mgc.go fmtNSAsMS. */
static const char *ms(char buf[msLen], int64_t ns)
{
    uint64_t x = (uint64_t)ns / 1000;
    int dec = 3;

    if (ns >= 10000000) {
        snprintf(buf, msLen, "%lld", (long long)ns / 1000000);
        return buf;
    }
    if (x == 0)
        return "0";
    uint64_t unit = 1000;
    for (; x >= 100; dec--) {
        x /= 10;
        unit /= 10;
    }
    snprintf(buf, msLen, "%llu.%0*llu", (unsigned long long)(x / unit), dec,
             (unsigned long long)(x % unit));
    return buf;
}

void gctrace(const struct heap *h, const struct gcTimes *t)
{
    const struct gcController *c = &h->controller;
    int64_t sweepTerm = t->mark - t->sweepTerm;
    int64_t markTerm = t->end - t->markTerm;
    int64_t mark = t->markTerm - t->mark;
    int64_t since = (t->sweepTerm - h->work.initTime) / 1000000;
    char a[msLen], b[msLen], d[msLen], e[msLen], f[msLen], g[msLen];

    fprintf(
        stderr,
        "gc %u @%lld.%03llds %d%%: %s+%s+%s ms clock, %s+0/%s/0+%s ms cpu, "
        "%llu->%llu->%llu MB, %llu MB goal, %llu MB stacks, "
        "%llu MB globals, %d P%s\n",
        h->work.cycles, (long long)since / 1000, (long long)since % 1000,
        (int)(h->work.gcCPUFraction * 100), ms(a, sweepTerm), ms(b, mark),
        ms(d, markTerm), ms(e, sweepTerm * t->procs), ms(g, mark * t->workers),
        ms(f, markTerm * t->procs), (unsigned long long)t->heap0 >> 20,
        (unsigned long long)t->heap1 >> 20, (unsigned long long)t->heap2 >> 20,
        (unsigned long long)c->lastHeapGoal >> 20,
        (unsigned long long)c->maxStackScan >> 20,
        (unsigned long long)c->globalsScan >> 20, t->procs,
        t->forced ? " (forced)" : "");
}
