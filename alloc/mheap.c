/*
 * mheap.c: tier 3: cuts the arenas into spans and takes them back.
 *
 *     mcentral, large objects --> [mheap] --pages--> pagealloc
 *                                         --addresses--> arena
 *                                         --records--> fixalloc, gcbits
 *
 * A span of less than 16 pages is made without the lock as long as the thread's
 * page cache and its store of span records last. All else, and every free, goes
 * through h->lock.
 *
 * Pages come to the heap in chunks (4 MiB), mapped but untouched: they count as
 * released, like pages given back, until a span covers them.
 *
 * Locking: h->lock, never held while a thread scavenges. It is held while the
 * heap grows, which asks the system for addresses: one request in 4 MiB.
 *
 * Invariants, each verified by mheap_check (heapcheck.c):
 *   mheap.1  each page of a span in use has that span in its arena's table
 *   mheap.2  the pages allocated in the bitmaps are those of the spans in use
 *            and of the page caches, no more and no fewer
 *   mheap.3  heapInUse and pagesInUse count the spans in use
 *   mheap.4  heapFree and heapReleased count the free pages, those in page
 *            caches included, that have and that have no memory
 *   mheap.5  the span records made are in use, on the free list, or in a
 *            thread's store; all of them stand in allspans
 *   mheap.6  curArena is what is reserved of the current arena and not yet
 *   mapped
 */
#include "alloc/mheap.h"
#include "alloc/page/limits.h"
#include "alloc/page/pagealloc.h"
#include "runtime/base/throw.h"
#include <string.h>

static const size_t maxPages = (size_t)1 << (heapAddrBits - PageShift);

/* Sees every span record once. Room was made by reserve_allspans.
 * Go: mheap.go recordspan */
static void recordspan(void *arg, void *p)
{
    struct mheap *h = arg;
    ASSERT(h->nspans < h->capspans);
    h->allspans[h->nspans++] = p;
}

bool mheap_init(struct mheap *h, size_t mcache_size)
{
    mutex_init(&h->lock, lockRankMheap, "mheap");
    h->scavengeGoal = UINT64_MAX;
    fixalloc_init(&h->spanalloc, sizeof(struct mspan), recordspan, h,
                  &sysstats.mspan_sys);
    fixalloc_init(&h->cachealloc, mcache_size, NULL, NULL,
                  &sysstats.mcache_sys);
    gcBitsArenas_init(&h->bits, &sysstats.gcMiscSys);
    int bits = heap_addr_bits(sysAddressesAllowed());
    if (!arenas_init(&h->arenas, bits, &sysstats.gcMiscSys))
        return false;
    if (!pageAlloc_init(&h->pages, &h->lock, bits, &sysstats.gcMiscSys)) {
        sparsetable_free(&h->arenas.table);
        return false;
    }
    return true;
}

/* Room in allspans for one more record. */
static bool reserve_allspans(struct mheap *h)
{
    if (h->nspans < h->capspans)
        return true;
    size_t cap = h->capspans > 0 ? 2 * h->capspans : SysPageSize / PtrSize;
    struct mspan **all = sysAlloc(cap * PtrSize, &sysstats.other_sys);
    if (all == NULL)
        return false;
    if (h->allspans != NULL) {
        memcpy(all, h->allspans, h->nspans * PtrSize);
        sysFree(h->allspans, h->capspans * PtrSize, &sysstats.other_sys);
    }
    h->allspans = all;
    h->capspans = cap;
    return true;
}

static struct mspan *new_record_locked(struct mheap *h)
{
    assertLockHeld(&h->lock);
    if (!reserve_allspans(h))
        return NULL;
    return fixalloc_alloc(&h->spanalloc);
}

/* Puts pc on the list of caches that hold something. */
static void list_cache_locked(struct mheap *h, struct pageCache *pc)
{
    assertLockHeld(&h->lock);
    if (pc->listed)
        return;
    pc->listed = true;
    pc->prev = NULL;
    pc->next = h->caches;
    if (pc->next != NULL)
        pc->next->prev = pc;
    h->caches = pc;
}

/* A record that is wanted next time: it was last touched when it was made, or
 * when its span died. */
static void prefetch_record(const struct mspan *s)
{
    for (size_t at = 0; at < sizeof(*s); at += CacheLine)
        __builtin_prefetch((const char *)s + at, 1);
}

/* A dead span record: from the thread's store, which is filled half at a time.
 * NULL without memory. Go: mheap.go (*mheap).tryAllocMSpan, allocMSpanLocked */
static struct mspan *alloc_record(struct mheap *h, struct pageCache *pc)
{
    if (pc != NULL && pc->nspans > 0) {
        struct mspan *s = pc->spans[--pc->nspans];
        if (pc->nspans > 0)
            prefetch_record(pc->spans[pc->nspans - 1]);
        return s;
    }
    lock(&h->lock);
    struct mspan *s = new_record_locked(h);
    while (s != NULL && pc != NULL && pc->nspans < mspanCacheLen / 2) {
        struct mspan *more = new_record_locked(h);
        if (more == NULL)
            break;
        list_cache_locked(h, pc);
        pc->spans[pc->nspans++] = more;
    }
    unlock(&h->lock);
    return s;
}

static void free_record(struct mheap *h, struct mspan *s)
{
    lock(&h->lock);
    fixalloc_free(&h->spanalloc, s);
    unlock(&h->lock);
}

/* Is the next growth of the heap to have huge pages? Not the first chunk, in
 * which most programs stay. With them 10^7 inserts take 103 ns each, with
 * small pages 144, and 5*10^7 138 and 180. To touch one for the first time
 * costs 0.11 ns a byte, small pages 0.30; 2 in a virtual machine whose host
 * must find the memory. Go 1.19 asks for them wherever a span covers whole
 * ones. */
static bool wants_huge(const struct mheap *h)
{
    return h->sysMaps > 0;
}

/* Maps [base, base + size), whole chunks, and hands it to the page allocator.
 * False when the system refuses; then nothing changed. */
static bool grow_into(struct mheap *h, uintptr_t base, size_t size)
{
    if (!pageAlloc_sysGrow(&h->pages, base, size) ||
        !sysMap((void *)base, size, &sysstats.heap_sys))
        return false;
    if (wants_huge(h))
        sysHugePage((void *)base, size);
    h->sysMaps++;
    h->heapReleased += size;
    pageAlloc_grow(&h->pages, base, size);
    return true;
}

/* Makes curArena hold at least ask bytes. */
static bool extend_curArena(struct mheap *h, size_t ask)
{
    size_t size;
    uintptr_t v = arenas_sysAlloc(&h->arenas, ask, &size);
    if (v == 0)
        return false;
    if (v == h->curArena.end) {
        h->curArena.end += size;
        return true;
    }
    /* The rest of the old arena becomes free pages. Should the system refuse
     * that, it stays what it was: addresses without memory. */
    uintptr_t rest = h->curArena.base;
    if (rest < h->curArena.end)
        (void)grow_into(h, rest, h->curArena.end - rest);
    h->curArena.base = v;
    h->curArena.end = v + size;
    return true;
}

/*
 * Adds free pages so that npages in a row can be had. *growth: bytes added.
 * False when the system refuses.
 * Go: mheap.go (*mheap).grow
 */
static bool grow(struct mheap *h, size_t npages, size_t *growth)
{
    assertLockHeld(&h->lock);
    size_t ask = align_up(npages, pallocChunkPages) * PageSize;
    if (ask > h->curArena.end - h->curArena.base && !extend_curArena(h, ask))
        return false;
    if (!grow_into(h, h->curArena.base, ask))
        return false;
    h->curArena.base += ask;
    *growth = ask;
    return true;
}

/* Pages for one span, and how they were come by. */
struct grant {
    uintptr_t base; /* 0: none */
    size_t scav;    /* bytes of them that had no memory */
    size_t growth;  /* bytes that the heap grew by */
};

static struct grant alloc_pages_locked(struct mheap *h, size_t npages)
{
    assertLockHeld(&h->lock);
    struct grant g = {0};
    g.base = pageAlloc_alloc(&h->pages, npages, &g.scav);
    if (g.base == 0 && grow(h, npages, &g.growth)) {
        g.base = pageAlloc_alloc(&h->pages, npages, &g.scav);
        ASSERT(g.base != 0);
    }
    return g;
}

/* Tries the thread's own pages; fills the cache if it is empty. */
static struct grant alloc_cached(struct mheap *h, struct pageCache *pc,
                                 size_t npages)
{
    struct grant g = {0};
    if (pc == NULL || npages >= pageCachePages / 4)
        return g;
    if (pageCache_empty(pc)) {
        lock(&h->lock);
        pageAlloc_allocToCache(&h->pages, pc);
        list_cache_locked(h, pc);
        unlock(&h->lock);
    }
    g.base = pageCache_alloc(pc, npages, &g.scav);
    if (g.base != 0)
        pc->delta.hits++;
    return g;
}

static struct grant alloc_pages(struct mheap *h, struct pageCache *pc,
                                size_t npages)
{
    struct grant g = alloc_cached(h, pc, npages);
    if (g.base != 0)
        return g;
    lock(&h->lock);
    g = alloc_pages_locked(h, npages);
    unlock(&h->lock);
    return g;
}

/* The heap grew although it may have free pages with memory, only not enough
 * in a row: give back as much of that as the goal asks for. */
static void scavenge_for_growth(struct mheap *h, size_t growth)
{
    uint64_t goal = h->scavengeGoal;
    uint64_t retained = h->heapInUse + h->heapFree + growth;
    if (growth == 0 || retained <= goal)
        return;
    uint64_t over = retained - goal;
    (void)mheap_scavenge(h, over < growth ? over : growth);
}

/* The pages get memory again: counts it. Go: mem_linux.go sysUsedOS */
static void use_pages(const struct grant *g, size_t nbytes, struct pageDelta *d)
{
    d->released += g->scav;
    d->free += nbytes - g->scav;
    d->inUse += nbytes;
    d->pages += nbytes / PageSize;
    d->spans++;
    if (g->scav > 0)
        sysUsed((void *)g->base, nbytes);
}

/* Fills in record s for the pages of g and lets the world see it. Go zeroes
 * scavenged pages once more. */
static void publish(struct mheap *h, struct mspan *s, const struct grant *g)
{
    bool dirty = arenas_allocNeedsZero(&h->arenas, s->startAddr, s->npages);
    s->needzero = dirty && g->scav < s->npages * PageSize;
    mspan_setSweepgen(s, h->sweepgen);
    arenas_setSpans(&h->arenas, s->startAddr, s->npages, s);
    s->heapBits =
        spanClass_noscan(s->spanclass)
            ? NULL
            : arenas_bitmapOfPages(&h->arenas, s->startAddr, s->npages);
    mspan_setState(s, mSpanInUse);
}

static void add_delta(struct mheap *h, const struct pageDelta *d)
{
    h->heapReleased -= d->released;
    h->heapFree -= d->free;
    h->heapInUse += d->inUse;
    h->pagesInUse += d->pages;
    h->pagesMade += d->pages;
    h->spansMade += d->spans;
    h->pageCacheHits += d->hits;
}

void mheap_settle(struct mheap *h, struct pageCache *pc)
{
    if (pc->delta.spans > 0)
        add_delta(h, &pc->delta);
    pc->delta = (struct pageDelta){.spans = 0};
}

/* Both bitmaps of a span, one behind the other; they come from the thread's
 * store where there is one. NULL without memory. */
static uint8_t *span_bits(struct mheap *h, struct pageCache *pc, size_t nbytes)
{
    if (pc == NULL || 2 * nbytes > markBitsStore)
        return newMarkBits(&h->bits, 2 * nbytes * 8);
    if (pc->nbits < 2 * nbytes || pc->bitsEpoch != h->bits.epoch) {
        pc->nbits = 0;
        pc->bits = newMarkBits(&h->bits, (size_t)markBitsStore * 8);
        if (pc->bits == NULL)
            return NULL;
        pc->nbits = markBitsStore;
        pc->bitsEpoch = h->bits.epoch;
    }
    uint8_t *bits = pc->bits;
    pc->bits += 2 * nbytes;
    pc->nbits -= 2 * nbytes;
    return bits;
}

struct mspan *mheap_alloc(struct mheap *h, struct pageCache *pc, size_t npages,
                          spanClass spanclass)
{
    ASSERT(npages > 0);
    if (npages > maxPages)
        return NULL;
    struct mspan *s = alloc_record(h, pc);
    if (s == NULL)
        return NULL;
    uint32_t nelems = mspan_nelems(npages, spanclass);
    size_t bitBytes = align_up(nelems, 64) / 8;
    uint8_t *bits = span_bits(h, pc, bitBytes);
    struct grant g = {0};
    if (bits != NULL)
        g = alloc_pages(h, pc, npages);
    if (g.base == 0) {
        free_record(h, s); /* bits that were got die with their epoch */
        return NULL;
    }
    mspan_init(s, g.base, npages, spanclass, nelems);
    s->gcmarkBits = bits;
    s->allocBits = bits + bitBytes;
    scavenge_for_growth(h, g.growth);
    struct pageDelta mine = {.spans = 0};
    use_pages(&g, npages * PageSize, pc != NULL ? &pc->delta : &mine);
    if (pc == NULL)
        add_delta(h, &mine);
    publish(h, s, &g);
    CHECK_SLOW(mspan_check(s));
    return s;
}

/*
 * A map that doubles leaves arrays behind which no later one fits into: all of
 * them together are smaller than the next. Kept, they made the peak of 10^7
 * inserts 634 MB. Their memory returns in huge pages. What the collector finds
 * dead stays, as in Go, for the next object of its size, until the scavenger
 * comes: a map of 10^6 entries made where one just died need not wait for its
 * pages.
 */
void mheap_discard(struct mheap *h, uintptr_t p)
{
    struct mspan *s = mheap_spanOf(h, p);
    if (s == NULL || s->npages * PageSize < discardFrom)
        return;
    sysUnused((void *)s->startAddr, s->npages * PageSize);
    sysHugePage((void *)s->startAddr, s->npages * PageSize);
    s->discarded = true;
}

void mheap_freeSpan(struct mheap *h, struct mspan *s)
{
    ASSERT(mspan_state(s) == mSpanInUse && s->list == NULL);
    ASSERT(s->profiled == NULL && s->types == NULL);
    if (s->allocCount != 0 || s->sweepgen != h->sweepgen)
        throw("mheap.freeSpanLocked - invalid free: span %p holds %u objects, "
              "sweepgen %u/%u",
              (void *)s, s->allocCount, s->sweepgen, h->sweepgen);
    size_t nbytes = s->npages * PageSize;
    lock(&h->lock);
    mspan_setState(s, mSpanDead);
    h->pagesInUse -= s->npages;
    h->heapInUse -= nbytes;
    if (s->discarded)
        h->heapReleased += nbytes;
    else
        h->heapFree += nbytes;
    pageAlloc_free(&h->pages, s->startAddr, s->npages, s->discarded);
    fixalloc_free(&h->spanalloc, s);
    unlock(&h->lock);
}

void mheap_flushPageCache(struct mheap *h, struct pageCache *pc)
{
    mheap_settle(h, pc);
    lock(&h->lock);
    pageCache_flush(pc, &h->pages);
    while (pc->nspans > 0)
        fixalloc_free(&h->spanalloc, pc->spans[--pc->nspans]);
    if (pc->listed) {
        if (pc->next != NULL)
            pc->next->prev = pc->prev;
        if (pc->prev != NULL)
            pc->prev->next = pc->next;
        else
            h->caches = pc->next;
        pc->listed = false;
    }
    unlock(&h->lock);
}

void *mheap_allocmcache(struct mheap *h)
{
    lock(&h->lock);
    void *c = fixalloc_alloc(&h->cachealloc);
    h->nmcaches += c != NULL;
    unlock(&h->lock);
    return c;
}

void mheap_freemcache(struct mheap *h, void *c)
{
    lock(&h->lock);
    fixalloc_free(&h->cachealloc, c);
    h->nmcaches--;
    unlock(&h->lock);
}

/* Gives one run of free pages back; at most nbytes, rounded up to pages. The
 * bytes released; 0 when none is left. The counters change before the pages are
 * free again: whoever takes them then finds them counted as released.
 * Go: mgcscavenge.go (*pageAlloc).scavengeOne */
static size_t scavengeOne(struct mheap *h, size_t nbytes)
{
    size_t max = nbytes / PageSize + (nbytes % PageSize != 0);
    lock(&h->lock);
    struct pageRun run = pageAlloc_takeScavengeable(&h->pages, max);
    unlock(&h->lock);
    if (run.npages == 0)
        return 0;
    size_t n = (size_t)run.npages * PageSize;
    sysUnused((void *)run.base, n);
    h->heapFree -= n;
    h->heapReleased += n;
    lock(&h->lock);
    pageAlloc_putScavenged(&h->pages, run);
    unlock(&h->lock);
    return n;
}

size_t mheap_scavenge(struct mheap *h, size_t nbytes)
{
    size_t released = 0;
    while (released < nbytes) {
        size_t n = scavengeOne(h, nbytes - released);
        if (n == 0)
            break;
        released += n;
    }
    return released;
}

void heapStatsDelta_merge(struct heapStatsDelta *a,
                          const struct heapStatsDelta *b)
{
    enum { counters = sizeof(*a) / sizeof(uint64_t) };
    _Static_assert(sizeof(*a) == counters * sizeof(uint64_t),
                   "nothing but counters");
    uint64_t *to = (uint64_t *)a;
    const uint64_t *from = (const uint64_t *)b;

    for (int i = 0; i < counters; i++)
        to[i] += from[i];
}
