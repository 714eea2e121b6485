/*
 * slice.c: the arrays behind slices: make([]T, len, cap) and append.
 *
 *     make([]T, n) --> [makeslice] --> mallocgc
 *     append(s, x) --> [growslice] --> mallocgc
 *
 * Locking: none.
 */
#include "alloc/malloc.h"
#include "runtime/base/throw.h"

#include <string.h>

GOFRAME void *makeslice(const struct type *et, intptr_t len, intptr_t cap)
{
    size_t mem;
    bool overflow = mul_overflows(et->size, (size_t)cap, &mem);

    if (overflow || mem > maxAlloc || len < 0 || len > cap) {
        /* make([]T, huge) has both out of range: len is what was written. */
        overflow = mul_overflows(et->size, (size_t)len, &mem);
        if (overflow || mem > maxAlloc || len < 0)
            gopanic("runtime error: makeslice: len out of range");
        gopanic("runtime error: makeslice: cap out of range");
    }
    return mallocgc(mem, et, true);
}
GOFRAME_OF(makeslice, "runtime.makeslice");

intptr_t nextslicecap(intptr_t newLen, intptr_t oldCap)
{
    enum { threshold = 256 }; /* elements */
    uintptr_t doublecap = (uintptr_t)oldCap + (uintptr_t)oldCap;
    uintptr_t newcap = (uintptr_t)oldCap;

    if (newLen > (intptr_t)doublecap)
        return newLen;
    if (oldCap < threshold)
        return (intptr_t)doublecap;
    while (newcap < (uintptr_t)newLen)
        newcap += (newcap + 3ul * threshold) / 4;
    return newcap > INTPTR_MAX ? newLen : (intptr_t)newcap;
}

GOFRAME struct slice growslice(const struct type *et, struct slice old,
                               intptr_t cap)
{
    size_t capmem;

    if (cap < old.cap)
        gopanic("runtime error: growslice: cap out of range");
    if (et->size == 0)
        return (struct slice){&zerobase, old.len, cap};

    size_t newcap = (size_t)nextslicecap(cap, old.cap);
    bool overflow = mul_overflows(et->size, newcap, &capmem);
    capmem = roundupsize(capmem, et->ptrdata == 0);
    newcap = capmem / et->size;
    if (modelled->growsWhole)
        capmem = newcap * et->size;
    if (overflow || capmem > maxAlloc)
        gopanic("runtime error: growslice: cap out of range");

    size_t lenmem = (size_t)old.len * et->size;
    size_t newlenmem = (size_t)cap * et->size;
    char *p;
    if (et->ptrdata == 0) {
        /* append writes up to the new length itself: clear what is behind. */
        p = mallocgc(capmem, NULL, false);
        memset(p + newlenmem, 0, capmem - newlenmem);
    } else {
        p = mallocgc(capmem, et, true);
    }
    if (lenmem > 0)
        memmove(p, old.array, lenmem);
    return (struct slice){p, old.len, (intptr_t)newcap};
}
GOFRAME_OF(growslice, "runtime.growslice");
