/*
 * memclr.h: zeroing a slot. Most slots are small, and for those a call of
 * memset costs more than the stores it makes.
 */
#ifndef ALLOC_MEMCLR_H
#define ALLOC_MEMCLR_H

#include "runtime/base.h"

#include <string.h>

enum { inlineClearMax = 256 }; /* bytes cleared without a call */

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

/* The same for any n. Go: memclr_amd64.s memclrNoHeapPointers. */
ALWAYS_INLINE void memclrNoHeapPointers(void *p, size_t n)
{
    if (UNLIKELY(n > inlineClearMax))
        memset(p, 0, n);
    else
        memclrSmall(p, n);
}

#endif
