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

#include "alloc/gc/mark.h"
#include "alloc/gc/roots.h"

struct heap;
struct mcache;

/* What a heap's collector remembers. Written with the world stopped. */
struct gcwork {
    struct roots roots;
    struct marker marker;
    uint32_t cycles;      /* marks completed */
    uint32_t numforced;   /* of these asked for by gc() */
    int64_t initTime;     /* ns, monotonic: when the heap was made */
    uint64_t totaltime;   /* CPU ns spent in all cycles */
    double gcCPUFraction; /* of all CPU time since initTime */
    uint64_t lastgc_unix; /* ns since 1970: when the last mark ended */
    uint64_t pauseTotalNs;
    uint64_t pauseNs[256];  /* of cycle i at (i-1) % 256 */
    uint64_t pauseEnd[256]; /* ns since 1970 */
    uint64_t lastHeapInUse; /* bytes in spans when the last mark ended */
    uint64_t scavengeGoal;  /* bytes the heap may retain once it is swept */
    _Atomic bool scavengePending; /* … and has not been cut down to yet */
};

void gcwork_init(struct heap *h);

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

#endif
