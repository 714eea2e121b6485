/*
 * gc.h: a collection, from the decision to the published profile.
 *
 *     finish the last sweep | stop the world: mark | sweep as memory is needed
 *
 * Go: mgc.go. Differences: the world stands still for the whole mark phase,
 * which all processors share; nothing runs in the background.
 */
#ifndef ALLOC_GC_GC_H
#define ALLOC_GC_GC_H

#include "runtime/base/base.h"

struct heap;
struct mcache;

/* One cycle, up to the point where sweeping begins; c is the caller's mcache.
 * False when there was no memory to mark with: then nothing was collected.
 * Go: gcStart to gcMarkTermination. */
bool gcStart(struct heap *h, struct mcache *c, bool forced);

/* A whole cycle, swept, its profile published. False as above. Go: GC. */
bool gc_cycle(struct heap *h, struct mcache *c);

/* heapLive moved: begins a cycle if one is due, or gives memory back that the
 * last one freed. Does nothing on a thread whose stack is no root: what it has
 * in its hands would be freed. False as above. Go: mallocgc's shouldhelpgc. */
bool gc_help(struct heap *h, struct mcache *c);

/* After GOGC or GOMEMLIMIT changed. Go: gcControllerCommit. */
void gc_commit(struct heap *h);

struct heap;

/* One cycle in figures: monotonic ns, and bytes. */
struct gcTimes {
    int64_t sweepTerm, mark, markTerm, end; /* when each phase began */
    uint64_t heap0, heap1, heap2; /* live: before, at the end of, after mark */
    int32_t procs;                /* GOMAXPROCS */
    uint32_t workers;             /* threads that marked */
    bool forced;                  /* by gc() */
};

/* Go: mgc.go gcMarkTermination, its end. */
void gctrace(const struct heap *h, const struct gcTimes *t);

#endif
