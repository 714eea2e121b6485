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

#include "alloc/gc/alloctrace.h"
#include "alloc/gc/gc.h"
#include "alloc/heap.h"
#include "alloc/heapbits.h"
#include "alloc/mcache.h"
#include "runtime/base/throw.h"
#include "runtime/prof/memprofile.h"
#include "runtime/sched/thread.h"

/* Bytes: the short road serves an object whose size and type are mallocgc's to
 * look at. None of so few has a header in any release. */
enum { shortRoadMax = minSizeForMallocHeader };

uintptr_t zerobase;
const uint64_t maxAlloc = 1ull << 48; /* Go: malloc.go maxAlloc */

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
static void profilealloc(struct mcache *c, struct mspan *s, uintptr_t x,
                         const struct type *typ, enum tier tier)
{
    struct allocTag tag = {
        .type = typ,
        .owner = bucket_of_owner(),
        .tier = (uint8_t)tier,
        .sizeclass = spanClass_sizeclass(s->spanclass),
    };

    c->nextSample = nextSample();
    struct bucket **profiled = s->profiled;
    if (profiled == NULL) {
        profiled = sideArrays_alloc(&theheap.sides, s->nelems);
        __atomic_store_n(&s->profiled, profiled, __ATOMIC_RELEASE);
    }
    if (profiled == NULL) {
        c->local.stats.unprofiled++;
        return;
    }
    profiled[mspan_objIndex(s, x)] = mProf_Malloc(s->elemsize, &tag);
}

/* Somebody wants to know of the object at x, slot of s, that tier gave to
 * mallocgc(size, typ, needzero). Returns it: callers keep nothing over this
 * call, so they save no registers for it. */
static NOINLINE void *malloc_watched(struct mspan *s, uintptr_t x,
                                     enum tier tier, size_t size,
                                     const struct type *typ, bool needzero)
{
    struct mcache *c = getm()->mcache;

    if (c->watchAll && s->elemsize < c->nextSample)
        c->nextSample -= s->elemsize;
    else
        profilealloc(c, s, x, typ, tier);
    c->watch = mcache_unwatchedBytes(c);
    if (c->watchAll)
        tell_allocated(s, (void *)x, tier,
                       &(struct mallocArgs){size, typ, needzero});
    CHECK_ALL(heapcheck());
    return (void *)x;
}

ALWAYS_INLINE bool is_noscan(const struct type *typ)
{
    return typ == NULL || typ->ptrdata == 0;
}

/* The object at x is complete. */
ALWAYS_INLINE void *hand_out(struct mcache *c, struct mspan *s, uintptr_t x,
                             enum tier tier, const struct mallocArgs *a)
{
    c->watch -= (int64_t)s->elemsize;
    if (UNLIKELY(c->watch < 0))
        return malloc_watched(s, x, tier, a->size, a->typ, a->needzero);
    return (void *)x;
}

/* The slot at x of s, which tier gave, becomes the object that was asked for:
 * any kind of it. */
ALWAYS_INLINE void *make_object(struct mcache *c, struct mspan *s, uintptr_t x,
                                enum tier tier, const struct mallocArgs *a)
{
    bool noscan = is_noscan(a->typ);

    if ((a->needzero || !noscan) && s->needzero)
        memclrNoHeapPointers((void *)x, s->elemsize);
    if (!noscan)
        heapBitsSetType(&theheap.mheap.arenas, s, x, a->size, a->typ);
    return hand_out(c, s, x, tier, a);
}

/* A new tiny block, of which the object takes the first bytes. */
ALWAYS_INLINE void *make_block(struct mcache *c, struct mspan *s, uintptr_t x,
                               const struct mallocArgs *a)
{
    memset((void *)x, 0, maxTinySize);
    tiny_open(c, x, a->size);
    return hand_out(c, s, x, TIER_TINY, a);
}

/* heapLive has moved. Go: mallocgc's shouldhelpgc. */
static void help_gc(struct mcache *c)
{
    if (!gc_help(&theheap, c))
        out_of_memory(theheap.work.marker.refused);
}

static bool is_tiny(const struct mallocArgs *a)
{
    return is_noscan(a->typ) && a->size < maxTinySize;
}

static spanClass class_for(const struct mallocArgs *a)
{
    bool noscan = is_noscan(a->typ);

    return is_tiny(a) ? tinySpanClass
                      : makeSpanClass(objsize_class(modelled, a->size, noscan),
                                      noscan);
}

/* The slot at x of s becomes a small object, or the block it begins. */
ALWAYS_INLINE void *make_small(struct mcache *c, struct mspan *s, uintptr_t x,
                               enum tier tier, const struct mallocArgs *a)
{
    return UNLIKELY(is_tiny(a)) ? make_block(c, s, x, a)
                                : make_object(c, s, x, tier, a);
}

/* A small object of class spc where no slot is at hand. */
static NOINLINE void *malloc_next(struct mcache *c, spanClass spc, size_t size,
                                  const struct type *typ, bool needzero)
{
    struct mallocArgs a = {size, typ, needzero};
    bool refilled = false;

    gosafepoint(); /* which may take all spans from c */
    uintptr_t x = mcache_nextFree(c, spc, &refilled);
    if (x == 0)
        out_of_memory(class_to_allocnpages[spanClass_sizeclass(spc)] *
                      (size_t)PageSize);
    void *object = make_small(c, c->alloc[spc], x,
                              refilled ? TIER_MCENTRAL : TIER_MCACHE, &a);
    if (refilled)
        help_gc(c);
    return object;
}

/* Above modelled->maxSmall: a span for the object alone. */
static NOINLINE void *malloc_large(struct mcache *c, size_t size,
                                   const struct type *typ, bool needzero)
{
    struct mallocArgs a = {size, typ, needzero};

    if (size > maxAlloc)
        out_of_memory(size);
    gosafepoint();
    struct mspan *s = mcache_allocLarge(c, size, is_noscan(typ));
    if (s != NULL) {
        void *object = make_object(c, s, s->startAddr, TIER_MHEAP, &a);
        help_gc(c);
        return object;
    }
    out_of_memory(align_up(size, PageSize));
}

/* A slot of the thread's own span, of any class. No open block has room for a
 * tiny object: the short road has looked. */
static NOINLINE void *malloc_small(struct mcache *c, size_t size,
                                   const struct type *typ, bool needzero)
{
    struct mallocArgs a = {size, typ, needzero};
    spanClass spc = class_for(&a);
    struct mspan *s = c->alloc[spc];
    uintptr_t x = nextFreeFast(s);

    if (UNLIKELY(x == 0))
        return malloc_next(c, spc, size, typ, needzero);
    return make_small(c, s, x, TIER_MCACHE, &a);
}

/* All that the short road leaves. */
ALWAYS_INLINE void *malloc_other(struct mcache *c, size_t size,
                                 const struct type *typ, bool needzero)
{
    if (size - 1 < modelled->maxSmall) /* 0 wraps around */
        return malloc_small(c, size, typ, needzero);
    if (size == 0)
        return &zerobase;
    return malloc_large(c, size, typ, needzero);
}

/* The thread's first allocation: its cache has no span and no block yet. */
static NOINLINE void *malloc_first(size_t size, const struct type *typ,
                                   bool needzero)
{
    return malloc_other(attach_mcache(), size, typ, needzero);
}

/*
 * The short road: a slot at hand in the thread's own span, or a place in its
 * open tiny block, for an object of at most shortRoadMax bytes, of newobject
 * newMax, that nobody watches. It calls nothing but, as the last,
 * make_unforeseen. NULL, and nothing has been done, where more is wanted:
 * malloc_other does that.
 */

/* Takes the next slot at hand of c's span s, if an object in it passes
 * unwatched; else 0. */
ALWAYS_INLINE uintptr_t take_unwatched(struct mcache *c, struct mspan *s)
{
    uintptr_t x = s->nextSlot;
    int64_t watch = c->watch - (int64_t)s->elemsize;

    if (UNLIKELY(x == 0) || UNLIKELY(watch < 0))
        return 0;
    c->watch = watch;
    mspan_takeNext(s);
    return x;
}

/* Of less than maxTinySize bytes: in the open block or in a new one. */
ALWAYS_INLINE void *unwatched_tiny(struct mcache *c, size_t size, size_t align)
{
    void *object = tiny_place(c, size, align);

    if (object != NULL)
        return object;
    uintptr_t x = take_unwatched(c, c->alloc[tinySpanClass]);
    if (UNLIKELY(x == 0))
        return NULL;
    memset((void *)x, 0, maxTinySize);
    tiny_open(c, x, size);
    return (void *)x;
}

/* Zeroes the slot at x of s if that is wanted and it may hold old bytes. */
ALWAYS_INLINE void zero_small(const struct mspan *s, uintptr_t x, bool wanted)
{
    if (wanted && s->needzero)
        memclrSmall((void *)x, s->elemsize);
}

/* The slot at x of s becomes an object of typ, whose bits were not foreseen.
 * Not NULL: whoever knows that need not keep what would be wanted then. */
__attribute__((returns_nonnull)) static NOINLINE void *
make_unforeseen(struct mspan *s, uintptr_t x, const struct type *typ)
{
    zero_small(s, x, true);
    heapBitsSetType(&theheap.mheap.arenas, s, x, typ->size, typ);
    if (s->foreseen == NULL && !heapBits_wantsTypes(s))
        heapBits_foresee(s, typ);
    return (void *)x;
}

/* A slot of class spc becomes one object of typ. */
ALWAYS_INLINE void *unwatched_small(struct mcache *c, spanClass spc,
                                    const struct type *typ, bool needzero)
{
    bool noscan = spanClass_noscan(spc);
    struct mspan *s = c->alloc[spc];
    uintptr_t x = take_unwatched(c, s);

    if (UNLIKELY(x == 0))
        return NULL;
    if (!noscan && UNLIKELY(s->foreseen != typ))
        return make_unforeseen(s, x, typ);
    zero_small(s, x, needzero || !noscan);
    return (void *)x;
}

ALWAYS_INLINE void *malloc_unwatched(struct mcache *c, size_t size,
                                     const struct type *typ, bool needzero)
{
    bool noscan = is_noscan(typ);

    if (UNLIKELY(size - 1 >= shortRoadMax)) /* 0 wraps around */
        return NULL;
    if (noscan && size < maxTinySize)
        return unwatched_tiny(c, size, tiny_align(size));
    if (!noscan && UNLIKELY(size != typ->size))
        return NULL;
    return unwatched_small(
        c, makeSpanClass(size_to_class8[(size + 7) / 8], noscan), typ,
        needzero);
}

/* It and newobject begin with a cache line: wherever else the linker put them,
 * a 16-byte object took up to a tenth longer. */
CACHE_ALIGNED GOFRAME void *mallocgc(size_t size, const struct type *typ,
                                     bool needzero)
{
    struct mcache *c = getm()->mcache;

    if (UNLIKELY(c == NULL))
        return malloc_first(size, typ, needzero);
    void *object = malloc_unwatched(c, size, typ, needzero);
    if (LIKELY(object != NULL))
        return object;
    return malloc_other(c, size, typ, needzero);
}
GOFRAME_OF(mallocgc, "runtime.mallocgc");

/*
 * What a type's newclass says of one of it, where the short road serves that:
 * its span class, which is positive, or the alignment of a tiny object, as a
 * negative number. What objects above newMax bytes take is their zeroing.
 */
enum { newOther = INT8_MIN, newMax = 2048 };

/* Finds that out. The modelled release, which it depends on, is chosen before
 * the first object is made. */
static int8_t newclass_of(const struct type *typ)
{
    struct mallocArgs one = {typ->size, typ, true};

    if (typ->size - 1 >= newMax) /* 0 wraps around */
        return newOther;
    if (is_tiny(&one))
        return (int8_t)-tiny_align(typ->size);
    return (int8_t)class_for(&one);
}

/* Begins with the short road itself, a call less, and which way that goes is
 * asked once a type; so Go's compiler does from 1.27 on, where it calls a
 * malloc made for the type's size. Whoever watches sees mallocgc. */
CACHE_ALIGNED GOFRAME void *newobject(const struct type *typ)
{
    struct mcache *c = getm()->mcache;
    int8_t newclass = type_newclass(typ);
    void *object = NULL;

    if (LIKELY(newclass > 0) && LIKELY(c != NULL))
        object = unwatched_small(c, (spanClass)newclass, typ, true);
    else if (LIKELY(newclass != 0 && newclass != newOther) && LIKELY(c != NULL))
        object = unwatched_tiny(c, typ->size, (size_t)-newclass);
    else if (newclass == 0)
        type_setNewclass(typ, newclass_of(typ));
    return LIKELY(object != NULL) ? object : mallocgc(typ->size, typ, true);
}
GOFRAME_OF(newobject, "runtime.newobject");

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
GOFRAME_OF(newarray, "runtime.newarray");

void discardobject(const void *p)
{
    mheap_discard(&theheap.mheap, (uintptr_t)p);
}
