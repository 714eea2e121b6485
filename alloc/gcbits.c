/*
 * gcbits.c: bitmap memory that is given back by the epoch.
 *
 *     mheap, sweep --> [gcbits] --64 KiB chunks--> sysAlloc
 *
 *         newMarkBits ->  next  ->  current  ->  previous  ->  free
 *                          |          |             |
 *     what the chunk holds: bits to   what the last  allocBits of spans
 *                           mark in   cycle marked   not yet swept
 *
 * A sweep makes a span's mark bits its allocation bits and takes fresh mark
 * bits from `next`. So when all spans have been swept nothing refers to bits
 * two epochs old, and whole chunks go back without looking at any span.
 *
 * Locking: b->lock guards the lists; it is dropped while the system gives a new
 * chunk. A chunk's own fill level is atomic: two threads may cut from it.
 *
 * Invariants, each verified by gcBitsArenas_check:
 *   gcbits.1  a chunk's fill level is a multiple of 8 (a failed cut may leave
 *             it beyond the end)
 *   gcbits.2  no chunk is on two lists: the lists together hold nchunks of them
 */
#include <stdatomic.h>

#include "alloc/gcbits.h"
#include "alloc/page/limits.h"
#include "runtime/base/throw.h"
#include <string.h>

struct gcBitsArena {
    _Atomic uintptr_t free; /* bytes of bits handed out */
    struct gcBitsArena *next;
    uint8_t bits[gcBitsChunkBytes - 2 * sizeof(uintptr_t)];
};

_Static_assert(markBitsStore <= sizeof((struct gcBitsArena *)0)->bits,
               "a thread's store of bits is cut from one chunk");

void gcBitsArenas_init(struct gcBitsArenas *b, struct sysMemStat *stat)
{
    memset(b, 0, sizeof *b);
    mutex_init(&b->lock, lockRankLeaf, "gcBitsArenas");
    b->stat = stat;
}

/* n bytes of chunk a, or NULL when it has no room. Any thread.
 * Go: mheap.go (*gcBitsArena).tryAlloc */
static uint8_t *tryAlloc(struct gcBitsArena *a, size_t n)
{
    if (a == NULL || a->free + n > sizeof a->bits)
        return NULL;
    uintptr_t start = atomic_fetch_add(&a->free, n);
    if (start + n > sizeof a->bits) /* another thread was faster */
        return NULL;
    return &a->bits[start];
}

/* A zeroed chunk on no list; NULL without memory. May drop b->lock meanwhile.
 * Go: mheap.go newArenaMayUnlock */
static struct gcBitsArena *newArenaMayUnlock(struct gcBitsArenas *b)
{
    struct gcBitsArena *a = b->free;
    if (a != NULL) {
        b->free = a->next;
        memset(a, 0, sizeof *a);
        return a;
    }
    unlock(&b->lock);
    a = sysAlloc(sizeof *a, b->stat);
    lock(&b->lock);
    if (a != NULL)
        b->nchunks++;
    return a;
}

static uint8_t *alloc_locked(struct gcBitsArenas *b, size_t n)
{
    assertLockHeld(&b->lock);
    uint8_t *p = tryAlloc(b->next, n); /* the head may have changed */
    if (p != NULL)
        return p;
    struct gcBitsArena *fresh = newArenaMayUnlock(b);
    if (fresh == NULL)
        return NULL;
    /* While the lock was dropped another thread may have put up a chunk. */
    p = tryAlloc(b->next, n);
    if (p != NULL) {
        fresh->next = b->free;
        b->free = fresh;
        return p;
    }
    p = tryAlloc(fresh, n);
    ASSERT(p != NULL);
    fresh->next = b->next;
    b->next = fresh;
    return p;
}

uint8_t *newMarkBits(struct gcBitsArenas *b, size_t nelems)
{
    size_t n = (nelems + 63) / 64 * 8;
    ASSERT(n > 0 && n <= sizeof((struct gcBitsArena *)0)->bits);
    uint8_t *p = tryAlloc(b->next, n);
    if (p != NULL)
        return p;
    lock(&b->lock);
    p = alloc_locked(b, n);
    unlock(&b->lock);
    return p;
}

/* Puts all of list in front of b->free. */
static void free_list(struct gcBitsArenas *b, struct gcBitsArena *list)
{
    while (list != NULL) {
        struct gcBitsArena *next = list->next;
        list->next = b->free;
        b->free = list;
        list = next;
    }
}

void nextMarkBitArenaEpoch(struct gcBitsArenas *b)
{
    lock(&b->lock);
    free_list(b, b->previous);
    b->previous = b->current;
    b->current = b->next;
    b->next = NULL; /* newMarkBits gets a chunk when one is needed */
    b->epoch++;
    unlock(&b->lock);
}

static size_t check_list(const struct gcBitsArena *list, size_t limit)
{
    size_t n = 0;
    for (; list != NULL; list = list->next) {
        ASSERT(list->free % 8 == 0); /* gcbits.1 */
        n++;
        ASSERT(n <= limit);
    }
    return n;
}

void gcBitsArenas_check(struct gcBitsArenas *b)
{
    lock(&b->lock);
    size_t n = check_list(b->free, b->nchunks);
    n += check_list(b->next, b->nchunks);
    n += check_list(b->current, b->nchunks);
    n += check_list(b->previous, b->nchunks);
    ASSERT(n == b->nchunks); /* gcbits.2 */
    unlock(&b->lock);
}
