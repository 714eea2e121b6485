/*
 * gcbits.h: the bitmaps of spans, a bit a slot: which slots are taken
 * (allocBits) and which were reached by the mark phase (gcmarkBits).
 *
 * No bitmap is ever freed by itself. All that were handed out in one collection
 * cycle die together, two cycles on: an epoch. Go: mheap.go gcBits.
 */
#ifndef ALLOC_GCBITS_H
#define ALLOC_GCBITS_H

#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"

struct gcBitsArena;

/* The chunks of bitmap memory, by epoch. lock guards the lists; taking bits
 * from the chunk at next's head needs no lock. */
struct gcBitsArenas {
    struct mutex lock;
    struct gcBitsArena *free;
    struct gcBitsArena *_Atomic next; /* handed out now */
    struct gcBitsArena *current;      /* what the last cycle marked */
    struct gcBitsArena *previous;     /* allocBits not yet swept away */
    size_t nchunks;                   /* on all four lists */
    uint32_t epoch;                   /* world stopped when it changes */
    struct sysMemStat *stat;
};

void gcBitsArenas_init(struct gcBitsArenas *b, struct sysMemStat *stat);

/* nelems zero bits, 8-aligned and padded to whole 64-bit words, valid until the
 * third nextMarkBitArenaEpoch from now; NULL without memory. Any thread; takes
 * b->lock where the newest chunk is full. Go: mheap.go newMarkBits,
 * newAllocBits */
uint8_t *newMarkBits(struct gcBitsArenas *b, size_t nelems);

/* Ends an epoch: next becomes current, current previous, and previous, which no
 * span may refer to any more, is free again. All spans were swept since the
 * last one. World stopped. Go: mheap.go nextMarkBitArenaEpoch */
void nextMarkBitArenaEpoch(struct gcBitsArenas *b);

/* Proves gcbits.1 to gcbits.2 (gcbits.c). */
void gcBitsArenas_check(struct gcBitsArenas *b);

ALWAYS_INLINE bool gcbits_get(const uint8_t *bits, size_t i)
{
    return bits[i / 8] >> (i % 8) & 1;
}

/* Sets bit i; whether it was set before. */
ALWAYS_INLINE bool gcbits_testAndSet(uint8_t *bits, size_t i)
{
    uint64_t *word = (uint64_t *)(void *)bits + i / 64;
    uint64_t bit = (uint64_t)1 << i % 64;
    bool was = (*word & bit) != 0;
    *word |= bit;
    return was;
}

/* The 64 bits from bit i on; i is a multiple of 64. */
ALWAYS_INLINE uint64_t gcbits_word(const uint8_t *bits, size_t i)
{
    return ((const uint64_t *)(const void *)bits)[i / 64];
}

#endif
