/*
 * scavenge.c: memory behind free pages goes back to the system.
 *
 *     mheap_scavenge --> [scavenge] --sysUnused--> sysmem
 *
 * Highest addresses first: allocation fills the heap from below, so what lies
 * highest is wanted last. A free huge page (2 MiB) is released whole or not at
 * all: half of one costs the machine the other half's speed.
 *
 * Locking: the heap's lock, dropped around the system call.
 */
#include "alloc/scavenge.h"
#include "runtime/throw.h"

/* The pages of word k that are not worth releasing: taken or without memory. */
static uint64_t useless(const struct pallocData *m, int k)
{
    return m->alloc.w[k] | m->scavenged.w[k];
}

/* How many candidates in a row end before page `end`. */
static uint32_t run_before(const struct pallocData *m, uint32_t end)
{
    uint32_t run = 0;
    while (run < end) {
        uint32_t last = end - run - 1;
        uint64_t x = useless(m, (int)(last / 64)) << (63 - last % 64);
        if (x != 0)
            return run + (uint32_t)__builtin_clzll(x);
        run += last % 64 + 1;
    }
    return run;
}

/* The candidates' end: one behind the highest of them at or below searchIdx; 0
 * if there is none. */
static uint32_t last_candidate(const struct pallocData *m, uint32_t searchIdx)
{
    uint64_t ignore =
        searchIdx % 64 == 63 ? 0 : ~(uint64_t)0 << (searchIdx % 64 + 1);
    for (int k = (int)(searchIdx / 64); k >= 0; k--, ignore = 0) {
        uint64_t candidates = ~(useless(m, k) | ignore);
        if (candidates != 0)
            return (uint32_t)k * 64 + 64 -
                   (uint32_t)__builtin_clzll(candidates);
    }
    return 0;
}

uint32_t pallocData_findScavengeCandidate(const struct pallocData *m,
                                          uint32_t searchIdx, size_t max,
                                          uint32_t *n)
{
    ASSERT(searchIdx < pallocChunkPages && max > 0);
    *n = 0;
    uint32_t end = last_candidate(m, searchIdx);
    if (end == 0)
        return 0;
    uint32_t run = run_before(m, end);
    uint32_t size = run < max ? run : (uint32_t)max;
    uint32_t start = end - size;
    /* If the cut goes through a huge page that is free as far down as its own
     * start, take all of that. */
    uint32_t above = (uint32_t)align_up(start, pagesPerHugePage);
    uint32_t below = (uint32_t)align_down(start, pagesPerHugePage);
    if (above <= end && below >= end - run)
        start = below;
    *n = end - start;
    return start;
}

/* The highest chunk that may have candidates; false if there is none.
 * Go: mgcscavenge.go (*scavengeIndex).find */
static bool highest_chunk(struct pageAlloc *p, chunkIdx *ci)
{
    chunkIdx below = p->scavSearch;
    while (below > p->start) {
        chunkIdx last = below - 1;
        if (sparsetable_has(&p->tables[TabGroups], last / 64)) {
            uint64_t marks = p->groups[last / 64].scav << (63 - last % 64);
            if (marks != 0) {
                *ci = last - (chunkIdx)__builtin_clzll(marks);
                p->scavSearch = *ci + 1;
                return true;
            }
        }
        below = align_down(last, 64);
    }
    p->scavSearch = 0;
    return false;
}

/* Finds the next run and marks it allocated. Its address, *n pages; 0: none. */
static uintptr_t take_candidate(struct pageAlloc *p, size_t max, uint32_t *n)
{
    chunkIdx ci;
    while (highest_chunk(p, &ci)) {
        uint32_t i = pallocData_findScavengeCandidate(
            &p->chunks[ci], pallocChunkPages - 1, max, n);
        if (*n > 0) {
            uintptr_t addr = chunkBase(ci) + (uintptr_t)i * PageSize;
            size_t scav = pageAlloc_allocRange(p, addr, *n);
            ASSERT(scav == 0);
            return addr;
        }
        p->groups[ci / 64].scav &= ~((uint64_t)1 << (ci % 64));
    }
    return 0;
}

size_t pageAlloc_scavengeOne(struct pageAlloc *p, size_t nbytes)
{
    size_t max = nbytes / PageSize + (nbytes % PageSize != 0);
    uint32_t n;
    lock(p->mheapLock);
    uintptr_t addr = take_candidate(p, max, &n);
    unlock(p->mheapLock);
    if (addr == 0)
        return 0;

    sysUnused((void *)addr, (size_t)n * PageSize);

    lock(p->mheapLock);
    pageAlloc_free(p, addr, n, true);
    pageBits_setRange(&p->chunks[chunkIndex(addr)].scavenged,
                      chunkPageIndex(addr), n);
    unlock(p->mheapLock);
    return (size_t)n * PageSize;
}
