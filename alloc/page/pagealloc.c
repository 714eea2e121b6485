/*
 * pagealloc.c: which pages are free, and the lowest run of them that will do.
 *
 *     mheap, pagecache, scavenge --> [pagealloc] --> pallocbits
 *
 * The tree is five arrays. Entry i of level l sums up entries 8i..8i+7 of level
 * l+1; an entry of level 4 sums up a chunk, one of level 0 stands for 16 GiB. A
 * summary of zero says "nothing free here", which is also what memory that was
 * never touched reads as: so addresses that are not ours need no entry at all.
 *
 * Locking: everything here runs under *mheapLock.
 *
 * Invariants, each verified by pageAlloc_check:
 *   pagealloc.1  the summary of a chunk in use is that of its bitmap
 *   pagealloc.2  every other summary is the merger of its eight children
 *   pagealloc.3  only free pages are scavenged
 *   pagealloc.4  no page below searchAddr is free
 *   pagealloc.5  a chunk with free pages that have memory has its scav bit, and
 *                no scav bit is at or above scavSearch
 *   pagealloc.6  chunks in use are in [start, end); the summary of others is
 *   zero
 */
#include "alloc/page/pagealloc.h"
#include "runtime/base/throw.h"
#include <string.h>

/* The root is always whole: finding a run begins with a look through it. */
static bool init_tables(struct pageAlloc *p, int addrBits)
{
    struct sysMemStat *stat = p->sysStat;
    size_t nchunks = (size_t)1 << (addrBits - levelShift(summaryLevels - 1));
    bool ok = sparsetable_init(&p->tables[TabChunks], sizeof p->chunks[0],
                               nchunks, stat) &&
              sparsetable_init(&p->tables[TabGroups], sizeof p->groups[0],
                               nchunks / 64, stat);
    for (int l = 0; ok && l < summaryLevels; l++) {
        int bits = l == 0 ? heapAddrBits : addrBits;
        size_t n = (size_t)1 << (bits - levelShift(l));
        ok = sparsetable_init(&p->tables[l], sizeof(pallocSum), n, stat);
        p->summary[l] = (pallocSum *)(void *)p->tables[l].base;
    }
    return ok && sparsetable_cover(&p->tables[0], 0, p->tables[0].nelems);
}

bool pageAlloc_init(struct pageAlloc *p, struct mutex *mheapLock, int addrBits,
                    struct sysMemStat *sysStat)
{
    memset(p, 0, sizeof *p);
    p->mheapLock = mheapLock;
    p->sysStat = sysStat;
    p->searchAddr = maxSearchAddr;
    if (!init_tables(p, addrBits)) {
        pageAlloc_destroy(p);
        return false;
    }
    p->chunks = (struct pallocData *)(void *)p->tables[TabChunks].base;
    p->groups = (struct chunkGroup *)(void *)p->tables[TabGroups].base;
    return true;
}

void pageAlloc_destroy(struct pageAlloc *p)
{
    for (int t = 0; t < NumTabs; t++)
        sparsetable_free(&p->tables[t]);
}

bool pageAlloc_sysGrow(struct pageAlloc *p, uintptr_t base, size_t size)
{
    ASSERT(base % pallocChunkBytes == 0 && size % pallocChunkBytes == 0);
    uintptr_t last = base + size - 1;
    for (int l = 1; l < summaryLevels; l++) {
        /* Whole blocks: a merger reads all eight children. */
        size_t lo = align_down(base >> levelShift(l), 1 << summaryLevelBits);
        size_t hi =
            align_up((last >> levelShift(l)) + 1, 1 << summaryLevelBits);
        if (!sparsetable_cover(&p->tables[l], lo, hi))
            return false;
    }
    chunkIdx lo = chunkIndex(base), hi = chunkIndex(last) + 1;
    return sparsetable_cover(&p->tables[TabChunks], lo, hi) &&
           sparsetable_cover(&p->tables[TabGroups], lo / 64, (hi + 63) / 64);
}

void pageAlloc_grow(struct pageAlloc *p, uintptr_t base, size_t size)
{
    assertLockHeld(p->mheapLock);
    chunkIdx lo = chunkIndex(base), hi = chunkIndex(base + size);
    if (p->end == 0 || lo < p->start)
        p->start = lo;
    if (hi > p->end)
        p->end = hi;
    if (base < p->searchAddr)
        p->searchAddr = base;
    for (chunkIdx ci = lo; ci < hi; ci++) {
        uint64_t bit = (uint64_t)1 << (ci % 64);
        ASSERT((p->groups[ci / 64].inUse & bit) == 0);
        p->groups[ci / 64].inUse |= bit;
        pageBits_setRange(&p->chunks[ci].scavenged, 0, pallocChunkPages);
    }
    pageAlloc_update(p, base, size / PageSize);
}

/* Merges entry i of level l from its children. Did it change? */
static bool update_entry(struct pageAlloc *p, int l, size_t i)
{
    const pallocSum *children = &p->summary[l + 1][i << summaryLevelBits];
    pallocSum sum =
        mergeSummaries(children, 1 << summaryLevelBits, levelLogPages(l + 1));
    bool changed = p->summary[l][i] != sum;
    p->summary[l][i] = sum;
    return changed;
}

/* Difference from Go: chunks inside a long run are summed up like all others
 * (eight words each) instead of being told what happened to them. */
void pageAlloc_update(struct pageAlloc *p, uintptr_t base, size_t npages)
{
    assertLockHeld(p->mheapLock);
    uintptr_t last = base + npages * PageSize - 1;
    pallocSum *leaf = p->summary[summaryLevels - 1];
    bool changed = false;
    for (chunkIdx ci = chunkIndex(base); ci <= chunkIndex(last); ci++) {
        pallocSum sum = pallocBits_summarize(&p->chunks[ci].alloc);
        changed |= leaf[ci] != sum;
        leaf[ci] = sum;
    }
    for (int l = summaryLevels - 2; l >= 0 && changed; l--) {
        changed = false;
        for (size_t i = base >> levelShift(l); i <= last >> levelShift(l); i++)
            changed |= update_entry(p, l, i);
    }
}

/* Pages [i, i + n) of a chunk. */
struct chunkPart {
    chunkIdx ci;
    uint32_t i, n;
};

/* The part of a run of pages that lies in its first chunk; base and npages
 * become the rest. */
static struct chunkPart next_part(uintptr_t *base, size_t *npages)
{
    struct chunkPart part = {.ci = chunkIndex(*base),
                             .i = chunkPageIndex(*base)};
    part.n = pallocChunkPages - part.i;
    if (part.n > *npages)
        part.n = (uint32_t)*npages;
    *base += (uintptr_t)part.n * PageSize;
    *npages -= part.n;
    return part;
}

size_t pageAlloc_allocRange(struct pageAlloc *p, uintptr_t base, size_t npages)
{
    assertLockHeld(p->mheapLock);
    size_t scav = 0;
    uintptr_t at = base;
    for (size_t left = npages; left > 0;) {
        struct chunkPart part = next_part(&at, &left);
        struct pallocData *chunk = &p->chunks[part.ci];
        scav += pageBits_popcntRange(&chunk->scavenged, part.i, part.n);
        pallocData_allocRange(chunk, part.i, part.n);
    }
    pageAlloc_update(p, base, npages);
    return scav * PageSize;
}

void pageAlloc_free(struct pageAlloc *p, uintptr_t base, size_t npages,
                    bool scavenged)
{
    assertLockHeld(p->mheapLock);
    if (base < p->searchAddr)
        p->searchAddr = base;
    uintptr_t at = base;
    for (size_t left = npages; left > 0;) {
        struct chunkPart part = next_part(&at, &left);
        struct pallocData *chunk = &p->chunks[part.ci];
        ASSERT(pageBits_popcntRange(&chunk->alloc, part.i, part.n) == part.n);
        pageBits_clearRange(&chunk->alloc, part.i, part.n);
        if (scavenged)
            pageBits_setRange(&chunk->scavenged, part.i, part.n);
        else
            pageAlloc_markScavengeable(p, part.ci);
    }
    pageAlloc_update(p, base, npages);
}

bool pageAlloc_knows(const struct pageAlloc *p, chunkIdx ci)
{
    return sparsetable_has(&p->tables[TabGroups], ci / 64) &&
           p->groups[ci / 64].inUse >> (ci % 64) & 1;
}

void pageAlloc_markScavengeable(struct pageAlloc *p, chunkIdx ci)
{
    p->groups[ci / 64].scav |= (uint64_t)1 << (ci % 64);
    if (ci >= p->scavSearch)
        p->scavSearch = ci + 1;
}

/* Tries the chunk of searchAddr, where most requests are served: 0 if they are
 * not. */
static uintptr_t find_near(const struct pageAlloc *p, size_t npages,
                           uintptr_t *firstFree)
{
    chunkIdx ci = chunkIndex(p->searchAddr);
    uint32_t from = chunkPageIndex(p->searchAddr), first;
    if (npages > pallocChunkPages - from ||
        !sparsetable_has(&p->tables[summaryLevels - 1], ci) ||
        pallocSum_max(p->summary[summaryLevels - 1][ci]) < npages)
        return 0;
    uint32_t j = pallocBits_find(&p->chunks[ci].alloc, npages, from, &first);
    ASSERT(j != notFound);
    *firstFree = chunkBase(ci) + (uintptr_t)first * PageSize;
    return chunkBase(ci) + (uintptr_t)j * PageSize;
}

uintptr_t pageAlloc_alloc(struct pageAlloc *p, size_t npages, size_t *scav)
{
    assertLockHeld(p->mheapLock);
    ASSERT(npages > 0);
    if (chunkIndex(p->searchAddr) >= p->end)
        return 0;
    uintptr_t firstFree = 0;
    uintptr_t addr = find_near(p, npages, &firstFree);
    if (addr == 0)
        addr = pageAlloc_find(p, npages, &firstFree);
    if (addr == 0) {
        if (npages == 1) /* not one page is free: no need to look again */
            p->searchAddr = maxSearchAddr;
        return 0;
    }
    *scav = pageAlloc_allocRange(p, addr, npages);
    if (p->searchAddr < firstFree)
        p->searchAddr = firstFree;
    return addr;
}

static void check_chunk(const struct pageAlloc *p, chunkIdx ci,
                        struct pageCounts *counts)
{
    const struct pallocData *chunk = &p->chunks[ci];
    const struct chunkGroup *group = &p->groups[ci / 64];
    pallocSum sum = pallocBits_summarize(&chunk->alloc);
    ASSERT(p->summary[summaryLevels - 1][ci] == sum); /* pagealloc.1 */
    ASSERT(ci >= p->start && ci < p->end);            /* pagealloc.6 */
    size_t backed = 0;
    for (uint32_t i = 0; i < pallocChunkPages; i++) {
        bool taken = pageBits_get(&chunk->alloc, i);
        bool scav = pageBits_get(&chunk->scavenged, i);
        ASSERT(!(taken && scav)); /* pagealloc.3 */
        uintptr_t addr = chunkBase(ci) + (uintptr_t)i * PageSize;
        ASSERT(taken || addr >= p->searchAddr); /* pagealloc.4 */
        counts->allocated += taken;
        counts->scavenged += scav;
        backed += !taken && !scav;
    }
    counts->free += backed;
    bool marked = group->scav >> (ci % 64) & 1;
    ASSERT(marked || backed == 0); /* pagealloc.5 */
    ASSERT(!marked || ci < p->scavSearch);
}

/* Every merger of a level between the first and the last chunk. */
static void check_level(const struct pageAlloc *p, int l)
{
    size_t first = chunkBase(p->start) >> levelShift(l);
    size_t last = (chunkBase(p->end) - 1) >> levelShift(l);
    for (size_t i = first; i <= last; i++) {
        size_t child = i << summaryLevelBits;
        pallocSum want = 0;
        if (sparsetable_has(&p->tables[l + 1], child))
            want = mergeSummaries(&p->summary[l + 1][child],
                                  1 << summaryLevelBits, levelLogPages(l + 1));
        if (sparsetable_has(&p->tables[l], i))
            ASSERT(p->summary[l][i] == want); /* pagealloc.2 */
        else
            ASSERT(want == 0);
    }
}

struct pageCounts pageAlloc_check(const struct pageAlloc *p)
{
    assertLockHeld(p->mheapLock);
    struct pageCounts counts = {0};
    if (p->end == 0)
        return counts;
    for (chunkIdx ci = p->start; ci < p->end; ci++) {
        if (!sparsetable_has(&p->tables[summaryLevels - 1], ci))
            continue;
        if (pageAlloc_knows(p, ci))
            check_chunk(p, ci, &counts);
        else
            ASSERT(p->summary[summaryLevels - 1][ci] == 0); /* pagealloc.6 */
    }
    for (int l = 0; l < summaryLevels - 1; l++)
        check_level(p, l);
    return counts;
}

/*
 * The way down the tree of summaries to the lowest run of n pages:
 *
 *     level 0   . . . X . . .     the first entry that starts well enough or
 *                    |            whose longest run is long enough
 *     level 1     . . X . .       the eight below it, and so on
 *                     |
 *     chunk       ...XX....X      at last, the bitmap
 *
 * A run that straddles two entries is recognised by the end of one and the
 * start of the next, and needs no further descent.
 */

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
 * straddles entries; or 0, and s->i is the entry that has a run inside it; or
 * 0, and s->i is SIZE_MAX: there is no run.
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
