/*
 * hashaes.h: the hash that Go uses where the processor has AES instructions.
 * Keyed by aeskeysched (hash.h). Go: asm_amd64.s memhash, memhash32, memhash64.
 */
#ifndef RUNTIME_HASHAES_H
#define RUNTIME_HASHAES_H

#include "runtime/hash.h"

#include <emmintrin.h>

/* AES, SSSE3 and SSE4.1 are there: what Go's alginit asks for. */
bool aeshash_supported(void);

/* Only where aeshash_supported. */
uintptr_t aeshash(const void *p, uintptr_t seed, size_t size);

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

ALWAYS_INLINE uintptr_t aeshash32(uint32_t data, uintptr_t seed)
{
    return aeshash64(data, seed);
}

#endif
