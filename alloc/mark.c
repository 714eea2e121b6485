/*
 * mark.c: the mark phase: a stack of pointers to follow, and a short queue in
 * front of it.
 *
 *     roots --> work stack --> queue of prefetched objects --> scan
 *                   ^---------------- pointers found -----------'
 *
 * Almost all the time of marking is waiting for memory, because live objects
 * lie anywhere. So a pointer taken off the stack is not followed at once: its
 * object is asked for (prefetch) and it joins the end of a queue; by the time it
 * reaches the front, its memory has arrived.
 *
 * Locking: none: the world is stopped, one thread marks.
 *
 * Invariants:
 *   Q1  an object is scanned once: by whoever set its mark bit
 *   Q2  bytesMarked is the sum of elemsize over all mark bits, and every marked
 *       slot is taken (marker_check, after a drain)
 */
#include "alloc/mark.h"

#include "alloc/freeindex.h"
#include "alloc/heapbits.h"
#include "runtime/throw.h"

#include <string.h>

enum {
    firstWorkBytes = 64 << 10, /* of the work stack, then doubled */
    queueLen = 16,             /* pointers on their way to the cache */
    maxObletBytes = 128 << 10, /* a larger object is scanned in pieces */
    prefetchBytes = 1024,      /* of an object, before it is scanned */
    maxRootsWaiting = 4096,    /* then what they reach is marked first */
};

void marker_init(struct marker *mk, struct mheap *mheap)
{
    memset(mk, 0, sizeof(*mk));
    mk->mheap = mheap;
}

/* How many elements of size bytes come after cap. */
static size_t grown(size_t cap, size_t size)
{
    return cap ? cap * 2 : firstWorkBytes / size;
}

/* Doubles an array of *cap elements of size bytes. NULL without memory, and the
 * old one stays. */
static void *grow(void *old, size_t *cap, size_t size)
{
    struct sysMemStat *stat = &sysstats.gcMiscSys;
    size_t newcap = grown(*cap, size);
    void *new = sysAlloc(newcap * size, stat);

    if (new == NULL)
        return NULL;
    if (*cap != 0) {
        memcpy(new, old, *cap * size);
        sysFree(old, *cap * size, stat);
    }
    *cap = newcap;
    return new;
}

static NOINLINE void push_slow(struct marker *mk, uintptr_t p)
{
    uintptr_t *work = grow(mk->work, &mk->cap, sizeof(*mk->work));

    if (work == NULL) {
        mk->refused = grown(mk->cap, sizeof(*work)) * sizeof(*work);
        return;
    }
    mk->work = work;
    mk->work[mk->n++] = p;
}

ALWAYS_INLINE void push(struct marker *mk, uintptr_t p)
{
    if (UNLIKELY(mk->n == mk->cap))
        push_slow(mk, p);
    else
        mk->work[mk->n++] = p;
}

static void push_range(struct marker *mk, uintptr_t from, uintptr_t to,
                       const struct type *typ)
{
    if (mk->nranges == mk->capranges) {
        struct markRange *ranges =
            grow(mk->ranges, &mk->capranges, sizeof(*mk->ranges));
        if (ranges == NULL) {
            mk->refused =
                grown(mk->capranges, sizeof(*ranges)) * sizeof(*ranges);
            return;
        }
        mk->ranges = ranges;
    }
    mk->ranges[mk->nranges++] = (struct markRange){from, to, typ};
}

/* Pushes the words at p that mask names. */
ALWAYS_INLINE void scan_words(struct marker *mk, uintptr_t p, uint64_t mask)
{
    for (; mask != 0; mask &= mask - 1) {
        uintptr_t v = ((const uintptr_t *)p)[__builtin_ctzll(mask)];
        if (v - mk->lo < mk->hi - mk->lo)
            push(mk, v);
    }
}

/* One element of typ at p, 64 words at a time. */
static void scan_element(struct marker *mk, uintptr_t p, const struct type *typ)
{
    size_t nbytes = (typ->ptrdata / PtrSize + 7) / 8;

    for (size_t i = 0; i < nbytes; i += 8) {
        uint64_t mask = 0;
        memcpy(&mask, typ->gcdata + i, nbytes - i < 8 ? nbytes - i : 8);
        uintptr_t words = p + i * 8 * PtrSize;
        for (uintptr_t at = 0; at < prefetchBytes; at += CacheLine)
            __builtin_prefetch((const char *)words + prefetchBytes + at);
        scan_words(mk, words, mask);
    }
}

/* Elements of typ from from to to; what is left over is a part of an element
 * that was never used. */
static void scan_range(struct marker *mk, uintptr_t from, uintptr_t to,
                       const struct type *typ)
{
    mk->scanWork += to - from;
    for (; from + typ->ptrdata <= to; from += typ->size)
        scan_element(mk, from, typ);
}

/* A large object: its first piece now, the rest later. */
static void scan_typed(struct marker *mk, uintptr_t base, size_t size,
                       const struct type *typ)
{
    size_t piece = maxObletBytes / typ->size * typ->size;

    if (size <= maxObletBytes || piece == 0) {
        scan_range(mk, base, base + size, typ);
        return;
    }
    push_range(mk, base + piece, base + size, typ);
    scan_range(mk, base, base + piece, typ);
}

/* The next waiting piece of a large object. False when none waits. */
static bool scan_next_range(struct marker *mk)
{
    if (mk->nranges == 0)
        return false;
    struct markRange r = mk->ranges[--mk->nranges];
    scan_typed(mk, r.from, r.to - r.from, r.typ);
    return true;
}

/* Go: scanobject. */
ALWAYS_INLINE void scan_object(struct marker *mk, const struct mspan *s,
                               uint32_t index)
{
    uintptr_t base = s->startAddr + index * s->elemsize;

    if (UNLIKELY(s->elemsize > minTypedSize)) {
        scan_typed(mk, base, s->elemsize, s->types[index]);
        return;
    }
    mk->scanWork += s->elemsize;
    scan_words(mk, base,
               heapBits_read(&mk->mheap->arenas, base, s->elemsize / PtrSize));
}

/* Sets the mark of slot index; false if it was set already. */
ALWAYS_INLINE bool set_mark(struct marker *mk, struct mspan *s, uint32_t index)
{
    uint8_t *byte = &s->gcmarkBits[index / 8];
    uint8_t bit = (uint8_t)(1u << index % 8);

    if (*byte & bit)
        return false;
    *byte |= bit;
    mk->bytesMarked += s->elemsize;
    mk->objectsMarked++;
    return true;
}

/* Marks the object that p points into, and looks through it if it is new. */
ALWAYS_INLINE void follow(struct marker *mk, struct mspan *s, uintptr_t p)
{
    uint32_t index = mspan_objIndex(s, p);

    if (set_mark(mk, s, index) && !spanClass_noscan(s->spanclass))
        scan_object(mk, s, index);
}

/* Pointers whose objects are on their way: a ring. */
struct queue {
    struct {
        struct mspan *s;
        uintptr_t p;
    } at[queueLen];
    uint32_t head, n;
};

/* Asks for the beginning of the object at p; scan_element for the rest. */
ALWAYS_INLINE void prefetch_object(const struct mspan *s, uintptr_t p)
{
    size_t n = s->elemsize < prefetchBytes ? s->elemsize : prefetchBytes;

    __builtin_prefetch((const char *)p);
    for (uintptr_t at = CacheLine; at < n; at += CacheLine)
        __builtin_prefetch((const char *)p + at);
}

/* Takes pointers off the stack until the queue is full. Objects without
 * pointers are marked at once: nothing in their memory is of interest. */
ALWAYS_INLINE void fill_queue(struct marker *mk, struct queue *q)
{
    while (q->n < queueLen && mk->n > 0) {
        uintptr_t p = mk->work[--mk->n];
        struct mspan *s = mheap_spanOf(mk->mheap, p);
        if (s == NULL)
            continue;
        if (spanClass_noscan(s->spanclass)) {
            set_mark(mk, s, mspan_objIndex(s, p));
            continue;
        }
        prefetch_object(s, p);
        uint32_t i = (q->head + q->n++) % queueLen;
        q->at[i].s = s;
        q->at[i].p = p;
    }
}

bool marker_drain(struct marker *mk)
{
    struct queue q = {.n = 0};

    do {
        fill_queue(mk, &q);
        while (q.n > 0) {
            uint32_t i = q.head;
            q.head = (i + 1) % queueLen;
            q.n--;
            follow(mk, q.at[i].s, q.at[i].p);
            fill_queue(mk, &q);
        }
    } while (scan_next_range(mk) || mk->n > 0);
    return mk->refused == 0;
}

void marker_root(struct marker *mk, uintptr_t word)
{
    if (word - mk->lo >= mk->hi - mk->lo)
        return;
    struct mspan *s = mheap_spanOf(mk->mheap, word);
    if (s == NULL)
        return;
    uint32_t index = mspan_objIndex(s, word);
    if (!mspan_isAllocated(s, index))
        return;
    if (spanClass_noscan(s->spanclass)) {
        set_mark(mk, s, index);
        return;
    }
    push(mk, word);
    if (mk->n >= maxRootsWaiting)
        marker_drain(mk);
}

bool marker_start(struct marker *mk)
{
    struct mheap *h = mk->mheap;

    mk->lo = arenaBase(h->arenas.lo);
    mk->hi = arenaBase(h->arenas.hi);
    mk->refused = 0;
    mk->bytesMarked = 0;
    mk->objectsMarked = 0;
    mk->scanWork = 0;
    for (size_t i = 0; i < h->nspans; i++) {
        struct mspan *s = h->allspans[i];
        if (mspan_state(s) != mSpanInUse || s->gcmarkBits != NULL)
            continue;
        /* The sweeper was refused them. */
        s->gcmarkBits = newMarkBits(&h->bits, s->nelems);
        if (s->gcmarkBits == NULL) {
            mk->refused = align_up(s->nelems, 64) / 8;
            return false;
        }
    }
    return true;
}

void marker_abandon(struct marker *mk)
{
    struct mheap *h = mk->mheap;

    mk->n = 0;
    mk->nranges = 0;
    for (size_t i = 0; i < h->nspans; i++) {
        struct mspan *s = h->allspans[i];
        if (mspan_state(s) == mSpanInUse && s->gcmarkBits != NULL)
            memset(s->gcmarkBits, 0, align_up(s->nelems, 64) / 8);
    }
}

void marker_check(const struct marker *mk)
{
    const struct mheap *h = mk->mheap;
    uint64_t bytes = 0, objects = 0;

    for (size_t i = 0; i < h->nspans; i++) {
        const struct mspan *s = h->allspans[i];
        if (mspan_state(s) != mSpanInUse)
            continue;
        for (uint32_t j = 0; j < s->nelems; j += 64) {
            uint64_t marked = gcbits_word(s->gcmarkBits, j);
            ASSERT((marked & ~mspan_takenWord(s, j)) == 0);
            uint64_t n = (uint64_t)__builtin_popcountll(marked);
            objects += n;
            bytes += n * s->elemsize;
        }
    }
    ASSERT(bytes == mk->bytesMarked && objects == mk->objectsMarked);
}

void marker_finish(struct marker *mk)
{
    ASSERT(mk->n == 0 && mk->nranges == 0);
    if (mk->cap != 0)
        sysFree(mk->work, mk->cap * sizeof(*mk->work), &sysstats.gcMiscSys);
    if (mk->capranges != 0)
        sysFree(mk->ranges, mk->capranges * sizeof(*mk->ranges),
                &sysstats.gcMiscSys);
    mk->work = NULL;
    mk->cap = 0;
    mk->ranges = NULL;
    mk->capranges = 0;
}
