/*
 * markwork.h: how the work is shared while the heap is marked.
 *
 *     worker 0            worker 1
 *     [stack] --block--> [inbox]        pointers into spans of the other's
 *     [inbox] <--block-- [stack]
 *        \__ large objects and roots, cut into pieces: whoever has time __/
 *
 * Each worker is a thread with a stack of pointers that it has to follow. The
 * heap is dealt out in pieces of 512 KB (limits.h); a span belongs to the
 * worker in whose piece it begins, and only he sets its mark bits. A pointer
 * into somebody else's span is handed to him, in blocks.
 *
 * Why owners: if any worker marked any object, two processors would write the
 * same lines of mark bits in turn, and a line that the other one wrote last is
 * the slowest memory there is. With atomic marks and no owners two workers took
 * 38 ns of processor time an object of a large map, with owners 22 (20 since),
 * one worker alone 19. Pieces of 32 KB took 28: lines are shared again at their
 * borders.
 *
 * What owners are bad at: a list whose nodes belong to two workers in turn. One
 * waits for the other at every step.
 *
 * Go: mgcwork.go. Difference: in Go every worker marks any object, by an atomic
 * or, and takes full buffers from a list that all share.
 */
#ifndef ALLOC_GC_MARKWORK_H
#define ALLOC_GC_MARKWORK_H

#include "alloc/mheap.h"
#include "alloc/page/limits.h"

enum {
    maxMarkWorkers = 8,
    wordsAtOnce = 64,     /* pushed without looking for room in between */
    markBlockWords = 254, /* 2 KB with its head */
};

/* A part of a large object or of the roots that waits to be looked through. */
struct markRange {
    uintptr_t from, to;
    const struct type *typ; /* whole elements of it; NULL: any words, roots */
};

/* Pointers on their way to the worker that owns what they point into. */
struct markBlock {
    struct markBlock *next;
    size_t n;
    uintptr_t words[markBlockWords];
};

struct marker;
struct markChunk;

struct markWorker {
    /* pointers seen and not followed yet: n of cap; memory from the system */
    uintptr_t *work;
    size_t n, cap;
    uintptr_t lo, hi; /* no heap address lies outside: set for each cycle */
    struct mheap *mheap;
    uint32_t id;          /* 0 is the thread that collects */
    uint32_t owners;      /* number of workers - 1, for markWorker_owner */
    uint64_t bytesMarked; /* class-rounded bytes of the objects found */
    uint64_t objectsMarked;
    uint64_t scanWork; /* bytes of objects that were looked through */
    size_t refused;    /* bytes that the system did not give when they were
                          needed: then marks are incomplete; or 0 */
    struct marker *mk;
    struct markBlock *foreign; /* collects what the others are to follow; room
                                  for wordsAtOnce more */
    struct markBlock *out[maxMarkWorkers]; /* of three and more workers: being
                                              filled for each other one */
    struct markBlock *received;            /* out of the inbox */
    /* Blocks from the others, the newest first: they push, the worker takes all
     * at once. */
    struct markBlock *_Atomic inbox CACHE_ALIGNED;
} CACHE_ALIGNED;

/* A mark phase. */
struct marker {
    struct mheap *mheap;
    uint32_t nworkers; /* of this cycle, a power of two */
    /* What keeps the phase from ending: workers that have something to do,
     * blocks that were sent and ranges that were left, until they are taken. */
    _Atomic uint32_t pending;
    struct mutex lock; /* guards what follows */
    struct markRange *ranges;
    _Atomic size_t nranges; /* read without the lock to see if one is there */
    size_t capranges;
    struct markBlock *spare;  /* empty blocks */
    struct markChunk *chunks; /* where they are cut from */
    /* What all workers found: once the phase has ended. */
    uint64_t bytesMarked, objectsMarked, scanWork;
    size_t refused;
    struct markWorker worker[maxMarkWorkers];
};

/* The worker that marks in spans which begin where p is. */
ALWAYS_INLINE uint32_t markWorker_owner(const struct markWorker *w, uintptr_t p)
{
    return (uint32_t)(p >> logOwnedBytes) & w->owners;
}

/* Makes a worker of mk ready for this cycle. False without memory. */
bool markWorker_start(struct markWorker *w, struct marker *mk, uint32_t id);

/* Makes room for n more pointers on the stack. False without memory. */
bool markWorker_reserve(struct markWorker *w, size_t n);

/* Gives p to worker to, who is another one: with the block that it fills. */
void markWorker_handOver(struct markWorker *w, uint32_t to, uintptr_t p);

/* Hands over what foreign holds. */
void markWorker_deal(struct markWorker *w);

/* Where the next wordsAtOnce of them can go. */
ALWAYS_INLINE uintptr_t *markWorker_roomForForeign(struct markWorker *w)
{
    if (UNLIKELY(w->foreign->n > markBlockWords - wordsAtOnce))
        markWorker_deal(w);
    return w->foreign->words + w->foreign->n;
}

/* r is to be looked through by some worker; it stays as it is meanwhile. */
void markWorker_leaveRange(struct markWorker *w, struct markRange r);

/* The stack is empty: sees to it that there is something to do, on the
 * stack, or in *r (else r->from is r->to). Waits while others may yet find
 * something. False when nobody has anything to do. */
bool markWorker_next(struct markWorker *w, struct markRange *r);

/* Forgets what was to be done, and gives the memory for it back, but for
 * what the next cycle will want at once. No worker runs. */
void markwork_release(struct marker *mk);

/* All aligned words from from to to: where one points into a taken slot, its
 * object is live. Marks part of what they reach. */
void markWorker_roots(struct markWorker *w, uintptr_t from, uintptr_t to);

/* Marks in w's spans until no worker has anything left to do. */
void markWorker_drain(struct markWorker *w);

void marker_init(struct marker *mk, struct mheap *mheap);

/* Clears the figures and sees to it that every span has clear mark bits; up to
 * nworkers threads are going to mark, the caller among them. False without
 * memory. World stopped, all spans swept. */
bool marker_start(struct marker *mk, uint32_t nworkers);

/* word was found in a root: if it points into a taken slot, its object is live.
 * Go: greyobject, findObject for a conservative pointer. */
void marker_root(struct marker *mk, uintptr_t word);

/* The same for all aligned words from from to to. */
void marker_roots(struct marker *mk, uintptr_t from, uintptr_t to);

/* The same, but while all workers drain: the words stay as they are until
 * then. */
void marker_rootsLater(struct marker *mk, uintptr_t from, uintptr_t to);

/* Follows everything that roots reach. False when memory ran out; then call
 * marker_abandon. Go: gcDrain. */
bool marker_drain(struct marker *mk);

/* Clears all marks: as if the cycle had never begun. */
void marker_abandon(struct marker *mk);

/* Proves mark.1 (mark.c). After a drain, before the sweep. */
void marker_check(const struct marker *mk);

/* Gives the work memory back, except what the next cycle will want at once. */
void marker_finish(struct marker *mk);

#endif
