/*
 * arena.c: the heap's addresses and what is known of each.
 *
 *     mheap --more addresses--> [arena] --sysReserve--> sysmem
 *     any address ------------> [arena] --> its span
 *
 * The heap starts at Go's address, 0xc000000000, and grows upwards as long as
 * the system allows; printed addresses look like those of a Go program.
 *
 * Locking: arenas come under mheap's lock. What readers see without it is
 * published in order: first the map's memory, then the record in the map, then
 * the bounds lo and hi. Entries of spans[] and zeroedBase concern pages that
 * belong to the calling thread.
 *
 * Invariants, each verified by arenas_check:
 *   arena.1  every index of all[] is in [lo, hi) and has a record in the map
 *   arena.2  no other entry of the map between lo and hi has one
 *   arena.3  zeroedBase is a whole number of pages within the arena
 */
#include "alloc/page/arena.h"
#include "runtime/base/throw.h"
#include <string.h>

static const uintptr_t firstHint = (uintptr_t)0xc0 << 32;
/* Bytes of an arena's record. */
static const size_t recordBytes =
    (sizeof(struct heapArena) + SysPageSize - 1) & ~(size_t)(SysPageSize - 1);

int heap_addr_bits(uint64_t allowed)
{
    uint64_t end = (uint64_t)1 << heapAddrBitsLimited;
    return allowed <= end - firstHint ? heapAddrBitsLimited : heapAddrBits;
}

bool arenas_init(struct arenas *a, int addrBits, struct sysMemStat *stat)
{
    memset(a, 0, sizeof *a);
    a->stat = stat;
    a->lo = UINTPTR_MAX;
    a->hint = firstHint;
    a->end = (uintptr_t)1 << addrBits;
    size_t n = a->end >> logHeapArenaBytes;
    if (!sparsetable_init(&a->table, PtrSize, n, stat))
        return false;
    a->map = (struct heapArena **)(void *)a->table.base;
    return true;
}

/* Room for n more entries of all[]. */
static bool reserve_all(struct arenas *a, size_t n)
{
    if (a->nall + n <= a->capall)
        return true;
    size_t cap = a->capall > 0 ? 2 * a->capall : SysPageSize / PtrSize;
    while (cap < a->nall + n)
        cap *= 2;
    uintptr_t *all = sysAlloc(cap * PtrSize, a->stat);
    if (all == NULL)
        return false;
    if (a->all != NULL) {
        memcpy(all, a->all, a->nall * PtrSize);
        sysFree(a->all, a->capall * PtrSize, a->stat);
    }
    a->all = all;
    a->capall = cap;
    return true;
}

/* Takes the records of arenas lo..hi-1 away again. */
static void free_records(struct arenas *a, uintptr_t lo, uintptr_t hi)
{
    for (uintptr_t i = lo; i < hi; i++) {
        sysFree(a->map[i], recordBytes, a->stat);
        a->map[i] = NULL;
    }
}

/* Makes the records of arenas lo..hi-1; all of them or none. */
static bool make_records(struct arenas *a, uintptr_t lo, uintptr_t hi)
{
    for (uintptr_t i = lo; i < hi; i++) {
        ASSERT(a->map[i] == NULL);
        struct heapArena *ha = sysAlloc(recordBytes, a->stat);
        if (ha == NULL) {
            free_records(a, lo, i);
            return false;
        }
        __atomic_store_n(&a->map[i], ha, __ATOMIC_RELEASE);
    }
    return true;
}

/* Readers index the map anywhere between the bounds: all of it must be there
 * before the bounds widen. */
static bool cover_map(struct arenas *a, uintptr_t lo, uintptr_t hi)
{
    if (a->nall > 0) {
        lo = lo < a->lo ? lo : a->lo;
        hi = hi > a->hi ? hi : a->hi;
    }
    return sparsetable_cover(&a->table, lo, hi);
}

/* Makes [v, v + n) known; false leaves no trace. */
static bool add_arenas(struct arenas *a, uintptr_t v, size_t n)
{
    uintptr_t lo = arenaIndex(v), hi = arenaIndex(v + n);
    if (v + n > a->end || !reserve_all(a, hi - lo) || !cover_map(a, lo, hi) ||
        !make_records(a, lo, hi))
        return false;
    for (uintptr_t i = lo; i < hi; i++)
        a->all[a->nall++] = i;
    if (lo < a->lo)
        a->lo = lo;
    if (hi > a->hi)
        a->hi = hi;
    return true;
}

uintptr_t arenas_sysAlloc(struct arenas *a, size_t n, size_t *size)
{
    if (n > a->end)
        return 0;
    n = align_up(n, heapArenaBytes);
    void *v = sysReserve((void *)a->hint, n, heapArenaBytes);
    if (v == NULL)
        return 0;
    if (!add_arenas(a, (uintptr_t)v, n)) {
        sysFree(v, n, NULL);
        return 0;
    }
    a->hint = (uintptr_t)v + n;
    *size = n;
    return (uintptr_t)v;
}

void arenas_setSpans(struct arenas *a, uintptr_t base, size_t npages,
                     struct mspan *s)
{
    uintptr_t p = base;
    for (size_t left = npages; left > 0;) {
        struct heapArena *ha = arenas_ofHeap(a, p);
        size_t page = (p >> PageShift) % pagesPerArena;
        for (; page < pagesPerArena && left > 0; page++, left--)
            __atomic_store_n(&ha->spans[page], s, __ATOMIC_RELAXED);
        p = arenaBase(arenaIndex(p) + 1);
    }
}

/* Raises ha's zeroedBase to end at least. May [start, end) hold old bytes? */
static bool claim(struct heapArena *ha, uintptr_t start, uintptr_t end)
{
    uintptr_t zeroed = ha->zeroedBase;
    bool dirty = start < zeroed;
    while (end > zeroed &&
           !atomic_compare_exchange_weak(&ha->zeroedBase, &zeroed, end)) {
        /* Others may raise it to our start or beyond our end, never between:
         * these pages are ours. */
        ASSERT(dirty || zeroed <= start || zeroed >= end);
    }
    return dirty;
}

bool arenas_allocNeedsZero(struct arenas *a, uintptr_t base, size_t npages)
{
    bool dirty = false;
    uintptr_t end = base + npages * PageSize;
    while (base < end) {
        uintptr_t arena = arenaBase(arenaIndex(base));
        uintptr_t limit = arena + heapArenaBytes;
        if (limit > end)
            limit = end;
        if (claim(arenas_ofHeap(a, base), base - arena, limit - arena))
            dirty = true;
        base = limit;
    }
    return dirty;
}

void arenas_check(const struct arenas *a)
{
    for (size_t k = 0; k < a->nall; k++) {
        uintptr_t i = a->all[k];
        ASSERT(i >= a->lo && i < a->hi && a->map[i] != NULL); /* arena.1 */
        uintptr_t zeroed = a->map[i]->zeroedBase;             /* arena.3 */
        ASSERT(zeroed <= heapArenaBytes && zeroed % PageSize == 0);
    }
    size_t known = 0;
    for (uintptr_t i = a->lo; i < a->hi; i++)
        known += a->map[i] != NULL;
    ASSERT(known == a->nall); /* arena.2 */
}
