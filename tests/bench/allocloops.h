/*
 * allocloops.h: the allocation rows, the same for every peer in C. The peer
 * defines, before it includes this,
 *
 *     alloc_prepare(job)   false: no such row here
 *     alloc_new()          one zeroed object as the job wants it
 *     alloc_old(p)         lets go of one object
 *     alloc_release(h, n)  outside the clock: the n objects in h are garbage
 *
 * all but the first static inline.
 */
#ifndef TESTS_BENCH_ALLOCLOOPS_H
#define TESTS_BENCH_ALLOCLOOPS_H

/* One thread's share: n places for objects. */
struct batch {
    void **hold;
    size_t n;
};

enum { MaxThreads = 8 };
static struct batch batches[MaxThreads];

static void loop_alloc(void *arg)
{
    const struct batch *b = arg;
    for (size_t i = 0; i < b->n; i++)
        b->hold[i] = alloc_new();
}

/* Rows "alloc": fill the working set, timed; let go of it, not timed. */
static inline bool alloc_start(const struct job *job)
{
    if (job->threads > MaxThreads || !alloc_prepare(job))
        return false;
    for (int i = 0; i < job->threads; i++) {
        size_t n = job->ws / job->size / (size_t)job->threads;
        batches[i] = (struct batch){bench_alloc(n * sizeof(void *)), n};
    }
    return true;
}

static inline double alloc_batch(const struct job *job)
{
    if (job->threads == 1)
        return bench_timed(loop_alloc, &batches[0]);
    return bench_timed_threads(loop_alloc, batches, sizeof(batches[0]),
                               job->threads);
}

static inline void alloc_round(const struct job *job, struct result *r)
{
    do {
        r->ns += alloc_batch(job);
        r->ops += batches[0].n; /* a thread */
        for (int i = 0; i < job->threads; i++)
            alloc_release(batches[i].hold, batches[i].n);
    } while (r->ns < (double)job->mintime);
}

/* Rows "ring": live objects replaced one after the other, four times round;
 * whatever it takes to be rid of the old ones is inside the clock. */
static inline void loop_ring(void *arg)
{
    const struct batch *b = arg;
    for (int turn = 0; turn < 4; turn++)
        for (size_t i = 0; i < b->n; i++) {
            alloc_old(b->hold[i]);
            b->hold[i] = alloc_new();
        }
}

static inline bool ring_start(const struct job *job)
{
    if (!alloc_start(job))
        return false;
    loop_alloc(&batches[0]);
    return true;
}

static inline void ring_round(const struct job *job, struct result *r)
{
    (void)job;
    r->ns = bench_timed(loop_ring, &batches[0]);
    r->ops = 4 * batches[0].n;
}

/* Rows "trace": the allocation stands under depth calls, along one of stacks
 * different ways: each call is made from one of four places. */
static void *descend(int depth, uint64_t way);

/* The places differ by what follows the call, so that they are not merged. */
static __attribute__((noinline)) void *descend(int depth, uint64_t way)
{
    void *p;
    if (depth <= 1)
        return alloc_new();
    switch (way & 3) {
    case 0:
        p = descend(depth - 1, way >> 2);
        __asm__ volatile("# 0" : "+r"(p));
        break;
    case 1:
        p = descend(depth - 1, way >> 2);
        __asm__ volatile("# 1" : "+r"(p));
        break;
    case 2:
        p = descend(depth - 1, way >> 2);
        __asm__ volatile("# 2" : "+r"(p));
        break;
    default:
        p = descend(depth - 1, way >> 2);
        __asm__ volatile("# 3" : "+r"(p));
        break;
    }
    return p;
}

static const struct job *trace_job;

static inline void loop_trace(void *arg)
{
    const struct batch *b = arg;
    int depth = trace_job->depth;
    uint64_t stacks = (uint64_t)trace_job->stacks;
    for (size_t i = 0, s = 0; i < b->n; i++) {
        /* an odd factor: different i, different low 18 bits */
        b->hold[i] = descend(depth, s * 0x9e3779b1u);
        if (++s == stacks)
            s = 0;
    }
}

static inline bool trace_start(const struct job *job)
{
    if (!alloc_prepare(job))
        return false;
    trace_job = job;
    size_t n = job->stacks > 20000 ? (size_t)job->stacks : 20000;
    batches[0] = (struct batch){bench_alloc(n * sizeof(void *)), n};
    return true;
}

static inline void trace_round(const struct job *job, struct result *r)
{
    (void)job;
    r->ns = bench_timed(loop_trace, &batches[0]);
    r->ops = batches[0].n;
    alloc_release(batches[0].hold, batches[0].n);
}

#endif
