/*
 * processheap.c: the process's heap, as a whole: how it comes to be, what can
 * be set and asked of it, and how it ends.
 *
 *     mallocgc --a thread's first--> [processheap] --> heap, gc
 *
 * Locking: what all threads see is set and read while the world is stopped.
 */
#include "alloc/processheap.h"

#include "alloc/gc/gc.h"
#include "alloc/heap.h"
#include "alloc/mcache.h"
#include "runtime/base/throw.h"
#include "runtime/prof/callstack.h"
#include "runtime/prof/memprofile.h"
#include "runtime/sched/godebug.h"
#include "runtime/sched/thread.h"

#include <stdio.h>

struct heap theheap;
static bool theheap_ready;

static void detach_mcache(struct m *m)
{
    if (m->mcache == NULL)
        return;
    heap_freemcache(&theheap, m->mcache);
    m->mcache = NULL;
}

void mallocinit(void)
{
    if (theheap_ready)
        return;
    traceback_init();
    if (!heap_init(&theheap, readGOGC(), readGOMEMLIMIT()))
        fatal("out of memory");
    theheap_ready = true;
    thread_atdetach(detach_mcache);
}

struct heap *malloc_heap(void)
{
    mallocinit();
    return &theheap;
}

void out_of_memory(size_t size)
{
    const struct mheap *h = &theheap.mheap;
    uint64_t inUse = h->heapFree + h->heapReleased + h->heapInUse;

    fprintf(stderr,
            "runtime: out of memory: cannot allocate %zu-byte block (%llu in "
            "use)\n",
            size, (unsigned long long)inUse);
    fatal("out of memory");
}

/* Sets how many bytes mallocgc may hand out before it looks up. */
static void rearm(struct mcache *c)
{
    c->watchAll = CHECK >= 3 || debug.allocfreetrace || allocwatch != NULL;
    c->nextSample = MemProfileRate <= 0 ? INT64_MAX : nextSample();
    c->watch = mcache_unwatchedBytes(c);
}

static void rearm_all(void)
{
    for (struct mcache *c = theheap.allmcaches; c != NULL; c = c->alllink)
        rearm(c);
}

void setMemProfileRate(int64_t rate)
{
    stopTheWorld();
    MemProfileRate = rate;
    rearm_all();
    startTheWorld();
}

void malloc_watch(const struct allocWatch *w)
{
    mallocinit();
    stopTheWorld();
    allocwatch = w;
    rearm_all();
    startTheWorld();
}

struct mcache *attach_mcache(void)
{
    if (!theheap_ready)
        mallocinit();
    struct m *m = thread_attach();
    m->mcache = heap_allocmcache(&theheap);
    if (m->mcache == NULL)
        out_of_memory(sizeof(struct mcache));
    rearm(m->mcache);
    return m->mcache;
}

static struct mcache *this_mcache(void)
{
    struct mcache *c = getm()->mcache;

    return c != NULL ? c : attach_mcache();
}

void gc(void)
{
    struct mcache *c = this_mcache();

    if (!gc_cycle(&theheap, c))
        out_of_memory(theheap.work.marker.refused);
    CHECK_ALL(heapcheck());
}

int32_t gc_set_percent(int32_t percent)
{
    struct heap *h = malloc_heap();

    stopTheWorld();
    int32_t old = gcController_setGCPercent(&h->controller, percent);
    gc_commit(h);
    startTheWorld();
    return old;
}

int64_t gc_set_memory_limit(int64_t limit)
{
    struct heap *h = malloc_heap();

    stopTheWorld();
    int64_t old = gcController_setMemoryLimit(&h->controller, limit);
    gc_commit(h);
    startTheWorld();
    return old;
}

void gc_add_roots(void *p, size_t size)
{
    if (!roots_add(&malloc_heap()->work.roots, p, size))
        out_of_memory(sizeof(struct rootRange));
}

void gc_remove_roots(void *p)
{
    roots_remove(&malloc_heap()->work.roots, p);
}

void gc_scan_this_stack(void *bottom)
{
    thread_attach()->stackHi = (uintptr_t)bottom;
}

void readmemstats(struct MemStats *stats)
{
    struct heap *h = malloc_heap();

    stopTheWorld();
    heap_readmemstats(h, stats);
    startTheWorld();
}

void readtierstats(struct tierStats *stats)
{
    struct heap *h = malloc_heap();

    stopTheWorld();
    heap_readtierstats(h, stats);
    startTheWorld();
}

void readthreadtierstats(struct tierStats *stats)
{
    mcache_readtierstats(this_mcache(), stats);
}

/* The proof of the whole heap wants the world to stand still. */
void heapcheck(void)
{
    struct heap *h = malloc_heap();

    stopTheWorld();
    heap_check(h);
    startTheWorld();
}
