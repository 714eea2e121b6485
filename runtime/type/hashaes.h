/*
 * hashaes.h: the hash that Go uses where the processor has AES instructions.
 * Go: asm_amd64.s memhash, memhash32, memhash64.
 */
#ifndef RUNTIME_TYPE_HASHAES_H
#define RUNTIME_TYPE_HASHAES_H

#include "runtime/base/base.h"
#include <string.h>

/* The key: 128 bytes of key schedule, as Go holds it after alginit. */
enum { hashRandomBytes = 128 };
extern uint8_t aeskeysched[hashRandomBytes]; /* 16-aligned */

/* AES, SSSE3 and SSE4.1 are there: what Go's alginit asks for. */
bool aeshash_supported(void);

/* Only where aeshash_supported. */
uintptr_t aeshash(const void *p, uintptr_t seed, size_t size);

#if ARCH_X86
#    include <emmintrin.h>

/* Three rounds, each with another key, over eight bytes of data above eight of
 * seed: short enough to stand in its caller. In assembly, because a compiler
 * inlines AES instructions only into code that may use them everywhere. */
ALWAYS_INLINE uintptr_t aeshash64(uint64_t data, uintptr_t seed)
{
    const __m128i *key = (const __m128i *)(const void *)aeskeysched;
    __m128i x = _mm_set_epi64x((long long)data, (long long)seed);

    __asm__("aesenc %1, %0\n\t"
            "aesenc %2, %0\n\t"
            "aesenc %3, %0"
            : "+x"(x)
            : "m"(key[0]), "m"(key[1]), "m"(key[2]));
    return (uint64_t)_mm_cvtsi128_si64(x);
}

/* The 1 to 16 bytes at p, zeros after them. */
ALWAYS_INLINE __m128i load_short(const uint8_t *p, size_t n)
{
    uint64_t lo, hi;

    if (n >= 8) {
        memcpy(&lo, p, 8);
        memcpy(&hi, p + n - 8, 8);
        hi = hi >> (64 - 4 * n) >> (64 - 4 * n); /* at 8 bytes it is by 64 */
        return _mm_set_epi64x((long long)hi, (long long)lo);
    }
    if (n >= 4) {
        uint32_t a, b;

        memcpy(&a, p, 4);
        memcpy(&b, p + n - 4, 4);
        lo = a | (uint64_t)b << 8 * (n - 4);
    } else {
        lo = p[0] | (uint64_t)p[n / 2] << 8 * (n / 2) |
             (uint64_t)p[n - 1] << 8 * (n - 1);
    }
    return _mm_cvtsi64_si128((long long)lo);
}

/* Where aeshash of n bytes begins: 64 bits of seed, then the length's low 16
 * bits four times. */
ALWAYS_INLINE __m128i aes_start(uintptr_t seed, size_t n)
{
    __m128i start = _mm_cvtsi64_si128((long long)seed);

    start = _mm_insert_epi16(start, (short)(uint16_t)n, 4);
    return _mm_shufflehi_epi16(start, 0);
}

/* aeshash of at most 16 bytes, to stand in its caller, hence in assembly
 * too. */
ALWAYS_INLINE uintptr_t aeshash_short(const void *p, uintptr_t seed, size_t n)
{
    const __m128i *key = (const __m128i *)(const void *)aeskeysched;
    __m128i x = _mm_xor_si128(aes_start(seed, n), key[0]);

    __asm__("aesenc %0, %0" : "+x"(x));
    if (UNLIKELY(n == 0)) {
        __asm__("aesenc %0, %0" : "+x"(x));
        return (uint64_t)_mm_cvtsi128_si64(x);
    }
    x = _mm_xor_si128(x, load_short(p, n));
    __asm__("aesenc %0, %0\n\t"
            "aesenc %0, %0\n\t"
            "aesenc %0, %0"
            : "+x"(x));
    return (uint64_t)_mm_cvtsi128_si64(x);
}

#else /* nobody asks */

ALWAYS_INLINE uintptr_t aeshash64(uint64_t data, uintptr_t seed)
{
    return aeshash(&data, seed, sizeof(data));
}

ALWAYS_INLINE uintptr_t aeshash_short(const void *p, uintptr_t seed, size_t n)
{
    return aeshash(p, seed, n);
}

#endif

ALWAYS_INLINE uintptr_t aeshash32(uint32_t data, uintptr_t seed)
{
    return aeshash64(data, seed);
}

#endif
