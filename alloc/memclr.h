/*
 * memclr.h: zeroing a slot. Most slots are small, and for those a call of
 * memset costs more than the stores it makes.
 */
#ifndef ALLOC_MEMCLR_H
#define ALLOC_MEMCLR_H

#include "runtime/base.h"

#include <string.h>

enum {
    inlineClearMax = 256, /* bytes cleared without a call */
    clearAhead = 4 << 10, /* bytes; 512, 1024, 2048: up to a fifth slower */
};

/* Zeroes n bytes at p, 16 <= n <= inlineClearMax, n a multiple of 8, p
 * 8-aligned: 16 at a time, the last 16 ending at the end. */
ALWAYS_INLINE void memclr16(void *p, size_t n)
{
    char *at = p, *last = at + n - 16;

    for (; at < last; at += 16) {
        memset(at, 0, 16);
        __asm__("" : "+r"(at)); /* or the compiler makes a memset of the loop */
    }
    memset(last, 0, 16);
}

/* The same for n = 8 too. */
ALWAYS_INLINE void memclrSmall(void *p, size_t n)
{
    if (n < 16)
        memset(p, 0, 8);
    else
        memclr16(p, n);
}

/*
 * The same for what is larger. Each cache line is asked for long before it is
 * written: the processor's own streams end with the page. 64 MB that no cache
 * holds cost 0.096 ns a byte by memset, 0.06 so; what is in the level 2 cache
 * 0.015 in both. Behind the end lies what is likely to be cleared next.
 */
static NOINLINE void memclrLarge(char *at, size_t n)
{
    char *last = at + n - CacheLine;

    for (; at < last; at += CacheLine) {
        __builtin_prefetch(at + clearAhead);
        memset(at, 0, CacheLine);
        __asm__("" : "+r"(at)); /* as above */
    }
    memset(last, 0, CacheLine);
}

/* The same for any n. Go: memclr_amd64.s memclrNoHeapPointers. */
ALWAYS_INLINE void memclrNoHeapPointers(void *p, size_t n)
{
    if (UNLIKELY(n > inlineClearMax))
        memclrLarge(p, n);
    else
        memclrSmall(p, n);
}

#endif
