/*
 * bits.h: one machine word as a set of 64: count, find, find runs.
 */
#ifndef RUNTIME_BASE_BITS_H
#define RUNTIME_BASE_BITS_H

#include "runtime/base/base.h"

/* Zeros below the lowest set bit; 64 when there is none. Go: sys.Ctz64. */
ALWAYS_INLINE uint32_t ctz64(uint64_t x)
{
    return x ? (uint32_t)__builtin_ctzll(x) : 64;
}

/* Zeros above the highest set bit; 64 when there is none.
 * Go: sys.LeadingZeros64. */
ALWAYS_INLINE uint32_t clz64(uint64_t x)
{
    return x ? (uint32_t)__builtin_clzll(x) : 64;
}

/* Bits needed to write x; 0 for 0. Go: sys.Len64. */
ALWAYS_INLINE uint32_t bits_len64(uint64_t x)
{
    return 64 - clz64(x);
}

/* Set bits. Go: sys.OnesCount64. */
ALWAYS_INLINE uint32_t popcount64(uint64_t x)
{
    return (uint32_t)__builtin_popcountll(x);
}

/* The lowest n bits set, 0 <= n <= 64. */
ALWAYS_INLINE uint64_t bits_low(uint32_t n)
{
    return n < 64 ? (1ULL << n) - 1 : ~0ULL;
}

/* Where the lowest run of n set bits begins, 1 <= n <= 64; 64 when there is no
 * such run. Shifting c onto itself by k leaves the bits that begin a run of
 * k + 1, so doubling k finds a run of n in log n steps.
 * Go: mpallocbits.go findBitRange64. */
ALWAYS_INLINE uint32_t findBitRange64(uint64_t c, uint32_t n)
{
    uint32_t missing = n - 1; /* c marks starts of runs of n - missing bits */
    for (uint32_t k = 1; missing > 0; k *= 2) {
        uint32_t step = k < missing ? k : missing;
        c &= c >> step;
        missing -= step;
    }
    return ctz64(c);
}

#endif
