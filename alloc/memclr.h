/*
 * memclr.h: zeroing a slot. Most slots are small, and for those a call of
 * memset costs more than the stores it makes.
 */
#ifndef ALLOC_MEMCLR_H
#define ALLOC_MEMCLR_H

#include "runtime/base.h"

#include <string.h>

enum { inlineClearMax = 256 }; /* bytes cleared without a call */

/* Zeroes n bytes at p, n a multiple of 8 and > 0, p 8-aligned: 16 at a time, the
 * last 16 ending at the end. Go: memclr_amd64.s memclrNoHeapPointers. */
ALWAYS_INLINE void memclrNoHeapPointers(void *p, size_t n)
{
    char *at = p, *last = at + n - 16;

    if (UNLIKELY(n > inlineClearMax)) {
        memset(p, 0, n);
        return;
    }
    if (n < 16) {
        memset(p, 0, 8);
        return;
    }
    for (; at < last; at += 16) {
        memset(at, 0, 16);
        __asm__("" : "+r"(at)); /* or the compiler makes a memset of the loop */
    }
    memset(last, 0, 16);
}

#endif
