/*
 * gctrace.c: the gctrace line.
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
#include "alloc/gc/gctrace.h"

#include "alloc/heap.h"

#include <stdio.h>

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
