/*
 * gcwork.h: what a heap's collector remembers between cycles, and where marking
 * starts from: ranges of memory that a program has registered, and thread
 * stacks for the programs that want them scanned.
 *
 * A C compiler tells nobody where its pointers are, so roots are read
 * conservatively: any aligned word that points into a taken slot keeps that
 * object. Inside the heap marking is precise (heapbits.h). Go: mgcmark.go
 * markroot, which knows the pointers of globals and stacks exactly.
 */
#ifndef ALLOC_GC_GCWORK_H
#define ALLOC_GC_GCWORK_H

#include "alloc/gc/markwork.h"
#include "runtime/base/lock.h"

struct rootRange {
    uintptr_t base;
    size_t size; /* bytes */
    struct rootRange *next;
};

struct roots {
    struct mutex lock;       /* guards the rest */
    struct rootRange *all;   /* registered */
    struct rootRange *spare; /* removed: to be used again */
    size_t bytes;            /* of all ranges */
};

void roots_init(struct roots *r);

/* size bytes from p are roots until removed; a range at the same p takes the
 * place of the former one. False without memory; then nothing changed. */
bool roots_add(struct roots *r, void *p, size_t size);
/* Does nothing when no range begins at p. */
void roots_remove(struct roots *r, void *p);

/* Proves that bytes is the sum of the ranges. */
void roots_check(struct roots *r);

/* Calls visit for each range that is registered. World stopped. */
typedef void rootVisitor(void *arg, uintptr_t from, uintptr_t to);
void roots_each(struct roots *r, rootVisitor *visit, void *arg);

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

/* No roots, no cycles yet. */
void gcwork_init(struct gcwork *w, struct mheap *mheap);

#endif
