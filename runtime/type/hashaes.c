/*
 * hashaes.c: the hash that Go uses where the processor has AES instructions.
 *
 * Data is xored into registers that hold seed, length and key, and every
 * register goes through three rounds of AES: cheap, and no input bit can be
 * followed through it without the key. Longer inputs use more registers side by
 * side, because a round takes several cycles but one can start every cycle.
 * All loads from longer inputs may overlap; the ends are always covered.
 *
 * The loops over lanes are unrolled, so that the lanes stay in registers: 100
 * bytes then take 12 ns, as in Go's assembly, else 25.
 *
 * Bit for bit Go's values for a given aeskeysched. Difference: inputs below 16
 * bytes are read by two overlapping loads instead of one load past the end.
 */
#include "runtime/type/hashaes.h"

uint8_t aeskeysched[hashRandomBytes] __attribute__((aligned(16)));

#if ARCH_X86
#    include <immintrin.h>

#    define AESCODE __attribute__((target("aes,sse4.1,ssse3")))

bool aeshash_supported(void)
{
    return __builtin_cpu_supports("aes") && __builtin_cpu_supports("ssse3") &&
           __builtin_cpu_supports("sse4.1");
}

AESCODE static inline __m128i load(const void *p)
{
    return _mm_loadu_si128(p);
}

AESCODE static inline __m128i key(size_t i)
{
    return _mm_load_si128((const __m128i *)aeskeysched + i);
}

AESCODE static inline __m128i scramble(__m128i x)
{
    return _mm_aesenc_si128(x, x);
}

AESCODE static inline __m128i scramble3(__m128i x)
{
    return scramble(scramble(scramble(x)));
}

AESCODE static inline uintptr_t low(__m128i x)
{
    return (uint64_t)_mm_cvtsi128_si64(x);
}

/* nlanes starting values: the seed under nlanes different keys; the first is
 * already there. */
AESCODE static inline void make_seeds(__m128i lane[], size_t nlanes,
                                      __m128i seed)
{
#    pragma GCC unroll 8
    for (size_t i = 1; i < nlanes; i++)
        lane[i] = scramble(_mm_xor_si128(seed, key(i)));
}

/* 16 bytes into each lane: half of the lanes read from the start, half up to
 * the end, and the two may overlap. */
AESCODE static inline void hash_ends(__m128i lane[], size_t nlanes,
                                     const uint8_t *p, size_t n)
{
#    pragma GCC unroll 8
    for (size_t i = 0; i < nlanes; i++) {
        const uint8_t *from = i < nlanes / 2 ? p : p + n - 16 * nlanes;
        lane[i] = scramble3(_mm_xor_si128(lane[i], load(from + 16 * i)));
    }
}

AESCODE static inline uintptr_t aes17to32(const uint8_t *p, size_t n,
                                          __m128i seed, __m128i first)
{
    __m128i lane[2] = {first};

    make_seeds(lane, 2, seed);
    hash_ends(lane, 2, p, n);
    return low(_mm_xor_si128(lane[0], lane[1]));
}

AESCODE static inline uintptr_t aes33to64(const uint8_t *p, size_t n,
                                          __m128i seed, __m128i first)
{
    __m128i lane[4] = {first};

    make_seeds(lane, 4, seed);
    hash_ends(lane, 4, p, n);
    lane[0] = _mm_xor_si128(lane[0], lane[2]);
    lane[1] = _mm_xor_si128(lane[1], lane[3]);
    return low(_mm_xor_si128(lane[0], lane[1]));
}

AESCODE static inline uintptr_t combine8(const __m128i lane[8])
{
    __m128i a = _mm_xor_si128(lane[0], lane[4]);
    __m128i b = _mm_xor_si128(lane[1], lane[5]);
    __m128i c = _mm_xor_si128(lane[2], lane[6]);
    __m128i d = _mm_xor_si128(lane[3], lane[7]);

    return low(_mm_xor_si128(_mm_xor_si128(a, c), _mm_xor_si128(b, d)));
}

AESCODE static uintptr_t aes65to128(const uint8_t *p, size_t n, __m128i seed,
                                    __m128i first)
{
    __m128i lane[8] = {first};

    make_seeds(lane, 8, seed);
    hash_ends(lane, 8, p, n);
    return combine8(lane);
}

/* The last 128 bytes first, then whole blocks from the start: the block that
 * the two would share is hashed twice rather than cut. */
AESCODE static uintptr_t aes129plus(const uint8_t *p, size_t n, __m128i seed,
                                    __m128i first)
{
    __m128i lane[8] = {first};

    make_seeds(lane, 8, seed);
#    pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++)
        lane[i] = _mm_xor_si128(lane[i], load(p + n - 128 + 16 * i));
    for (size_t blocks = (n - 1) / 128; blocks > 0; blocks--) {
#    pragma GCC unroll 8
        for (size_t i = 0; i < 8; i++)
            lane[i] = _mm_aesenc_si128(scramble(lane[i]), load(p + 16 * i));
        p += 128;
    }
#    pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++)
        lane[i] = scramble3(lane[i]);
    return combine8(lane);
}

AESCODE uintptr_t aeshash(const void *p, uintptr_t seed, size_t size)
{
    if (size <= 16)
        return aeshash_short(p, seed, size);
    __m128i start = aes_start(seed, size);
    __m128i first = scramble(_mm_xor_si128(start, key(0)));
    if (size <= 32)
        return aes17to32(p, size, start, first);
    if (size <= 64)
        return aes33to64(p, size, start, first);
    if (size <= 128)
        return aes65to128(p, size, start, first);
    return aes129plus(p, size, start, first);
}

#else
#    include "runtime/base/throw.h"

bool aeshash_supported(void)
{
    return false;
}

uintptr_t aeshash(const void *p, uintptr_t seed, size_t size)
{
    throw("aeshash: %zu bytes at %p, seed %zu: no AES here", size, p, seed);
}

#endif
