/*
 * bytes8.h: eight bytes compared at once: by SSE2 where there is it (arch.h),
 * else by arithmetic on a 64-bit word.
 *
 * A comparison gives a set of bytes, in order of address. SSE2 has a bit for
 * each, the word has eight, of which the highest counts; so a set is asked only
 * by the functions below: is it 0, which is the first, s & (s - 1) takes the
 * first away.
 *
 * HMAP_WORDS takes the word's way also where SSE2 is, so that it can be tested.
 */
#ifndef RUNTIME_BASE_BYTES8_H
#define RUNTIME_BASE_BYTES8_H

#include "runtime/base/bits.h"
#include <string.h>

#if ARCH_X86 && !defined(HMAP_WORDS)
#    include <emmintrin.h>

enum { bytes8Bits = 1 }; /* of a set, for each byte */

struct bytes8 {
    __m128i v; /* eight bytes, and eight that do not matter */
};

ALWAYS_INLINE struct bytes8 bytes8_load(const void *p)
{
    return (struct bytes8){_mm_loadl_epi64((const __m128i *)p)};
}

/* The same byte eight times, to be compared with. */
ALWAYS_INLINE struct bytes8 bytes8_all(uint8_t byte)
{
    return (struct bytes8){_mm_set1_epi8((char)byte)};
}

/* The eight bytes of a word, the least first. */
ALWAYS_INLINE struct bytes8 bytes8_of(uint64_t word)
{
    return (struct bytes8){_mm_cvtsi64_si128((long long)word)};
}

ALWAYS_INLINE uint64_t bytes8_equal(struct bytes8 a, struct bytes8 b)
{
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a.v, b.v)) & 0xff;
}

/* The bytes of at most most, which is below 128. */
ALWAYS_INLINE uint64_t bytes8_upto(struct bytes8 a, uint8_t most)
{
    __m128i least = _mm_min_epu8(a.v, _mm_set1_epi8((char)most));
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a.v, least)) & 0xff;
}

/* The bytes of 128 and more. */
ALWAYS_INLINE uint64_t bytes8_high(struct bytes8 a)
{
    return (uint32_t)_mm_movemask_epi8(a.v) & 0xff;
}

/* All that are not in set. */
ALWAYS_INLINE uint64_t bytes8_others(uint64_t set)
{
    return set ^ 0xff;
}

/* Bit i for byte i. */
ALWAYS_INLINE uint32_t bytes8_bits(uint64_t set)
{
    return (uint32_t)set;
}

#else

enum { bytes8Bits = 8 };

struct bytes8 {
    uint64_t v;
};

ALWAYS_INLINE struct bytes8 bytes8_load(const void *p)
{
    struct bytes8 a;
    memcpy(&a.v, p, sizeof(a.v));
    return a;
}

ALWAYS_INLINE struct bytes8 bytes8_all(uint8_t byte)
{
    return (struct bytes8){byte * (UINT64_MAX / 0xff)};
}

ALWAYS_INLINE struct bytes8 bytes8_of(uint64_t word)
{
    return (struct bytes8){word};
}

/* The highest bit of each byte. */
static const uint64_t bytes8Tops = UINT64_MAX / 0xff << 7;

/* A byte of the difference is 0 where its lower seven bits do not carry when
 * 127 is added, nor its highest is set. No byte carries into the next. */
ALWAYS_INLINE uint64_t bytes8_equal(struct bytes8 a, struct bytes8 b)
{
    uint64_t differ = a.v ^ b.v;
    uint64_t carried = (differ & ~bytes8Tops) + ~bytes8Tops;
    return ~(carried | differ) & bytes8Tops;
}

/* A byte without its highest bit is at most most where nothing reaches that
 * bit when 127 - most is added. */
ALWAYS_INLINE uint64_t bytes8_upto(struct bytes8 a, uint8_t most)
{
    uint64_t room = (0x7fu - most) * (UINT64_MAX / 0xff);
    uint64_t above = ((a.v & ~bytes8Tops) + room) | a.v;
    return ~above & bytes8Tops;
}

ALWAYS_INLINE uint64_t bytes8_high(struct bytes8 a)
{
    return a.v & bytes8Tops;
}

ALWAYS_INLINE uint64_t bytes8_others(uint64_t set)
{
    return set ^ bytes8Tops;
}

/* The product has a copy of the set for each byte, shifted one bit further than
 * the last; in its highest byte they all meet. */
ALWAYS_INLINE uint32_t bytes8_bits(uint64_t set)
{
    return (uint32_t)((set >> 7) * 0x0102040810204080u >> 56);
}

#endif

/* Which byte is the first of set, which has one. */
ALWAYS_INLINE uintptr_t bytes8_first(uint64_t set)
{
    return (uintptr_t)(unsigned)__builtin_ctzll(set) / bytes8Bits;
}

/* Those of set from byte i on, 0 <= i < 8. */
ALWAYS_INLINE uint64_t bytes8_from(uint64_t set, uintptr_t i)
{
    return set & (UINT64_MAX << (i * bytes8Bits));
}

/* Those behind byte i; of byte 7 none. */
ALWAYS_INLINE uint64_t bytes8_after(uint64_t set, uintptr_t i)
{
    return set & (UINT64_MAX << (i * bytes8Bits) << bytes8Bits);
}

#endif
