/*
 * mheapcheck.c: proves that the heap's parts agree, and counts them anew.
 *
 * Locking: takes h->lock; page caches are read as they stand, so the world must
 * be at rest.
 *
 * Invariants, each verified by mheap_check:
 *   M1  each page of a span in use has that span in its arena's table
 *   M2  the pages allocated in the bitmaps are those of the spans in use and
 *       of the page caches, no more and no fewer
 *   M3  heapInUse and pagesInUse count the spans in use
 *   M4  heapFree and heapReleased count the free pages, those in page caches
 *       included, that have and that have no memory
 *   M5  the span records made are in use, on the free list, or in a thread's
 *       store; all of them stand in allspans
 *   M6  curArena is what is reserved of the current arena and not yet mapped
 */
#include "alloc/mheap.h"
#include "runtime/base/bits.h"
#include "runtime/base/throw.h"

/* What was counted. */
struct tally {
    size_t spans, pages; /* in use */
    size_t cachedRecords, cachedPages, cachedScav;
};

static void check_span(const struct mheap *h, struct mspan *s, struct tally *t)
{
    mspan_check(s);
    t->spans++;
    t->pages += s->npages;
    for (size_t i = 0; i < s->npages; i++) { /* M1 */
        uintptr_t p = s->startAddr + i * PageSize;
        ASSERT(arenas_spanOfUnchecked(&h->arenas, p) == s);
    }
}

static void check_caches(struct mheap *h, struct tally *t)
{
    const struct pageCache *prev = NULL;
    for (struct pageCache *c = h->caches; c != NULL; c = c->next) {
        mheap_settle(h, c);
        ASSERT(c->listed && c->prev == prev && c->nspans <= mspanCacheLen);
        pageCache_check(c, &h->pages);
        t->cachedRecords += c->nspans;
        t->cachedPages += popcount64(c->cache);
        t->cachedScav += popcount64(c->scav);
        prev = c;
    }
}

static void check_counters(const struct mheap *h, const struct tally *t,
                           struct pageCounts c)
{
    ASSERT(c.allocated == t->pages + t->cachedPages); /* M2 */
    ASSERT(h->pagesInUse == t->pages);                /* M3 */
    ASSERT(h->heapInUse == t->pages * PageSize);
    size_t scavenged = c.scavenged + t->cachedScav; /* M4 */
    size_t backed = c.free + t->cachedPages - t->cachedScav;
    ASSERT(h->heapFree == backed * PageSize);
    ASSERT(h->heapReleased == scavenged * PageSize);
    const struct fixalloc *f = &h->spanalloc; /* M5 */
    ASSERT(f->inuse == (t->spans + t->cachedRecords) * f->size);
    ASSERT(f->carved == h->nspans * f->size);
}

void mheap_check(struct mheap *h)
{
    gcBitsArenas_check(&h->bits);
    lock(&h->lock);
    arenas_check(&h->arenas);
    fixalloc_check(&h->spanalloc);
    fixalloc_check(&h->cachealloc);
    struct tally t = {0};
    for (size_t i = 0; i < h->nspans; i++)
        if (mspan_state(h->allspans[i]) == mSpanInUse)
            check_span(h, h->allspans[i], &t);
    check_caches(h, &t);
    check_counters(h, &t, pageAlloc_check(&h->pages));
    ASSERT(h->curArena.base <= h->curArena.end); /* M6 */
    for (uintptr_t p = h->curArena.base; p < h->curArena.end;
         p += pallocChunkBytes)
        ASSERT(arenas_of(&h->arenas, p) != NULL &&
               !pageAlloc_knows(&h->pages, chunkIndex(p)));
    unlock(&h->lock);
}
