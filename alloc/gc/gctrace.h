/*
 * gctrace.h: GODEBUG=gctrace=1: a line a collection on stderr, as Go prints it.
 */
#ifndef ALLOC_GC_GCTRACE_H
#define ALLOC_GC_GCTRACE_H

#include "runtime/base/base.h"

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
