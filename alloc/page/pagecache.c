/*
 * pagecache.c: a thread's own 64 pages.
 *
 *     mheap_alloc --1..15 pages--> [pagecache] --64 pages--> pagealloc
 *
 * The pages of a cache are allocated as far as the page allocator knows, and
 * free as far as the statistics know.
 *
 * Locking: a cache is its thread's alone; filling and flushing move pages
 * between it and the page allocator under the heap's lock.
 *
 * Invariants, each verified by pageCache_check:
 *   pagecache.1  base is 64-page aligned; an empty cache may have any base
 *   pagecache.2  every page of the cache is allocated in the page allocator's
 *                bitmap
 *   pagecache.3  a scavenged page of the cache is one of its free pages
 */
#include "alloc/page/pagealloc.h"
#include "runtime/base/bits.h"
#include "runtime/base/throw.h"

uintptr_t pageCache_alloc(struct pageCache *c, size_t npages, size_t *scav)
{
    ASSERT(npages > 0 && npages <= pageCachePages);
    if (c->cache == 0)
        return 0;
    uint32_t i = findBitRange64(c->cache, (uint32_t)npages);
    if (i >= 64)
        return 0;
    uint64_t mask = bits_low((uint32_t)npages) << i;
    *scav = 0;
    if ((c->scav & mask) != 0)
        *scav = (size_t)popcount64(c->scav & mask) * PageSize;
    c->cache &= ~mask;
    c->scav &= ~mask;
    return c->base + (uintptr_t)i * PageSize;
}

/* Where the lowest free page is, or 0. */
static uintptr_t first_free(const struct pageAlloc *p)
{
    uintptr_t firstFree;
    chunkIdx ci = chunkIndex(p->searchAddr);
    if (ci >= p->end)
        return 0;
    if (!sparsetable_has(&p->tables[summaryLevels - 1], ci) ||
        p->summary[summaryLevels - 1][ci] == 0)
        return pageAlloc_find(p, 1, &firstFree);
    uint32_t first;
    uint32_t j = pallocBits_find(&p->chunks[ci].alloc, 1,
                                 chunkPageIndex(p->searchAddr), &first);
    ASSERT(j != notFound);
    return chunkBase(ci) + (uintptr_t)j * PageSize;
}

void pageAlloc_allocToCache(struct pageAlloc *p, struct pageCache *c)
{
    assertLockHeld(p->mheapLock);
    ASSERT(pageCache_empty(c) && c->scav == 0);
    uintptr_t addr = first_free(p);
    if (addr == 0) {
        p->searchAddr = maxSearchAddr;
        return;
    }
    c->base = align_down(addr, (uintptr_t)pageCachePages * PageSize);
    struct pallocData *chunk = &p->chunks[chunkIndex(addr)];
    uint32_t k = chunkPageIndex(addr) / 64;
    c->cache = ~chunk->alloc.w[k];
    c->scav = chunk->scavenged.w[k];
    chunk->alloc.w[k] = ~(uint64_t)0;
    chunk->scavenged.w[k] = 0;
    pageAlloc_update(p, c->base, pageCachePages);
    /* The last of the 64 pages, not the one behind, which may not be ours. */
    p->searchAddr = c->base + (uintptr_t)(pageCachePages - 1) * PageSize;
}

void pageCache_flush(struct pageCache *c, struct pageAlloc *p)
{
    assertLockHeld(p->mheapLock);
    if (pageCache_empty(c))
        return;
    CHECK_SLOW(pageCache_check(c, p));
    struct pallocData *chunk = &p->chunks[chunkIndex(c->base)];
    uint32_t k = chunkPageIndex(c->base) / 64;
    chunk->alloc.w[k] &= ~c->cache;
    chunk->scavenged.w[k] |= c->scav;
    /* Go leaves the chunk unmarked, and such pages unscavenged until some other
     * page of the chunk is freed. */
    if (c->cache != c->scav)
        pageAlloc_markScavengeable(p, chunkIndex(c->base));
    if (c->base < p->searchAddr)
        p->searchAddr = c->base;
    pageAlloc_update(p, c->base, pageCachePages);
    c->cache = 0;
    c->scav = 0;
}

void pageCache_check(const struct pageCache *c, const struct pageAlloc *p)
{
    ASSERT((c->scav & ~c->cache) == 0); /* pagecache.3 */
    if (pageCache_empty(c))
        return;
    ASSERT(c->base % ((uintptr_t)pageCachePages * PageSize) ==
           0); /* pagecache.1 */
    const struct pallocData *chunk = &p->chunks[chunkIndex(c->base)];
    uint32_t k = chunkPageIndex(c->base) / 64;
    ASSERT((chunk->alloc.w[k] & c->cache) == c->cache); /* pagecache.2 */
}
