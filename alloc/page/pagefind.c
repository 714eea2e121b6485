/*
 * pagefind.c: the way down the tree of summaries to the lowest run of n pages.
 *
 *     level 0   . . . X . . .     the first entry that starts well enough or
 *                    |            whose longest run is long enough
 *     level 1     . . X . .       the eight below it, and so on
 *                     |
 *     chunk       ...XX....X      at last, the bitmap
 *
 * A run that straddles two entries is recognised by the end of one and the
 * start of the next, and needs no further descent.
 *
 * Locking: runs under *mheapLock; changes nothing.
 */
#include "alloc/page/pagealloc.h"
#include "runtime/base/throw.h"

/* A search on its way down the tree. */
struct search {
    const struct pageAlloc *p;
    size_t npages;
    size_t i; /* the entry to look into on the next level */
    /* The first free page of the heap lies in [base, bound]: what the search
     * saw on its way narrows that down as long as it follows the first branch
     * with free pages. */
    uintptr_t base, bound;
};

/* Somewhere in [addr, addr + size) there is a free page. */
static void found_free(struct search *s, uintptr_t addr, size_t size)
{
    uintptr_t last = addr + size - 1;
    if (s->base <= addr && last <= s->bound) {
        s->base = addr;
        s->bound = last;
        return;
    }
    ASSERT(last < s->base || s->bound < addr);
}

/* The entries [*lo, *hi) of level l that are worth a look: those of the block
 * s->i, without what searchAddr says is full. */
static void block_bounds(const struct search *s, int l, size_t *lo, size_t *hi)
{
    size_t first = s->i << levelBits(l);
    *lo = first;
    *hi = first + ((size_t)1 << levelBits(l));
    size_t known = s->p->searchAddr >> levelShift(l);
    if (known > *lo && known < *hi)
        *lo = known;
    size_t end = (chunkBase(s->p->end) - 1) >> levelShift(l);
    if (end + 1 < *hi)
        *hi = end + 1;
}

/*
 * Looks through block s->i of level l. Returns the address of a run that
 * straddles entries; or 0, and s->i is the entry that has a run inside it; or 0,
 * and s->i is SIZE_MAX: there is no run.
 */
static uintptr_t search_block(struct search *s, int l)
{
    const pallocSum *entries = s->p->summary[l];
    uint32_t shift = levelShift(l), whole = (uint32_t)1 << levelLogPages(l);
    size_t run = 0, lo, hi; /* run: free pages in a row before entry j */
    block_bounds(s, l, &lo, &hi);
    for (size_t j = lo; j < hi; j++) {
        pallocSum sum = entries[j];
        if (sum == 0) {
            run = 0;
            continue;
        }
        found_free(s, j << shift, (size_t)1 << shift);
        uint32_t start = pallocSum_start(sum);
        if (run + start >= s->npages)
            return (j << shift) - run * PageSize;
        if (pallocSum_max(sum) >= s->npages) {
            s->i = j;
            return 0;
        }
        run = start == whole ? run + whole : pallocSum_end(sum);
    }
    s->i = SIZE_MAX;
    return 0;
}

uintptr_t pageAlloc_find(const struct pageAlloc *p, size_t npages,
                         uintptr_t *firstFree)
{
    struct search s = {.p = p, .npages = npages, .bound = maxSearchAddr};
    for (int l = 0; l < summaryLevels; l++) {
        uintptr_t addr = search_block(&s, l);
        if (addr != 0) {
            *firstFree = s.base;
            return addr;
        }
        if (s.i == SIZE_MAX) {
            /* Below the root, the level above promised a run. */
            ASSERT(l == 0);
            return 0;
        }
    }
    uint32_t first;
    uint32_t j = pallocBits_find(&p->chunks[s.i].alloc, npages, 0, &first);
    ASSERT(j != notFound);
    uintptr_t free = chunkBase(s.i) + (uintptr_t)first * PageSize;
    found_free(&s, free, chunkBase(s.i + 1) - free);
    *firstFree = s.base;
    return chunkBase(s.i) + (uintptr_t)j * PageSize;
}
