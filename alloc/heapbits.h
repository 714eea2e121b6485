/*
 * heapbits.h: what is known of an object beside it: which of its words are
 * pointers, and what else is kept a slot (side arrays). The collector follows
 * those pointers and no others.
 *
 *     no pointers           the span class says so, nothing is kept
 *     up to 512 bytes       a bit a word in the arena's bitmap
 *     above 512 bytes       the type of the object, kept beside its span
 *
 * Both are written at allocation, the bits a little ahead of it (foresight,
 * below), by the owner of the span, without a lock.
 * Go: mbitmap.go. Difference: Go 1.19 keeps two bits a word for objects of any
 * size, the second saying where the pointers end, and spends most of an
 * allocation's time on writing them; one bit up to 512 bytes and the type above
 * is what Go 1.22 came to. There the bits lie at the end of the span and the
 * type in the object's header; here both lie outside, and room is left for them
 * where the modelled release has them (objsize.h).
 */
#ifndef ALLOC_HEAPBITS_H
#define ALLOC_HEAPBITS_H

#include "alloc/page/arena.h"
#include "alloc/span.h"
#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"
#include "runtime/type/type.h"
#include <string.h>

/* Objects of s have their types kept. */
ALWAYS_INLINE bool heapBits_wantsTypes(const struct mspan *s)
{
    return !spanClass_noscan(s->spanclass) &&
           s->elemsize > minSizeForMallocHeader;
}

/* The pointer bits of size bytes made of typ after typ; 0 < size <= 512. */
uint64_t heapBits_mask(const struct type *typ, size_t size);

/* The first 64 words of one typ, which has pointers. */
ALWAYS_INLINE uint64_t heapBits_maskOfOne(const struct type *typ)
{
    uint64_t mask;
    memcpy(&mask, typ->gcdata, sizeof(mask));
    return mask;
}

/* heapBits_mask, most often without a call. */
ALWAYS_INLINE uint64_t heapBits_maskFast(const struct type *typ, size_t size)
{
    if (LIKELY(size == typ->size))
        return heapBits_maskOfOne(typ);
    return heapBits_mask(typ, size);
}

/* The lowest n bits, 1 <= n <= 64. */
ALWAYS_INLINE uint64_t low_bits(size_t n)
{
    return ~0ull >> (64 - n);
}

/* Sets n bits from bit at of *word on to those of mask, which has none above n.
 * *next goes on where *word ends. */
ALWAYS_INLINE void heapBits_set(uint64_t *word, uint64_t *next, size_t at,
                                size_t n, uint64_t mask)
{
    *word = (*word & ~(low_bits(n) << at)) | mask << at;
    if (at + n > 64)
        *next = (*next & ~(low_bits(n) >> (64 - at))) | mask >> (64 - at);
}

/* Sets the bits of the n words from x on to those of mask. The second word is
 * looked up anew: it may belong to the next arena. */
ALWAYS_INLINE void heapBits_write(const struct arenas *a, uintptr_t x, size_t n,
                                  uint64_t mask)
{
    size_t at = x / PtrSize % 64;
    uint64_t *word = arenas_bitmapWord(a, x), *next = word;
    if (at + n > 64)
        next = arenas_bitmapWord(a, x + (64 - at) * PtrSize);
    heapBits_set(word, next, at, n, mask);
}

/* Sets the bits of the slot at x of s, whose bits lie in one piece, to those of
 * mask. */
ALWAYS_INLINE void heapBits_writeSlot(const struct mspan *s, uintptr_t x,
                                      uint64_t mask)
{
    size_t words = (x - s->startAddr) / PtrSize;
    uint64_t *word = s->heapBits + words / 64;
    heapBits_set(word, word + 1, words % 64, s->elemsize / PtrSize, mask);
}

/* The bits of the n words from x on, 1 <= n <= 64. */
ALWAYS_INLINE uint64_t heapBits_read(const struct arenas *a, uintptr_t x,
                                     size_t n)
{
    size_t at = x / PtrSize % 64;
    uint64_t mask = *arenas_bitmapWord(a, x) >> at;

    if (at + n > 64)
        mask |= *arenas_bitmapWord(a, x + (64 - at) * PtrSize) << (64 - at);
    return mask & low_bits(n);
}

/* The bits of the slot at x of s, which is at most 512 bytes. */
ALWAYS_INLINE uint64_t heapBits_readSlot(const struct arenas *a,
                                         const struct mspan *s, uintptr_t x)
{
    size_t n = s->elemsize / PtrSize;
    if (UNLIKELY(s->heapBits == NULL))
        return heapBits_read(a, x, n);
    size_t words = (x - s->startAddr) / PtrSize, at = words % 64;
    const uint64_t *word = s->heapBits + words / 64;
    uint64_t mask = *word >> at;
    if (at + n > 64)
        mask |= word[1] << (64 - at);
    return mask & low_bits(n);
}

/* Asks for what tells the pointers of the slot at x of s, a span with some. */
ALWAYS_INLINE void heapBits_prefetchSlot(const struct mspan *s, uintptr_t x)
{
    __builtin_prefetch(s->heapBits + (x - s->startAddr) / PtrSize / 64);
}

/* The object at x, a slot of s, is dataSize bytes made of typ after typ.
 * Go: heapBitsSetType. */
ALWAYS_INLINE void heapBitsSetType(const struct arenas *a,
                                   const struct mspan *s, uintptr_t x,
                                   size_t dataSize, const struct type *typ)
{
    if (UNLIKELY(s->elemsize > minSizeForMallocHeader)) {
        s->types[mspan_objIndex(s, x)] = typ;
        return;
    }
    uint64_t mask = heapBits_maskFast(typ, dataSize);
    if (LIKELY(s->heapBits != NULL))
        heapBits_writeSlot(s, x, mask);
    else
        heapBits_write(a, x, s->elemsize / PtrSize, mask);
}

/*
 * Foresight. Programs make many objects of a type: when the first one in a
 * group of slots (span.h) is made, its bits are written to all the other free
 * slots at hand as well, and objects of its type that take them have nothing to
 * write. On an AMD EPYC (Zen 3) one of 16 bytes takes 0.8 of the time. Nobody
 * looks at the bits of a slot that is free.
 */

/* Writes the bits of one object of typ to all free slots at hand of s, a span
 * of at most 512 bytes a slot. */
void heapBits_foresee(struct mspan *s, const struct type *typ);

/* Proves heapbits.2 (heapbits.c). */
void heapBits_checkForeseen(const struct mspan *s);

/*
 * A pointer for each slot of a span, kept beside it: the profile bucket of
 * every sampled object, the type of every large one. One indexed load finds
 * what Go looks for along an ordered list of special records (mheap.go
 * special). A span has such an array only while it needs one.
 */

enum { NumSideSizes = 11 }; /* 1, 2, 4 … 1024 pointers */

struct sideArrays {
    struct mutex lock;            /* guards the rest */
    void **free[NumSideSizes];    /* by log2 of the length, linked through
                                         their first element */
    uint64_t made[NumSideSizes];  /* arrays ever made of each length */
    uint64_t inuse[NumSideSizes]; /* of these given out now */
    struct sysMemStat *stat;
};

void sideArrays_init(struct sideArrays *a, struct sysMemStat *stat);

/* An array of at least n NULL pointers, 1 <= n <= 1024; NULL without memory.
 * The caller's until sideArrays_free with the same n. */
void *sideArrays_alloc(struct sideArrays *a, uint32_t n);
void sideArrays_free(struct sideArrays *a, void *array, uint32_t n);

/* Proves that every array made is given out or on its free list. */
void sideArrays_check(struct sideArrays *a);

#endif
