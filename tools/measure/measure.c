/*
 * measure.c: the allocator's own counters, read twice and subtracted, and a
 * profile that is emptied first. One measurement at a time.
 */
#include "tools/measure/measure.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include "tools/lib/exits.h"
#include "tools/log/eventlog.h"
#include <stdlib.h>
#include <string.h>

static struct {
    struct measurement *now; /* NULL: none is running */
    struct MemStats before;
    struct tierStats tiers;
    int64_t step; /* 0: count inserts */
} running;

static void log_growth(const struct mapGrowth *g)
{
    eventlog_growth(g);
    struct measurement *m = running.now;
    size_t n = m->ngrowths;
    if ((n & (n - 1)) == 0) { /* room for the next power of two */
        m->growths = xrealloc(m->growths, 2 * n + 1, sizeof *m->growths);
        m->steps = xrealloc(m->steps, 2 * n + 1, sizeof *m->steps);
    }
    m->growths[n] = *g;
    m->steps[n] = running.step != 0 ? running.step : g->count + 1;
    m->ngrowths++;
}

void measure_step(int64_t step)
{
    running.step = step;
}

void measure_begin(void)
{
    ASSERT(running.now == NULL);
    running.now = xcalloc(1, sizeof *running.now);
    running.step = 0;
    rand_seed(rand_current_seed());
    mapgrow_hook = log_growth;
    readmemstats(&running.before);
    readtierstats(&running.tiers);
    mprof_reset();
    running.now->part = eventlog_part();
    callstack_enter(); /* our frame is level with our caller's callees */
}

static struct tierStats tiers_since(const struct tierStats *before)
{
    struct tierStats t;
    readtierstats(&t);
    t.tinyHits -= before->tinyHits;
    t.tinyBlocks -= before->tinyBlocks;
    t.mcacheHits -= before->mcacheHits;
    t.refills -= before->refills;
    t.refillsReused -= before->refillsReused;
    t.refillsFresh -= before->refillsFresh;
    t.largeObjects -= before->largeObjects;
    t.spans -= before->spans;
    t.pages -= before->pages;
    t.pageCacheHits -= before->pageCacheHits;
    t.sysMaps -= before->sysMaps;
    return t;
}

/* An allocation made by the run function itself was cut down to runtime frames:
 * its chain would not say whose it is. */
static void check_chains(const struct chains *c)
{
    for (size_t i = 0; i < c->n; i++) {
        int n = c->rows[i].nframes;
        ASSERT(n > 0 &&
               strncmp(c->rows[i].frames[n - 1]->func, "main.", 5) == 0);
    }
}

struct measurement *measure_end(enum frameView view)
{
    struct measurement *m = running.now;
    ASSERT(m != NULL);
    callstack_leave();
    eventlog_end_part();
    mapgrow_hook = NULL;
    running.now = NULL;
    struct MemStats after;
    readmemstats(&after);
    m->tiers = tiers_since(&running.tiers);
    m->mallocs = after.Mallocs - running.before.Mallocs;
    m->frees = after.Frees - running.before.Frees;
    m->bytes = after.TotalAlloc - running.before.TotalAlloc;
    m->live = after.HeapAlloc;
    m->chains = chains_collect(view);
    check_chains(m->chains);
    return m;
}

void measure_free(struct measurement *m)
{
    chains_free(m->chains);
    free(m->growths);
    free(m->steps);
    free(m);
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

struct spread spread_of(double *values, size_t n)
{
    ASSERT(n > 0);
    qsort(values, n, sizeof values[0], by_value);
    return (struct spread){values[0], values[n / 2], values[n - 1]};
}
