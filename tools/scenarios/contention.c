/*
 * contention.c: what threads share, and what they do not: the same work on one,
 * two and four workers, and how often each had to go to the shelf (mcentral)
 * and to wait for a lock of the runtime.
 */
#include "runtime/base/lock.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <sched.h>
#include <stdlib.h>

enum { MaxWorkers = 4 };

/* One worker's part of the work, and what it came to. */
struct share {
    size_t size; /* bytes of an object */
    int64_t n;
    uint32_t thread; /* that it ran on */
    uint64_t refills, reused, lockWaits;
};

static struct share shares[MaxWorkers];
static int nshares;
static _Atomic int begun;

/* for i := 0; i < n; i++ { sink = make([]byte, size) } */
static GOFRAME void allocate(void *arg)
{
    struct share *s = arg;
    struct tierStats before, after;
    begun++;
    while (begun < nshares) { /* until every share has a worker of its own */
        gosafepoint();
        sched_yield(); /* to it: at a real-time priority nobody else does */
    }
    readthreadtierstats(&before);
    s->thread = getm()->id;
    s->lockWaits = lock_waits();
    for (int64_t i = 0; i < s->n; i++)
        makeslice(type_basic(kindUint8), (intptr_t)s->size, (intptr_t)s->size);
    s->lockWaits = lock_waits() - s->lockWaits;
    readthreadtierstats(&after);
    s->refills = after.refills - before.refills;
    s->reused = after.refillsReused - before.refillsReused;
}
GOFRAME_MAIN(allocate);

static struct measurement *measure_workers(const struct report *r, int workers,
                                           size_t size, int64_t n)
{
    gc();
    measure_begin();
    nshares = workers;
    begun = 0;
    sched_start(workers);
    for (int i = 0; i < workers; i++) {
        shares[i] = (struct share){.size = size, .n = n};
        go_run(allocate, &shares[i]);
    }
    sched_stop();
    return measure_end(r->view);
}

static struct table *share_table(void)
{
    static const struct column cols[] = {
        {"size", COL_RIGHT},    {"workers", COL_RIGHT},
        {"worker", COL_RIGHT},  {"objects", COL_RIGHT},
        {"refills", COL_RIGHT}, {"a refill", COL_RIGHT},
        {"reused", COL_RIGHT},  {"lock waits", COL_RIGHT},
    };
    return table_new(cols, ARRAY_LEN(cols));
}

static void share_rows(struct table *t)
{
    for (int i = 0; i < nshares; i++) {
        const struct share *s = &shares[i];
        table_num(t, (int64_t)s->size);
        table_num(t, nshares);
        table_num(t, i + 1);
        table_num(t, s->n);
        table_num(t, (int64_t)s->refills);
        table_real(t, (double)s->n / (double)s->refills, 1);
        table_num(t, (int64_t)s->reused);
        table_num(t, (int64_t)s->lockWaits);
    }
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const size_t sizes[] = {16, 1024, 8192};
    struct table *t = share_table();
    struct measurement *last = NULL;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        for (int workers = 1; workers <= MaxWorkers; workers *= 2) {
            if (last != NULL)
                measure_free(last);
            last = measure_workers(r, workers, sizes[i], a->n);
            share_rows(t);
            if (workers == 1) {
                char *name = xprintf("refills, objects of %zu bytes", sizes[i]);
                report_figure(r, name, (int64_t)shares[0].refills);
                free(name);
            }
        }
    }
    report_text(r,
                "Each worker allocates %s objects of its own. Between two "
                "refills it takes slots from its own span and meets nobody. "
                "Reused are spans that came off the shelf with free slots, the "
                "others were carved anew.",
                commas(a->n));
    report_table(r, NULL, t);
    report_text(r,
                "A worker visits the shelf of its size class once a span: "
                "after %u objects of 16 bytes, but after 8 of 1024, and "
                "for every object of 8192. There it may find another worker "
                "and wait. That is why the tiers have the order they have, "
                "and why an mcache holds a span of each class.",
                objsize_nelems(modelled, 1, size_to_class(sizes[0]), true));
    report_measurement(r, "8192 bytes, four workers", last);
    measure_free(last);
}

static const struct reason reasons[] = {
    {CHANGE_SPANS, "A span of small objects keeps bits of its own in newer "
                   "releases, and so holds a few objects less."},
    {0},
};

const struct scenario scenario_contention = {
    .name = "contention",
    .lesson = "Threads meet at mcentral once a span: the smaller the objects, "
              "the more seldom.",
    .reasons = reasons,
    .takes = TAKES_N,
    .races = "which worker finds a lock taken is chance",
    .n = 10000,
    .nmax = 1000000,
    .run = run,
};
