/*
 * span.c: the layout of a span's slots.
 *
 *     mheap --pages--> [span] --slots--> mcentral, mcache
 *
 * Locking: a span that is being made belongs to its maker alone; it is
 * published by mspan_setState.
 *
 * Invariants of a span in use, each verified by mspan_check:
 *   span.1  whole pages: startAddr is page-aligned, npages > 0
 *   span.2  elemsize and divMul are the class's; nelems slots are all that the
 *           modelled release has of them
 *   span.3  the last slot ends within the pages
 *   span.4  allocCount <= nelems, and span.8, span.9, span.11
 *   span.5  there are allocation bits (mark bits may lack where the system
 *           refused them to the sweeper: sweep.c), and no bit behind nelems is
 *           set
 *   span.6  on no list nothing is next; whatever is next is on the same list
 * and of a list, verified by spanList_check:
 *   span.7  every span on the list names it as its list
 */
#include "alloc/span.h"
#include "alloc/gcbits.h"
#include "runtime/base/bits.h"
#include "runtime/base/throw.h"

uint32_t mspan_nelems(size_t npages, spanClass spanclass)
{
    return objsize_nelems(modelled, npages, spanClass_sizeclass(spanclass),
                          spanClass_noscan(spanclass));
}

void mspan_init(struct mspan *s, uintptr_t base, size_t npages,
                spanClass spanclass, uint32_t nelems)
{
    ASSERT(base % PageSize == 0 && npages > 0);
    ASSERT(mspan_state(s) == mSpanDead && s->list == NULL);
    uint8_t sizeclass = spanClass_sizeclass(spanclass);
    s->startAddr = base;
    s->npages = npages;
    s->spanclass = spanclass;
    s->elemsize = npages * PageSize;
    if (sizeclass != 0) {
        s->elemsize = class_to_size[sizeclass];
        s->divMul = class_to_divmagic[sizeclass];
    }
    s->nelems = (uint16_t)nelems;
    s->allocCache = bits_low(nelems);
}

/* Padding bits are never set: counting and searching go by whole words. */
static void check_bits(const struct mspan *s, const uint8_t *bits)
{
    ASSERT((uintptr_t)bits % 8 == 0);
    if (bits == NULL || s->nelems % 64 == 0)
        return;
    uint64_t last = gcbits_word(bits, align_down(s->nelems, 64));
    ASSERT(last >> (s->nelems % 64) == 0);
}

/* The slots of s among the 64 from slot i on. */
static uint64_t group_mask(const struct mspan *s, uintptr_t i)
{
    return bits_low((uint32_t)(s->nelems - i));
}

/* The run, among the 64 slots at hand. */
static uint64_t run_bits(const struct mspan *s)
{
    if (s->run == 0)
        return 0;
    return bits_low(s->run)
           << ((s->nextSlot - s->startAddr) / s->elemsize - s->freeindex) % 64;
}

uint64_t mspan_atHand(const struct mspan *s)
{
    return s->allocCache | run_bits(s);
}

/* span.8, span.9 and span.11; while a span waits to be swept too. */
static void check_cache(const struct mspan *s)
{
    ASSERT(s->freeindex % 64 == 0 || s->freeindex == s->nelems);
    ASSERT(s->freeindex <= s->nelems);
    ASSERT((s->run == 0) == (s->nextSlot == 0) && s->run <= s->allocCount);
    if (s->freeindex == s->nelems) {
        ASSERT(s->allocCache == 0 && s->run == 0);
        return;
    }
    uint64_t run = run_bits(s);
    ASSERT(s->run == 0 || s->nextSlot == mspan_slotAtHand(s, ctz64(run)));
    ASSERT(popcount64(run) == s->run && (run & s->allocCache) == 0);
    ASSERT(run == 0 || s->allocCache == 0 ||
           run < (s->allocCache & -s->allocCache));
    ASSERT((mspan_atHand(s) & gcbits_word(s->allocBits, s->freeindex)) == 0);
    ASSERT((mspan_atHand(s) & ~group_mask(s, s->freeindex)) == 0);
}

static void check_links(const struct mspan *s)
{
    ASSERT(s->next == NULL || (s->list != NULL && s->next->list == s->list));
}

void mspan_check(const struct mspan *s)
{
    uint8_t sizeclass = spanClass_sizeclass(s->spanclass);
    size_t bytes = s->npages * PageSize;
    ASSERT(s->startAddr % PageSize == 0 && s->npages > 0); /* span.1 */
    if (sizeclass == 0) {                                  /* span.2 */
        ASSERT(s->elemsize == bytes && s->divMul == 0);
    } else {
        ASSERT(s->elemsize == class_to_size[sizeclass]);
        ASSERT(s->divMul == class_to_divmagic[sizeclass]);
    }
    ASSERT(s->nelems == mspan_nelems(s->npages, s->spanclass));
    ASSERT(mspan_limit(s) <= s->startAddr + bytes); /* span.3 */
    ASSERT(s->allocCount <= s->nelems);             /* span.4 */
    check_cache(s);
    ASSERT(s->allocBits != NULL); /* span.5 */
    check_bits(s, s->allocBits);
    check_bits(s, s->gcmarkBits);
    check_links(s); /* span.6 */
}

/* Whether a list is empty may be asked without its lock: an atomic store. */
static void set_first(struct spanList *l, struct mspan *s)
{
    __atomic_store_n(&l->first, s, __ATOMIC_RELAXED);
}

void spanList_insert(struct spanList *l, struct mspan *s)
{
    ASSERT(s->list == NULL && s->next == NULL);
    s->next = l->first;
    s->list = l;
    set_first(l, s);
}

struct mspan *spanList_pop(struct spanList *l)
{
    struct mspan *s = l->first;
    if (s == NULL)
        return NULL;
    ASSERT(s->list == l);
    set_first(l, s->next);
    s->next = NULL;
    s->list = NULL;
    return s;
}

size_t spanList_check(const struct spanList *l)
{
    size_t n = 0;
    for (const struct mspan *s = l->first; s != NULL; s = s->next) {
        ASSERT(s->list == l); /* span.7 */
        n++;
    }
    return n;
}

/*
 * The slow half of finding a free slot: walking the bitmap 64 bits
 * at a time where allocCache has run out.
 *
 *     nextFreeFast --> run --nextSlot--> allocCache --nextFree--> allocBits
 *
 * Locking: none; the caller owns the span.
 *
 * Invariants (mspan_check, and heapcheck.2, heapcheck.3 of heapcheck):
 *   span.8  freeindex is a multiple of 64, or nelems
 *   span.9  the bits of allocCache and of the run are slots of the group at
 *           freeindex whose allocation bits are 0; none is behind the last slot
 *   span.10  every slot below freeindex is taken
 *   span.11  the run is run slots from nextSlot on, all of them before those of
 *            allocCache; a span that no thread caches has none
 */

void mspan_nextRun(struct mspan *s)
{
    enum { Many = 8 };
    uint64_t cache = s->allocCache;
    uint32_t first = ctz64(cache);
    /* The ones in a row from the lowest on carry into the bit behind them. */
    uint64_t behind = cache + (cache & -cache);
    uint32_t n = ctz64(behind) - first;

    ASSERT(s->run == 0 && cache != 0);
    if (n < Many) {
        mspan_nextSlot(s);
        return;
    }
    s->allocCache = cache & behind;
    s->run = (uint16_t)n;
    s->allocCount = (uint16_t)(s->allocCount + n);
    s->nextSlot = mspan_slotAtHand(s, first);
}

void mspan_endRun(struct mspan *s)
{
    s->allocCache = mspan_atHand(s);
    s->allocCount = (uint16_t)mspan_taken(s);
    s->run = 0;
    s->nextSlot = 0;
}

void mspan_refillAllocCache(struct mspan *s, uint32_t freeindex)
{
    ASSERT(freeindex % 64 == 0 && freeindex < s->nelems && s->run == 0);
    s->freeindex = (uint16_t)freeindex;
    s->foreseen = NULL;
    s->allocCache =
        ~gcbits_word(s->allocBits, freeindex) & group_mask(s, freeindex);
}

/* On to the next group. False when there is none. */
static bool next_group(struct mspan *s)
{
    if (s->nelems - s->freeindex <= 64) {
        s->freeindex = s->nelems;
        return false;
    }
    mspan_refillAllocCache(s, s->freeindex + 64u);
    return true;
}

uintptr_t mspan_nextFree(struct mspan *s)
{
    ASSERT(s->freeindex <= s->nelems && s->run == 0);
    while (s->allocCache == 0)
        if (s->freeindex == s->nelems || !next_group(s))
            return 0; /* emptymspan is never written to */
    mspan_nextRun(s);
    return nextFreeFast(s);
}

bool mspan_isAllocated(const struct mspan *s, uintptr_t index)
{
    if (index < s->freeindex || mspan_taken(s) == s->nelems)
        return true;
    if (index - s->freeindex < 64)
        return (mspan_atHand(s) >> (index - s->freeindex) & 1) == 0;
    return gcbits_get(s->allocBits, index);
}

uint64_t mspan_takenWord(const struct mspan *s, uint32_t i)
{
    ASSERT(i % 64 == 0 && i < s->nelems);
    if (i < s->freeindex)
        return group_mask(s, i);
    if (i == s->freeindex)
        return ~mspan_atHand(s) & group_mask(s, i);
    return gcbits_word(s->allocBits, i);
}
