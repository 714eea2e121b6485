/*
 * markwork.c: stacks, blocks and ranges: the work of marking on its way.
 *
 *     markdrain --pointers, ranges--> [markwork] --> another worker
 *
 * How the end is found. pending counts everything that can still lead to an
 * object: each worker that is busy, each block sent, each range left. Whoever
 * adds to it is busy and stands in it himself; who takes a block or a range has
 * taken its place. So it never rises from 0, and at 0 nothing is left.
 *
 * Locking: mk->lock (a leaf) guards ranges and the chunks of blocks. An inbox
 * belongs to its worker, except its head, which the others push to.
 *
 * Invariants:
 *   markwork.1  where pending is 0 no stack, inbox or range has anything
 *               (markwork_release, once a cycle)
 */
#include "alloc/gc/markwork.h"

#include "runtime/base/throw.h"
#include "runtime/sched/sched.h"

#include <string.h>

enum {
    firstWorkBytes = 64 << 10, /* of a stack, and of ranges; then doubled */
    keptWorkBytes = 1 << 20,   /* of each, from one cycle to the next */
    blocksPerChunk = 31,
    blocksAtOnce = 16,      /* received */
    maxBlocksWaiting = 256, /* before another range is looked through */
};

struct markChunk {
    struct markChunk *next;
    size_t used;
    struct markBlock block[blocksPerChunk];
};

/* The system did not give bytes: the first time counts. */
static void note_refusal(struct markWorker *w, size_t bytes)
{
    if (w->refused == 0)
        w->refused = bytes;
}

/* What an array of cap elements of size bytes takes from the system. */
static size_t array_bytes(size_t cap, size_t size)
{
    return align_up(cap * size, SysPageSize);
}

static void array_free(void *array, size_t cap, size_t size)
{
    if (cap != 0)
        sysFree(array, array_bytes(cap, size), &sysstats.gcMiscSys);
}

/* Doubles w's or its marker's array of *cap elements of size bytes. NULL
 * without memory, and the old one stays. */
static void *grow(struct markWorker *w, void *old, size_t *cap, size_t size)
{
    size_t newcap = *cap != 0 ? *cap * 2 : firstWorkBytes / size;
    size_t bytes = array_bytes(newcap, size);
    void *new = sysAlloc(bytes, &sysstats.gcMiscSys);

    if (new == NULL) {
        note_refusal(w, bytes);
        return NULL;
    }
    if (*cap != 0)
        memcpy(new, old, *cap * size);
    array_free(old, *cap, size);
    *cap = newcap;
    return new;
}

NOINLINE bool markWorker_reserve(struct markWorker *w, size_t n)
{
    while (w->cap - w->n < n) {
        uintptr_t *work = grow(w, w->work, &w->cap, sizeof(*work));
        if (work == NULL)
            return false;
        w->work = work;
    }
    return true;
}

/* A block out of memory from the system; NULL when there is none. */
static struct markBlock *cut_block_locked(struct marker *mk)
{
    struct markChunk *c = mk->chunks;

    assertLockHeld(&mk->lock);
    if (c == NULL || c->used == blocksPerChunk) {
        c = sysAlloc(sizeof(*c), &sysstats.gcMiscSys);
        if (c == NULL)
            return NULL;
        c->next = mk->chunks;
        mk->chunks = c;
    }
    return &c->block[c->used++];
}

/* An empty block. NULL without memory. */
static struct markBlock *new_block(struct markWorker *w)
{
    struct marker *mk = w->mk;

    lock(&mk->lock);
    struct markBlock *b = mk->spare;
    if (b != NULL)
        mk->spare = b->next;
    else
        b = cut_block_locked(mk);
    unlock(&mk->lock);
    if (b == NULL)
        note_refusal(w, sizeof(struct markChunk));
    else
        b->n = 0;
    return b;
}

/* Blocks from first to last are empty now. */
static void give_back(struct marker *mk, struct markBlock *first,
                      struct markBlock *last)
{
    lock(&mk->lock);
    last->next = mk->spare;
    mk->spare = first;
    unlock(&mk->lock);
}

bool markWorker_start(struct markWorker *w, struct marker *mk, uint32_t id)
{
    const struct arenas *a = &mk->mheap->arenas;
    bool empty = a->lo >= a->hi;

    w->mk = mk;
    w->mheap = mk->mheap;
    w->id = id;
    w->owners = mk->nworkers - 1;
    w->lo = empty ? 0 : arenaBase(a->lo);
    w->hi = empty ? 0 : arenaBase(a->hi);
    w->refused = 0;
    w->bytesMarked = 0;
    w->objectsMarked = 0;
    w->scanWork = 0;
    if (w->owners != 0)
        w->foreign = new_block(w);
    return w->refused == 0;
}

static void send(struct markWorker *w, uint32_t to, struct markBlock *b)
{
    struct markBlock *_Atomic *inbox = &w->mk->worker[to].inbox;

    atomic_fetch_add(&w->mk->pending, 1);
    b->next = atomic_load_explicit(inbox, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(
        inbox, &b->next, b, memory_order_release, memory_order_relaxed))
        continue;
}

void markWorker_handOver(struct markWorker *w, uint32_t to, uintptr_t p)
{
    if (w->out[to] == NULL && (w->out[to] = new_block(w)) == NULL)
        return; /* without memory: refused says so */
    struct markBlock *b = w->out[to];
    b->words[b->n++] = p;
    if (b->n == markBlockWords) {
        w->out[to] = NULL;
        send(w, to, b);
    }
}

NOINLINE void markWorker_deal(struct markWorker *w)
{
    struct markBlock *b = w->foreign, *empty = NULL;

    /* All for the one other worker: it can go as it is. */
    if (w->owners == 1 && b->n != 0 && (empty = new_block(w)) != NULL) {
        w->foreign = empty;
        send(w, !w->id, b);
        return;
    }
    for (size_t i = 0; i < b->n; i++)
        markWorker_handOver(w, markWorker_owner(w, b->words[i]), b->words[i]);
    b->n = 0;
}

static void send_all(struct markWorker *w)
{
    if (w->owners != 0)
        markWorker_deal(w);
    for (uint32_t to = 0; to < w->mk->nworkers; to++)
        if (w->out[to] != NULL) {
            send(w, to, w->out[to]);
            w->out[to] = NULL;
        }
}

/* Moves the pointers of some blocks that the others sent to the stack, not of
 * all, so that it stays small. Returns how many blocks those were. */
static uint32_t receive(struct markWorker *w)
{
    if (w->received == NULL &&
        atomic_load_explicit(&w->inbox, memory_order_relaxed) != NULL)
        w->received =
            atomic_exchange_explicit(&w->inbox, NULL, memory_order_acquire);
    struct markBlock *first = w->received, *last = NULL;
    uint32_t n = 0;
    for (; w->received != NULL && n < blocksAtOnce; n++) {
        last = w->received;
        if (markWorker_reserve(w, last->n)) {
            memcpy(w->work + w->n, last->words, last->n * sizeof(*last->words));
            w->n += last->n;
        }
        w->received = last->next;
    }
    if (n != 0)
        give_back(w->mk, first, last);
    return n;
}

void markWorker_leaveRange(struct markWorker *w, struct markRange r)
{
    struct marker *mk = w->mk;

    lock(&mk->lock);
    if (mk->nranges == mk->capranges) {
        struct markRange *ranges =
            grow(w, mk->ranges, &mk->capranges, sizeof(r));
        if (ranges == NULL) {
            unlock(&mk->lock);
            return;
        }
        mk->ranges = ranges;
    }
    atomic_fetch_add(&mk->pending, 1);
    mk->ranges[mk->nranges++] = r;
    unlock(&mk->lock);
}

/* Takes a range that was left. Returns their number, 0 or 1: none while many
 * blocks are on their way, to a worker that the system keeps from running
 * maybe; else they could come to hold half of all pointers. As many as a
 * piece of the heap fills where roots follow its objects of 8 bytes in
 * order: a worker whose piece it is not would wait at the end of each. */
static uint32_t take_range(struct marker *mk, struct markRange *r)
{
    uint32_t n = 0;
    size_t nranges = mk->nranges;

    if (nranges == 0 || mk->pending > nranges + maxBlocksWaiting)
        return 0;
    lock(&mk->lock);
    if (mk->nranges != 0) {
        *r = mk->ranges[--mk->nranges];
        n = 1;
    }
    unlock(&mk->lock);
    return n;
}

/* What the others sent goes first: the less of it, the smaller the stacks. */
static uint32_t take_any(struct markWorker *w, struct markRange *r)
{
    uint32_t n = receive(w);

    return n != 0 ? n : take_range(w->mk, r);
}

bool markWorker_next(struct markWorker *w, struct markRange *r)
{
    _Atomic uint32_t *pending = &w->mk->pending;

    *r = (struct markRange){.from = 0};
    uint32_t n = take_any(w, r);
    if (n != 0) {
        atomic_fetch_sub(pending, n);
        return true;
    }
    send_all(w);
    atomic_fetch_sub(pending, 1); /* not busy any more */
    for (uint32_t turn = 0; (n = take_any(w, r)) == 0; turn++) {
        if (atomic_load(pending) == 0)
            return false;
        crew_wait(turn);
    }
    atomic_fetch_sub(pending, n - 1); /* busy again in place of one of them */
    return true;
}

/* Gives an array back if it is large; returns what is left. */
static void *shrink(void *array, size_t *cap, size_t size)
{
    if (array_bytes(*cap, size) <= keptWorkBytes)
        return array;
    array_free(array, *cap, size);
    *cap = 0;
    return NULL;
}

static void release_blocks(struct marker *mk)
{
    for (uint32_t i = 0; i < maxMarkWorkers; i++) {
        struct markWorker *w = &mk->worker[i];
        w->foreign = NULL;
        w->inbox = NULL;
        w->received = NULL;
        memset(w->out, 0, sizeof(w->out));
    }
    for (struct markChunk *c = mk->chunks, *next; c != NULL; c = next) {
        next = c->next;
        sysFree(c, sizeof(*c), &sysstats.gcMiscSys);
    }
    mk->chunks = NULL;
    mk->spare = NULL;
}

/* markwork.1 */
static void assert_done(const struct marker *mk)
{
    ASSERT(mk->nranges == 0);
    for (uint32_t i = 0; i < mk->nworkers; i++)
        ASSERT(mk->worker[i].n == 0 && mk->worker[i].inbox == NULL &&
               mk->worker[i].received == NULL);
}

void markwork_release(struct marker *mk)
{
    if (mk->pending == 0)
        assert_done(mk);
    for (uint32_t i = 0; i < maxMarkWorkers; i++) {
        struct markWorker *w = &mk->worker[i];
        w->n = 0;
        w->work = shrink(w->work, &w->cap, sizeof(*w->work));
    }
    mk->nranges = 0;
    mk->ranges = shrink(mk->ranges, &mk->capranges, sizeof(*mk->ranges));
    release_blocks(mk);
}
