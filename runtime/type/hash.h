/*
 * hash.h: Go's hash functions, keyed by hashkey and a map's hash0.
 *
 * The fallback family (wyhash-like, hash64.go) is what Go uses with
 * GODEBUG=cpu.aes=off; given the same hashkey and seed it returns Go's values
 * bit for bit. The AES family is what Go uses by default where the processor
 * has AES. Go: alg.go, hash64.go, asm_amd64.s.
 */
#ifndef RUNTIME_TYPE_HASH_H
#define RUNTIME_TYPE_HASH_H

#include "runtime/type/hashaes.h"
#include "runtime/type/typedesc.h"
#include <string.h>

/* The process's key of the fallback hash, as Go holds it after alginit: four
 * words, every one odd where the release makes them so. (That of the AES
 * hash: hashaes.h.) */
extern uint64_t hashkey[4];

/* Sets the fallback key exactly as given (`hashkey` in a workload), for the
 * release that is modelled by now. */
void hashkey_set(const uint64_t key[4]);

/* Both keys from a seed; what Go's alginit does with random bytes. */
void alginit(uint64_t seed);

/* Chooses the family for the whole process, before the first map is made: the
 * AES hash if want and the processor has it, else the fallback (which is what
 * a program starts with). Returns whether it is AES now. */
bool hash_use_aes(bool want);

/* "AES" or "fallback": which family it is, for whoever says what was run. */
const char *hash_family(void);

uintptr_t memhash(const void *p, uintptr_t seed, size_t size);
uintptr_t memhash32(const void *p, uintptr_t seed);
uintptr_t memhash64(const void *p, uintptr_t seed);
uintptr_t strhash(const void *p, uintptr_t seed); /* p: struct gostring * */
uintptr_t f32hash(const void *p, uintptr_t seed);
uintptr_t f64hash(const void *p, uintptr_t seed);
uintptr_t c64hash(const void *p, uintptr_t seed);
uintptr_t c128hash(const void *p, uintptr_t seed);
uintptr_t nilinterhash(const void *p, uintptr_t seed); /* p: struct eface * */

/* The hash of a value inside an interface. It walks structs field by field, so
 * it differs from t->hash, which hashes neighbouring plain fields in one go,
 * as Go's two differ. t must be comparable; panics in Go's words on an
 * unhashable dynamic type. Go: alg.go typehash. */
uintptr_t typehash(const struct type *t, const void *p, uintptr_t seed);

/* t->equal of any type; panics in Go's words where t is not comparable.
 * Go: alg.go efaceeq and the compiler's eq functions. */
bool typeequal(const struct type *t, const void *a, const void *b);

/*
 * The hashes of 4 and of 8 plain bytes and of short strings, to be inlined:
 * what the map's fast functions do first. A call and the key's way through
 * memory cost as much as the hash. Go's compiler emits calls of memhash32 and
 * memhash64 in assembly here.
 */

enum { ShortString = 16 }; /* bytes that are hashed and compared in line */

/* The family chosen by hash_use_aes. */
extern bool useAeshash;

/*
 * The same for callers that also ask whether a table of 2^B buckets is small,
 * that is B < SmallB: SmallB with AES, 0 with the fallback hash, so that one
 * question answers both. A hit among 1000 integers takes 3.1 ns this way, 3.3
 * with two.
 */
enum { SmallB = 12 };
extern uint8_t aesSmallB;

/* Go: alg.go c0, c1. */
static const uint64_t hash_c0 = 33054211828000289u;
static const uint64_t hash_c1 = 23344194077549503u;

/*
 * What the fallback hash mixes with: [0] seeds, [1] to [3] the words of a key's
 * three lanes. Set with hashkey; the release decides of what. Older ones:
 * hashkey[0] ^ m1, m2, m3, m4 of Go's hash64.go. Newer: the four words of
 * hashkey.
 */
extern uint64_t fallbackkey[4];
static const uint64_t hash_m5 = 0x1d8e4e27c47d124fu; /* Go: hash64.go m5 */

ALWAYS_INLINE uint64_t r4(const void *p)
{
    uint32_t x;

    memcpy(&x, p, sizeof(x));
    return x;
}

ALWAYS_INLINE uint64_t r8(const void *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof(x));
    return x;
}

/* Both halves of a product, xored. Go: hash64.go mix (our rand.h has another
 * mix). */
ALWAYS_INLINE uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

/* Go: alg.go memhash32, hash64.go memhash32Fallback. */
ALWAYS_INLINE uintptr_t memhash32_fast(uint32_t data, uintptr_t seed)
{
    uint64_t a = data;

    if (LIKELY(useAeshash))
        return aeshash32(data, seed);
    return fold(hash_m5 ^ 4,
                fold(a ^ fallbackkey[1], a ^ seed ^ fallbackkey[0]));
}

/* Go: alg.go memhash64, hash64.go memhash64Fallback. */
ALWAYS_INLINE uintptr_t memhash64_fast(uint64_t data, uintptr_t seed)
{
    if (LIKELY(useAeshash))
        return aeshash64(data, seed);
    return fold(hash_m5 ^ 8,
                fold(data ^ fallbackkey[1], data ^ seed ^ fallbackkey[0]));
}

/* The fallback hash of at most 16 bytes. Go: hash64.go memhashFallback. */
ALWAYS_INLINE uintptr_t memhash_short(const uint8_t *p, uint64_t seed, size_t s)
{
    uint64_t a, b;

    seed ^= fallbackkey[0];
    if (s == 0)
        return seed;
    if (s < 4) {
        a = p[0] | (uint64_t)p[s >> 1] << 8 | (uint64_t)p[s - 1] << 16;
        b = 0;
    } else if (s <= 8) {
        size_t half = s == 8 ? 0 : s - 4;
        a = s == 8 ? r8(p) : r4(p);
        b = s == 8 ? a : r4(p + half);
    } else {
        a = r8(p);
        b = r8(p + s - 8);
    }
    return fold(hash_m5 ^ s, fold(a ^ fallbackkey[1], b ^ seed));
}

/* strhash of at most ShortString bytes. */
ALWAYS_INLINE uintptr_t strhash_short(const struct gostring *s, uintptr_t seed)
{
    if (LIKELY(useAeshash))
        return aeshash_short(s->str, seed, (size_t)s->len);
    return memhash_short((const uint8_t *)s->str, seed, (size_t)s->len);
}

/* Go: alg.go strhash. */
ALWAYS_INLINE uintptr_t strhash_fast(const struct gostring *s, uintptr_t seed)
{
    if (LIKELY((size_t)s->len <= ShortString))
        return strhash_short(s, seed);
    return memhash(s->str, seed, (size_t)s->len);
}

#endif
