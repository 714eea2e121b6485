/*
 * scavenge.c: memory behind free pages goes back to the system.
 *
 *     mheap_scavenge --> [scavenge] --> pagealloc
 *
 * Highest addresses first: allocation fills the heap from below, so what lies
 * highest is wanted last. A free huge page (2 MiB) is released whole or not at
 * all: half of one costs the machine the other half's speed.
 *
 * Locking: the heap's lock. mheap drops it for the system call in between; the
 * pages are allocated meanwhile, so nobody takes them.
 */
#include "alloc/page/pagealloc.h"
#include "runtime/base/bits.h"
#include "runtime/base/throw.h"

/* The pages of word k that are not worth releasing: taken or without memory. */
static uint64_t useless(const struct pallocData *m, int k)
{
    return m->alloc.w[k] | m->scavenged.w[k];
}

/* How many candidates in a row end before page `end`. */
static uint32_t run_before(const struct pallocData *m, uint32_t end)
{
    uint32_t i = end; /* pages [i, end) are candidates */
    while (i > 0) {
        uint32_t last = i - 1;
        uint64_t x = useless(m, (int)(last / 64)) << (63 - last % 64);
        if (x != 0)
            return end - i + clz64(x);
        i -= last % 64 + 1;
    }
    return end;
}

/* The candidates' end: one behind the highest of them at or below searchIdx; 0
 * if there is none. */
static uint32_t last_candidate(const struct pallocData *m, uint32_t searchIdx)
{
    uint64_t ignore = ~bits_low(searchIdx % 64 + 1);
    for (int k = (int)(searchIdx / 64); k >= 0; k--, ignore = 0) {
        uint64_t candidates = ~(useless(m, k) | ignore);
        if (candidates != 0)
            return (uint32_t)k * 64 + bits_len64(candidates);
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

/* The scav bits of last's group, last's own at the top. */
static uint64_t marks_upto(const struct pageAlloc *p, chunkIdx last)
{
    if (!sparsetable_has(&p->tables[TabGroups], last / 64))
        return 0;
    return p->groups[last / 64].scav << (63 - last % 64);
}

/* The highest chunk that may have candidates; false if there is none.
 * Go: mgcscavenge.go (*scavengeIndex).find */
static bool highest_chunk(struct pageAlloc *p, chunkIdx *ci)
{
    chunkIdx below = p->scavSearch;
    while (below > p->start) {
        chunkIdx last = below - 1;
        uint64_t marks = marks_upto(p, last);
        if (marks != 0) {
            *ci = last - clz64(marks);
            p->scavSearch = *ci + 1;
            return true;
        }
        below = align_down(last, 64);
    }
    p->scavSearch = 0;
    return false;
}

struct pageRun pageAlloc_takeScavengeable(struct pageAlloc *p, size_t max)
{
    assertLockHeld(p->mheapLock);
    chunkIdx ci;
    while (highest_chunk(p, &ci)) {
        uint32_t n;
        uint32_t i = pallocData_findScavengeCandidate(
            &p->chunks[ci], pallocChunkPages - 1, max, &n);
        if (n > 0) {
            uintptr_t base = chunkBase(ci) + (uintptr_t)i * PageSize;
            size_t scav = pageAlloc_allocRange(p, base, n);
            ASSERT(scav == 0);
            return (struct pageRun){.base = base, .npages = n};
        }
        p->groups[ci / 64].scav &= ~((uint64_t)1 << (ci % 64));
    }
    return (struct pageRun){0};
}

void pageAlloc_putScavenged(struct pageAlloc *p, struct pageRun run)
{
    pageAlloc_free(p, run.base, run.npages, true);
}
