/*
 * heapbits.c: what is known of objects beside them: the pointer mask that their
 * bits are written by, and arrays of a pointer a slot.
 *
 * Invariants, verified by sideArrays_check and heapBits_checkForeseen:
 *   heapbits.1  made == inuse + length of the free list, for each length
 *   heapbits.2  where a span's foreseen is set, each free slot at hand has the
 *               pointer bits of one object of that type
 */
#include "alloc/heapbits.h"
#include "runtime/base/bits.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include <string.h>

/* Locking: none; types never change. */
uint64_t heapBits_mask(const struct type *typ, size_t size)
{
    size_t words = align_up(size, PtrSize) / PtrSize;
    size_t step = typ->size / PtrSize;

    ASSERT(size > 0 && size <= minSizeForMallocHeader && step > 0);
    if (step == 1)
        return low_bits(words);
    uint64_t one = heapBits_maskOfOne(typ), mask = one;
    for (size_t at = step; at < words; at += step)
        mask |= one << at;
    return mask & low_bits(words);
}

/*
 * Foresight.
 *
 * Locking: none; the caller owns the span.
 */

/* The slots from first to end of the group at hand are free: their bits are
 * made word by word. Behind the span's last slot they are nobody's. */
static void write_run(struct mspan *s, uint32_t first, uint32_t end,
                      uint64_t mask)
{
    size_t n = s->elemsize / PtrSize, bit = (s->freeindex + first) * n;
    size_t at = bit % 64;
    uint64_t *word = s->heapBits + bit / 64;
    uint64_t bits = at == 0 ? 0 : *word & low_bits(at);

    for (uint32_t i = first; i < end; i++) {
        bits |= mask << at;
        at += n;
        if (at < 64)
            continue;
        *word++ = bits;
        at -= 64;
        bits = at == 0 ? 0 : mask >> (n - at);
    }
    if (at > 0)
        *word = bits;
}

void heapBits_foresee(struct mspan *s, const struct type *typ)
{
    uint64_t cache = mspan_atHand(s), mask = heapBits_maskOfOne(typ);
    uint32_t left = s->nelems - s->freeindex, end = left < 64 ? left : 64;

    if (cache == 0 || s->heapBits == NULL)
        return;
    uint32_t first = ctz64(cache);
    if (cache >> first == low_bits(end - first))
        write_run(s, first, end, mask);
    else
        for (; cache != 0; cache &= cache - 1)
            heapBits_writeSlot(s, mspan_slotAtHand(s, ctz64(cache)), mask);
    s->foreseen = typ;
}

void heapBits_checkForeseen(const struct mspan *s)
{
    if (s->foreseen == NULL)
        return;
    for (uint64_t cache = mspan_atHand(s); cache != 0; cache &= cache - 1)
        ASSERT(heapBits_readSlot(NULL, s, mspan_slotAtHand(s, ctz64(cache))) ==
               heapBits_maskOfOne(s->foreseen)); /* heapbits.2 */
}

/*
 * Side arrays: by powers of two, from memory that is never given back but
 * always used again.
 *
 *     spanSource_alloc --types--> [sideArrays] <--profiled-- profilealloc
 *
 * Locking: a->lock, held for a few instructions or for one persistentalloc.
 */

void sideArrays_init(struct sideArrays *a, struct sysMemStat *stat)
{
    memset(a, 0, sizeof(*a));
    mutex_init(&a->lock, lockRankSpanSpecials, "sideArrays");
    a->stat = stat;
}

/* log2 of the length that an array of n elements gets. */
static int size_index(uint32_t n)
{
    ASSERT(n >= 1 && n <= 1u << (NumSideSizes - 1));
    return n == 1 ? 0 : 32 - __builtin_clz(n - 1);
}

static void **take_locked(struct sideArrays *a, int i)
{
    void **array = a->free[i];

    assertLockHeld(&a->lock);
    if (array != NULL) {
        a->free[i] = array[0];
    } else {
        array = persistentalloc(PtrSize << i, 0, a->stat);
        if (array == NULL)
            return NULL;
        a->made[i]++;
    }
    a->inuse[i]++;
    return array;
}

void *sideArrays_alloc(struct sideArrays *a, uint32_t n)
{
    int i = size_index(n);

    lock(&a->lock);
    void **array = take_locked(a, i);
    unlock(&a->lock);
    if (array != NULL)
        memset(array, 0, PtrSize << i);
    return array;
}

void sideArrays_free(struct sideArrays *a, void *array, uint32_t n)
{
    int i = size_index(n);
    void **freed = array;

    lock(&a->lock);
    ASSERT(a->inuse[i] > 0);
    a->inuse[i]--;
    freed[0] = a->free[i];
    a->free[i] = freed;
    unlock(&a->lock);
}

void sideArrays_check(struct sideArrays *a)
{
    lock(&a->lock);
    for (int i = 0; i < NumSideSizes; i++) {
        uint64_t nfree = 0;
        for (void **f = a->free[i]; f != NULL; f = f[0])
            nfree++;
        ASSERT(a->made[i] == a->inuse[i] + nfree); /* heapbits.1 */
    }
    unlock(&a->lock);
}
