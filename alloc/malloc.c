/*
 * malloc.c: mallocgc, where every object of a program begins. The essay is in
 * malloc.h.
 *
 *     newobject, newarray, makeslice, growslice --> [mallocgc] --> mcache
 *
 * An allocation that finds a slot in the thread's own span takes no lock and no
 * atomic, and passes one test (c->watch) for everything that might want to know
 * of it: the profile, the tracer, the checks.
 *
 * The world may be stopped where a thread asks for a new span, before it has
 * one: at most a span's worth of allocations later than anybody wants it, and
 * at no cost to those in between.
 *
 * Locking: none here.
 */
#include "alloc/malloc.h"

#include "alloc/alloctrace.h"
#include "alloc/heap.h"
#include "alloc/heapbits.h"
#include "alloc/tiny.h"
#include "runtime/godebug.h"
#include "runtime/thread.h"
#include "runtime/throw.h"
#include "runtime/world.h"

#include <stdio.h>
#include <string.h>

uintptr_t zerobase;
const uint64_t maxAlloc = 1ull << 48; /* Go: malloc.go maxAlloc */

static struct heap theheap; /* of the process */
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

/* Says how much was wanted and how much is in use, and ends the program.
 * Go: mheap.go (*mheap).grow, mcache.go (*mcache).refill. */
static _Noreturn NOINLINE void out_of_memory(size_t size)
{
    const struct mheap *h = &theheap.mheap;
    uint64_t inUse = h->heapFree + h->heapReleased + h->heapInUse;

    fprintf(stderr,
            "runtime: out of memory: cannot allocate %zu-byte block (%llu in "
            "use)\n",
            size, (unsigned long long)inUse);
    fatal("out of memory");
}

/* What a tier gave: the object, its span, and who served. */
struct grant {
    void *x;
    struct mspan *s;
    enum tier tier;
    bool heapGrew; /* heapLive moved: a collection may be due */
};

/* --- what watches ------------------------------------------------------- */

/* Sets how many bytes mallocgc may hand out before it looks up. */
static void rearm(struct mcache *c)
{
    c->watchAll = CHECK >= 3 || debug.allocfreetrace;
    c->nextSample = MemProfileRate <= 0 ? INT64_MAX : nextSample();
    c->watch = c->watchAll ? 0 : (int64_t)c->nextSample;
}

/* The profile bucket of the map that the allocation is made for, known by its
 * header; NULL when there is none or its header lies on a stack. */
static const struct bucket *bucket_of_owner(void)
{
    uintptr_t p = (uintptr_t)getm()->owner;
    const struct mspan *s = mheap_spanOf(&theheap.mheap, p);

    /* The span's owner may be another thread, which profiles its first object
     * just now; not this one, which was there before. */
    struct bucket **profiled =
        s == NULL ? NULL : __atomic_load_n(&s->profiled, __ATOMIC_ACQUIRE);
    if (profiled == NULL)
        return NULL;
    return __atomic_load_n(&profiled[mspan_objIndex(s, p)], __ATOMIC_RELAXED);
}

/* Go: profilealloc. */
static void profilealloc(struct mcache *c, const struct grant *g,
                         const struct type *typ)
{
    struct mspan *s = g->s;
    struct allocTag tag = {
        .type = typ,
        .owner = bucket_of_owner(),
        .tier = (uint8_t)g->tier,
        .sizeclass = spanClass_sizeclass(s->spanclass),
    };

    c->nextSample = nextSample();
    struct bucket **profiled = s->profiled;
    if (profiled == NULL) {
        profiled = sideArrays_alloc(&theheap.sides, s->nelems);
        __atomic_store_n(&s->profiled, profiled, __ATOMIC_RELEASE);
    }
    if (profiled == NULL) {
        c->unprofiled++;
        return;
    }
    profiled[mspan_objIndex(s, (uintptr_t)g->x)] =
        mProf_Malloc(s->elemsize, &tag);
}

/* The proof of the whole heap wants the world to stand still. */
static void check_at_rest(void)
{
    struct heap *h = malloc_heap();

    stopTheWorld();
    heap_check(h);
    startTheWorld();
}

/* Somebody wants to know of the object that mallocgc(args) was granted. */
static NOINLINE void malloc_watched(struct mcache *c, struct grant g,
                                    struct mallocArgs args)
{
    size_t size = g.s->elemsize;

    if (c->watchAll && size < c->nextSample)
        c->nextSample -= size;
    else
        profilealloc(c, &g, args.typ);
    c->watch = c->watchAll ? 0 : (int64_t)c->nextSample;
    if (debug.allocfreetrace)
        tracealloc(g.x, size, &args);
    CHECK_ALL(check_at_rest());
}

void setMemProfileRate(int64_t rate)
{
    stopTheWorld();
    MemProfileRate = rate;
    for (struct mcache *c = theheap.allmcaches; c != NULL; c = c->alllink)
        rearm(c);
    startTheWorld();
}

/* --- mallocgc ------------------------------------------------------------ */

/* The thread's first allocation. */
static NOINLINE struct mcache *attach_mcache(void)
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

/* Go: (*mcache).nextFree. */
static NOINLINE struct grant next_free(struct mcache *c, spanClass spc)
{
    gosafepoint(); /* which may take all spans from c */
    bool refilled = false;
    uintptr_t v = mcache_nextFree(c, spc, &refilled);

    if (v == 0)
        out_of_memory(class_to_allocnpages[spanClass_sizeclass(spc)] *
                      (size_t)PageSize);
    return (struct grant){
        .x = (void *)v,
        .s = c->alloc[spc],
        .tier = refilled ? TIER_MCENTRAL : TIER_MCACHE,
        .heapGrew = refilled,
    };
}

ALWAYS_INLINE struct grant take_slot(struct mcache *c, spanClass spc)
{
    struct mspan *s = c->alloc[spc];
    uintptr_t v = nextFreeFast(s);

    if (UNLIKELY(v == 0))
        return next_free(c, spc);
    return (struct grant){.x = (void *)v, .s = s, .tier = TIER_MCACHE};
}

/* A new block, of which the object takes the first size bytes. */
ALWAYS_INLINE struct grant malloc_tiny(struct mcache *c, size_t size)
{
    struct grant g = take_slot(c, tinySpanClass);

    memset(g.x, 0, maxTinySize);
    tiny_open(c, g.x, size);
    g.tier = TIER_TINY;
    return g;
}

ALWAYS_INLINE struct grant malloc_small(struct mcache *c, size_t size,
                                        bool noscan, bool needzero)
{
    spanClass spc = makeSpanClass(size_to_class(size), noscan);
    struct grant g = take_slot(c, spc);

    if (needzero && g.s->needzero)
        memset(g.x, 0, g.s->elemsize);
    return g;
}

static NOINLINE struct grant malloc_large(struct mcache *c, size_t size,
                                          bool noscan, bool needzero)
{
    if (size + PageSize < size)
        out_of_memory(size);
    gosafepoint();
    struct mspan *s = mcache_allocLarge(c, size, noscan);
    if (s == NULL)
        out_of_memory(align_up(size, PageSize));
    if (needzero && s->needzero)
        memset((void *)s->startAddr, 0, s->elemsize);
    return (struct grant){(void *)s->startAddr, s, TIER_MHEAP, true};
}

/* Go: shouldhelpgc. */
static NOINLINE void malloc_helpgc(struct mcache *c)
{
    if (!gc_help(&theheap, c))
        out_of_memory(theheap.work.marker.cap * sizeof(uintptr_t));
}

GOFRAME void *mallocgc(size_t size, const struct type *typ, bool needzero)
{
    struct mcache *c = getm()->mcache;
    bool noscan = typ == NULL || typ->ptrdata == 0;
    struct grant g;

    if (UNLIKELY(size == 0))
        return &zerobase;
    if (UNLIKELY(c == NULL))
        c = attach_mcache();
    if (noscan && size < maxTinySize) {
        void *x = tiny_place(c, size);
        if (x != NULL)
            return x;
        g = malloc_tiny(c, size);
    } else if (LIKELY(size <= MaxSmallSize)) {
        g = malloc_small(c, size, noscan, needzero || !noscan);
    } else {
        g = malloc_large(c, size, noscan, needzero || !noscan);
    }
    if (!noscan)
        heapBitsSetType(&theheap.mheap.arenas, g.s, (uintptr_t)g.x, size, typ);
    c->watch -= (int64_t)g.s->elemsize;
    if (UNLIKELY(c->watch <= 0))
        malloc_watched(c, g, (struct mallocArgs){size, typ, needzero});
    if (UNLIKELY(g.heapGrew))
        malloc_helpgc(c);
    return g.x;
}

GOFRAME void *newobject(const struct type *typ)
{
    return mallocgc(typ->size, typ, true);
}

GOFRAME void *newarray(const struct type *typ, intptr_t n)
{
    size_t mem;

    if (n == 1)
        return mallocgc(typ->size, typ, true);
    bool overflow = mul_overflows(typ->size, (size_t)n, &mem);
    if (overflow || mem > maxAlloc || n < 0)
        gopanic("runtime: allocation size out of range");
    return mallocgc(mem, typ, true);
}

/* --- the collector ------------------------------------------------------- */

static struct mcache *this_mcache(void)
{
    struct mcache *c = getm()->mcache;

    return c != NULL ? c : attach_mcache();
}

void gc(void)
{
    struct mcache *c = this_mcache();

    if (!gc_cycle(&theheap, c))
        out_of_memory(theheap.work.marker.cap * sizeof(uintptr_t));
    CHECK_ALL(check_at_rest());
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

/* --- the door's questions ------------------------------------------------ */

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

void heapcheck(void)
{
    check_at_rest();
}
