/*
 * memstats.c: runtime.MemStats and the tiers' own counters, added up.
 *
 *     mcache.local.stats (a thread) --+
 *     heap.past (threads gone) ---+--> [memstats]
 *     mheap, sysstats ------------+
 *
 * Frees are counted when a dead object is swept, so Mallocs - Frees is what has
 * been allocated and not yet swept. Tiny objects count as allocated and freed
 * at once, beside the block that holds them.
 *
 * Locking: the world is stopped.
 */
#include "alloc/heap.h"
#include "alloc/malloc.h"
#include "alloc/mcache.h"

#include <string.h>

/* Everything that was mapped: Go: mstats.go readmemstats_m totalMapped. */
static void fill_sys(const struct heap *h, struct MemStats *m)
{
    m->MSpanInuse = h->mheap.spanalloc.inuse;
    m->MSpanSys = (uint64_t)sysstats.mspan_sys.bytes;
    m->MCacheInuse = h->mheap.cachealloc.inuse;
    m->MCacheSys = (uint64_t)sysstats.mcache_sys.bytes;
    m->BuckHashSys = (uint64_t)sysstats.buckhash_sys.bytes;
    m->GCSys = (uint64_t)sysstats.gcMiscSys.bytes;
    m->OtherSys = (uint64_t)sysstats.other_sys.bytes;
    m->Sys = m->HeapSys + m->StackSys + m->MSpanSys + m->MCacheSys +
             m->BuckHashSys + m->GCSys + m->OtherSys;
}

static void fill_heap(const struct heap *h, struct MemStats *m)
{
    m->HeapAlloc = m->Alloc;
    m->HeapInuse = h->mheap.heapInUse;
    m->HeapReleased = h->mheap.heapReleased;
    m->HeapIdle = h->mheap.heapFree + m->HeapReleased;
    m->HeapSys = m->HeapInuse + m->HeapIdle;
    m->HeapObjects = m->Mallocs - m->Frees;
}

static void fill_counts(const struct heapStatsDelta *d, struct MemStats *m)
{
    uint64_t totalAlloc = d->largeAlloc, totalFree = d->largeFree;

    m->Mallocs = d->largeAllocCount + d->tinyAllocCount;
    m->Frees = d->largeFreeCount + d->tinyAllocCount;
    for (int i = 0; i < NumSizeClasses; i++) {
        uint64_t a = d->smallAllocCount[i], f = d->smallFreeCount[i];
        totalAlloc += a * class_to_size[i];
        totalFree += f * class_to_size[i];
        m->Mallocs += a;
        m->Frees += f;
        if (i < NBySize) {
            m->BySize[i].Size = class_to_size[i];
            m->BySize[i].Mallocs = a;
            m->BySize[i].Frees = f;
        }
    }
    m->TotalAlloc = totalAlloc;
    m->Alloc = totalAlloc - totalFree;
}

static void fill_gc(struct heap *h, struct MemStats *m)
{
    const struct gcwork *w = &h->work;

    m->NextGC = gcController_heapGoal(&h->controller);
    m->LastGC = w->lastgc_unix;
    m->PauseTotalNs = w->pauseTotalNs;
    memcpy(m->PauseNs, w->pauseNs, sizeof(m->PauseNs));
    memcpy(m->PauseEnd, w->pauseEnd, sizeof(m->PauseEnd));
    m->NumGC = w->cycles;
    m->NumForcedGC = w->numforced;
    m->GCCPUFraction = w->gcCPUFraction;
    m->EnableGC = true;
}

void heap_readmemstats(struct heap *h, struct MemStats *stats)
{
    struct heapStatsDelta d;

    memset(stats, 0, sizeof(*stats));
    heap_flushallmcaches(h); /* as Go: this also closes the tiny blocks */
    heap_stats(h, &d);
    fill_counts(&d, stats);
    fill_heap(h, stats);
    fill_sys(h, stats);
    fill_gc(h, stats);
}

/* What threads counted. */
static void fill_tiers(const struct heapStatsDelta *d, struct tierStats *stats)
{
    uint64_t small = 0;

    for (int i = 0; i < NumSizeClasses; i++)
        small += d->smallAllocCount[i];
    stats->tinyHits = d->tinyAllocCount;
    stats->tinyBlocks = d->tinyBlocks;
    stats->mcacheHits = small - d->refills;
    stats->refills = d->refills;
    stats->refillsReused = d->refillsReused;
    stats->refillsFresh = d->refillsFresh;
    stats->largeObjects = d->largeAllocCount;
    stats->unprofiled = d->unprofiled;
}

void mcache_readtierstats(const struct mcache *c, struct tierStats *stats)
{
    struct heapStatsDelta d;

    mcache_stats(c, &d);
    *stats = (struct tierStats){.refills = 0};
    fill_tiers(&d, stats);
}

void heap_readtierstats(struct heap *h, struct tierStats *stats)
{
    struct heapStatsDelta d;

    heap_settle(h);
    heap_stats(h, &d);
    fill_tiers(&d, stats);
    stats->spans = h->mheap.spansMade;
    stats->pages = h->mheap.pagesMade;
    stats->pageCacheHits = h->mheap.pageCacheHits;
    stats->sysMaps = h->mheap.sysMaps;
}
