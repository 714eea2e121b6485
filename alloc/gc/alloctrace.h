/*
 * alloctrace.h: who is told of every object: the log of
 * GODEBUG=allocfreetrace=1 on stderr, with its stack, in the words and the
 * layout of Go 1.19; and an onlooker of this process, a recorder for instance.
 * Part of the door (malloc.h includes it).
 */
#ifndef ALLOC_GC_ALLOCTRACE_H
#define ALLOC_GC_ALLOCTRACE_H

#include "runtime/prof/memprofile.h"

/* What mallocgc was called with. */
struct mallocArgs {
    size_t size; /* bytes asked for */
    const struct type *typ;
    bool needzero;
};

struct mspan;

/* p, a slot of s, was allocated by mallocgc(args), served by tier, and
 * profiled. Tells the log, which prints the stack from mallocgc down, and the
 * onlooker. Any thread; takes a leaf lock. Go: mprof.go tracealloc. */
void tell_allocated(const struct mspan *s, const void *p, enum tier tier,
                    const struct mallocArgs *args);

/* p, of size bytes, was found dead. Go: mprof.go tracefree. */
void tell_freed(const void *p, size_t size);

/* An object that was allocated. Not told: a tiny one that fits into a block
 * which is open, for no record is made of it. */
struct allocEvent {
    const void *p;
    size_t asked;                /* bytes */
    size_t slot;                 /* bytes that it takes */
    const struct type *type;     /* NULL: untyped bytes */
    const struct bucket *bucket; /* its stack; NULL: it was not profiled */
    enum tier tier;              /* who served it */
    uint8_t sizeclass;           /* 0: large */
};

/* A collection has marked; what it found dead is swept from now on. */
struct gcEvent {
    uint64_t before;  /* bytes of heapLive when it began */
    uint64_t live;    /* bytes that it marked */
    uint64_t objects; /* … and how many objects those are */
    uint64_t goal;    /* bytes at which the next one should end */
    bool forced;      /* gc() was called */
};

/* The calls are made by the thread that allocates, sweeps or collects, with
 * locks held perhaps: they must not allocate from this heap. */
struct allocWatch {
    void (*allocated)(const struct allocEvent *e);
    void (*swept)(const void *p, size_t size);
    void (*collected)(const struct gcEvent *e);
};

/* NULL: nobody, which costs an allocation nothing: what is asked there,
 * mcache's watchAll, is asked for the log as well, and only of objects that are
 * profiled. Set by malloc_watch. */
extern const struct allocWatch *allocwatch;

#endif
