/*
 * roots.h: where marking starts from: ranges of memory that a program has
 * registered, and thread stacks for the programs that want them scanned.
 *
 * A C compiler tells nobody where its pointers are, so roots are read
 * conservatively: any aligned word that points into a taken slot keeps that
 * object. Inside the heap marking is precise (heapbits.h). Go: mgcmark.go
 * markroot, which knows the pointers of globals and stacks exactly.
 */
#ifndef ALLOC_GC_ROOTS_H
#define ALLOC_GC_ROOTS_H

#include "runtime/base/lock.h"
#include "runtime/sched/thread.h"

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

#endif
