/*
 * heap.c: building a heap from its tiers, lowest first, and keeping the list of
 * the threads' mcaches.
 *
 * Locking: h->mcacheLock for the list. Looking at another thread's mcache is
 * only allowed while the world is stopped.
 *
 * Invariants (heap_check):
 *   heap.1  nmcaches is the length of allmcaches
 */
#include "alloc/heap.h"
#include "alloc/mcache.h"
#include "runtime/base/throw.h"

bool heap_init(struct heap *h, int32_t gcPercent, int64_t memoryLimit)
{
    if (!mheap_init(&h->mheap, sizeof(struct mcache)))
        return false;
    sideArrays_init(&h->sides, &sysstats.other_sys);
    gcController_init(&h->controller, &h->mheap, gcPercent, memoryLimit);
    h->sweeper.mheap = &h->mheap;
    h->sweeper.shelves = h->shelves;
    h->sweeper.controller = &h->controller;
    h->sweeper.sides = &h->sides;
    sweeper_init(&h->sweeper);
    h->source = (struct spanSource){&h->mheap, &h->sweeper, &h->sides};
    for (int i = 0; i < NumSpanClasses; i++) {
        shelf_init(&h->shelves[i], (spanClass)i, &h->mheap);
        mcentral_init(&h->central[i], &h->shelves[i], &h->source);
    }
    mutex_init(&h->mcacheLock, lockRankAllThreads, "mcaches");
    gcwork_init(&h->work, &h->mheap);
    return true;
}

struct mcache *heap_allocmcache(struct heap *h)
{
    struct mcache *c = mheap_allocmcache(&h->mheap);

    if (c == NULL)
        return NULL;
    mcache_init(c, h->central, &h->source);
    lock(&h->mcacheLock);
    c->alllink = h->allmcaches;
    h->allmcaches = c;
    unlock(&h->mcacheLock);
    return c;
}

static void unlink_locked(struct heap *h, struct mcache *c)
{
    struct mcache **link = &h->allmcaches;

    assertLockHeld(&h->mcacheLock);
    while (*link != c) {
        ASSERT(*link != NULL);
        link = &(*link)->alllink;
    }
    *link = c->alllink;
}

void heap_freemcache(struct heap *h, struct mcache *c)
{
    mcache_releaseAll(c);
    mheap_flushPageCache(&h->mheap, &c->local.pcache);
    lock(&h->mcacheLock);
    unlink_locked(h, c);
    heapStatsDelta_merge(&h->past, &c->local.stats);
    unlock(&h->mcacheLock);
    mheap_freemcache(&h->mheap, c);
}

void heap_settle(struct heap *h)
{
    for (struct mcache *c = h->allmcaches; c != NULL; c = c->alllink)
        mcache_settle(c);
}

void heap_flushallmcaches(struct heap *h)
{
    for (struct mcache *c = h->allmcaches; c != NULL; c = c->alllink)
        mcache_releaseAll(c);
}

void heap_stats(struct heap *h, struct heapStatsDelta *out)
{
    struct heapStatsDelta one;

    *out = h->past;
    for (struct mcache *c = h->allmcaches; c != NULL; c = c->alllink) {
        mcache_stats(c, &one);
        heapStatsDelta_merge(out, &one);
    }
}
