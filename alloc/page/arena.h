/*
 * arena.h: the heap's addresses, cut into arenas of 64 MiB, and what is known
 * of each: the span of every page, and which words hold pointers.
 *
 *     address --arenaIndex--> [arenas.map] --> heapArena.spans[page] --> mspan
 *
 * Go: malloc.go (*mheap).sysAlloc, mheap.go heapArena, spanOf.
 */
#ifndef ALLOC_PAGE_ARENA_H
#define ALLOC_PAGE_ARENA_H

#include <stdatomic.h>

#include "alloc/page/limits.h"
#include "runtime/base/sysmem.h"

enum {
    heapArenaBytes = 1 << logHeapArenaBytes,
    pagesPerArena = heapArenaBytes / PageSize,
    heapArenaWords = heapArenaBytes / PtrSize, /* pointer-sized words */
    heapArenaBitmapWords = heapArenaWords / 64,
};

struct mspan; /* span.h; only its address is known here */

struct heapArena {
    /* The span of each page, free pages included: then it is whatever span was
     * there last, whose record may since describe other pages. Only a look at
     * the record's state and limits tells. Written by mheap_alloc for pages
     * that the caller owns, so without a lock. */
    struct mspan *spans[pagesPerArena];
    /* Bytes of the arena, from its start, that may have been written to. What
     * lies above has never been used and reads as zero. Only rises. */
    _Atomic uintptr_t zeroedBase;
    /* A bit a word: 1 = the word is a pointer slot of a scan object of at most
     * 512 bytes (larger ones: mspan.types). Written by the owner of the span;
     * memory comes with the first write. */
    uint64_t bitmap[heapArenaBitmapWords];
};

/* All arenas of a heap. lo and hi only ever widen, and the map between them is
 * readable before they do: so readers need no lock. All else: mheap's lock. */
struct arenas {
    struct heapArena **map; /* by arenaIndex; NULL: not ours */
    _Atomic uintptr_t lo;   /* every arena's index is in [lo, hi) */
    _Atomic uintptr_t hi;
    struct sparsetable table; /* map's memory */
    uintptr_t *all;           /* arena indices, oldest first: nall of them */
    size_t nall, capall;
    uintptr_t hint; /* where the next arena would be welcome */
    uintptr_t end;  /* no arena reaches beyond it: 1 << addrBits */
    struct sysMemStat *stat;
};

ALWAYS_INLINE uintptr_t arenaIndex(uintptr_t p)
{
    return p >> logHeapArenaBytes;
}

ALWAYS_INLINE uintptr_t arenaBase(uintptr_t index)
{
    return index << logHeapArenaBytes;
}

/* Whether p may lie in an arena: any p at all. */
ALWAYS_INLINE bool arenas_cover(const struct arenas *a, uintptr_t p)
{
    uintptr_t i = arenaIndex(p);
    return i >= atomic_load_explicit(&a->lo, memory_order_relaxed) &&
           i < atomic_load_explicit(&a->hi, memory_order_relaxed);
}

/* The arena that p lies in, NULL for addresses outside: any p at all. */
ALWAYS_INLINE struct heapArena *arenas_of(const struct arenas *a, uintptr_t p)
{
    if (!arenas_cover(a, p))
        return NULL;
    return __atomic_load_n(&a->map[arenaIndex(p)], __ATOMIC_ACQUIRE);
}

/* The arena of an address that is known to lie in the heap. */
ALWAYS_INLINE struct heapArena *arenas_ofHeap(const struct arenas *a,
                                              uintptr_t p)
{
    return a->map[arenaIndex(p)];
}

/* The span that p's page belongs to or, the page being free, belonged to: p is
 * in one of its slots if mspan_covers says so. NULL if there was none. The
 * record is not looked at. p is covered. */
ALWAYS_INLINE struct mspan *arenas_lastSpanOf(const struct arenas *a,
                                              uintptr_t p)
{
    const struct heapArena *ha =
        __atomic_load_n(&a->map[arenaIndex(p)], __ATOMIC_ACQUIRE);
    if (ha == NULL)
        return NULL;
    return __atomic_load_n(&ha->spans[(p >> PageShift) % pagesPerArena],
                           __ATOMIC_RELAXED);
}

/* The span of a p that is known to point into one in use. Go:
 * spanOfUnchecked */
ALWAYS_INLINE struct mspan *arenas_spanOfUnchecked(const struct arenas *a,
                                                   uintptr_t p)
{
    return arenas_ofHeap(a, p)->spans[(p >> PageShift) % pagesPerArena];
}

/* The word of the pointer bitmap that holds the bit of the word at p, which is
 * bit p / 8 % 64 of it; p in the heap. Bits of one object may go on in the next
 * element, but never leave the arena unless the span does. */
ALWAYS_INLINE uint64_t *arenas_bitmapWord(const struct arenas *a, uintptr_t p)
{
    return &arenas_ofHeap(a, p)
                ->bitmap[p / PtrSize / 64 % heapArenaBitmapWords];
}

/* The word of the bitmap where the pages from base begin; NULL when they go
 * on in another arena. */
ALWAYS_INLINE uint64_t *arenas_bitmapOfPages(const struct arenas *a,
                                             uintptr_t base, size_t npages)
{
    uintptr_t last = base + npages * PageSize - 1;
    return arenaIndex(base) == arenaIndex(last) ? arenas_bitmapWord(a, base)
                                                : NULL;
}

/* The tables reach from address 0 to 1 << addrBits: how far they must where so
 * many bytes of addresses are allowed. */
int heap_addr_bits(uint64_t allowed);

/* False when the system has no address space for the map. */
bool arenas_init(struct arenas *a, int addrBits, struct sysMemStat *stat);

/*
 * Reserves whole arenas for at least n bytes, one contiguous range, and makes
 * their records. The memory is not mapped. *size: bytes reserved. 0 when the
 * system refuses, or when n is more than there are addresses; then nothing
 * changed. mheap's lock held.
 * Go: malloc.go (*mheap).sysAlloc. Difference: one hint instead of a list of
 * 128; where it does not serve, any address is taken.
 */
uintptr_t arenas_sysAlloc(struct arenas *a, size_t n, size_t *size);

/* Enters s as the span of the pages from base, which are the caller's; no lock.
 * Go: mheap.go (*mheap).setSpans */
void arenas_setSpans(struct arenas *a, uintptr_t base, size_t npages,
                     struct mspan *s);

/* May the pages from base hold old bytes? From now on they may. The pages are
 * the caller's, no lock. Go: mheap.go (*mheap).allocNeedsZero */
bool arenas_allocNeedsZero(struct arenas *a, uintptr_t base, size_t npages);

/* Proves arena.1 to arena.3 (arena.c). mheap's lock held. */
void arenas_check(const struct arenas *a);

#endif
