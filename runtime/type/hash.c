/*
 * hash.c: Go's hash of plain memory, strings, floats and interfaces.
 *
 *     maps --> t->hash --> [hash] --> fallback (here) or AES (hashaes.c)
 *
 * The fallback folds a 64x64-bit product: both halves of it, xored. Which
 * family is used is chosen once, before the first map; hash values never leave
 * the process, but with the fallback and a pinned key they equal Go's.
 *
 * Locking: none. The keys and the choice are set while one thread runs.
 */
#include "runtime/type/hash.h"
#include "runtime/base/goversion.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include <string.h>

/* Go: hash64.go m1 to m4, in releases that have them. */
enum {
    hash_m1 = 0xa0761d6478bd642fu,
    hash_m2 = 0xe7037ed1a0b428dbu,
    hash_m3 = 0x8ebc6af09c88c6e3u,
    hash_m4 = 0x589965cc75374cc3u,
};

uint64_t hashkey[4] = {1, 1, 1, 1};
uint64_t fallbackkey[4] = {1 ^ hash_m1, hash_m2, hash_m3, hash_m4};
bool useAeshash;
uint8_t aesSmallB;

void hashkey_set(const uint64_t key[4])
{
    const uint64_t older[4] = {key[0] ^ hash_m1, hash_m2, hash_m3, hash_m4};

    memcpy(hashkey, key, sizeof(hashkey));
    memcpy(fallbackkey, modelled->hashkeyWords ? key : older,
           sizeof(fallbackkey));
}

void alginit(uint64_t seed)
{
    uint64_t word[ARRAY_LEN(hashkey) + hashRandomBytes / 8] = {0};

    for (size_t i = 0; i < ARRAY_LEN(word); i++)
        word[i] = mix(mix(seed) + i);
    for (size_t i = 0; i < ARRAY_LEN(hashkey) && !modelled->hashkeyWords; i++)
        word[i] |= 1;
    hashkey_set(word);
    memcpy(aeskeysched, word + ARRAY_LEN(hashkey), sizeof(aeskeysched));
}

__attribute__((constructor)) static void follow_seed(void)
{
    rand_atseed(alginit);
}

bool hash_use_aes(bool want)
{
    useAeshash = want && aeshash_supported();
    aesSmallB = useAeshash ? SmallB : 0;
    return useAeshash;
}

const char *hash_family(void)
{
    return useAeshash ? "AES" : "fallback";
}

/* Consumes all but the last 1 to 16 of more than 16 bytes; returns the new
 * seed. Three lanes of 16 bytes run side by side while there is enough. */
static uint64_t fold_blocks(const uint8_t **pp, uint64_t seed, size_t *left)
{
    const uint8_t *p = *pp;
    size_t l = *left;

    if (l > 48) {
        uint64_t seed1 = seed, seed2 = seed;

        for (; l > 48; l -= 48) {
            seed = fold(r8(p) ^ fallbackkey[1], r8(p + 8) ^ seed);
            seed1 = fold(r8(p + 16) ^ fallbackkey[2], r8(p + 24) ^ seed1);
            seed2 = fold(r8(p + 32) ^ fallbackkey[3], r8(p + 40) ^ seed2);
            p += 48;
        }
        seed ^= seed1 ^ seed2;
    }
    for (; l > 16; l -= 16) {
        seed = fold(r8(p) ^ fallbackkey[1], r8(p + 8) ^ seed);
        p += 16;
    }
    *pp = p;
    *left = l;
    return seed;
}

static uintptr_t memhashFallback(const uint8_t *p, uint64_t seed, size_t s)
{
    if (s <= ShortString)
        return memhash_short(p, seed, s);
    size_t left = s;
    seed = fold_blocks(&p, seed ^ fallbackkey[0], &left);
    uint64_t a = r8(p + left - 16);
    uint64_t b = r8(p + left - 8);
    return fold(hash_m5 ^ s, fold(a ^ fallbackkey[1], b ^ seed));
}

uintptr_t memhash(const void *p, uintptr_t seed, size_t size)
{
    if (useAeshash)
        return aeshash(p, seed, size);
    return memhashFallback(p, seed, size);
}

uintptr_t memhash32(const void *p, uintptr_t seed)
{
    return memhash32_fast((uint32_t)r4(p), seed);
}

uintptr_t memhash64(const void *p, uintptr_t seed)
{
    return memhash64_fast(r8(p), seed);
}

uintptr_t strhash(const void *p, uintptr_t seed)
{
    const struct gostring *s = p;

    return memhash(s->str, seed, (size_t)s->len);
}

/* +0 and -0 are equal and must hash alike; a NaN equals nothing, so its hash is
 * random: else a million NaNs would share one bucket. */
uintptr_t f32hash(const void *p, uintptr_t seed)
{
    float f;

    memcpy(&f, p, sizeof(f));
    if (f == 0)
        return hash_c1 * (hash_c0 ^ seed);
    if (f != f)
        return hash_c1 * (hash_c0 ^ seed ^ fastrand());
    return memhash(p, seed, 4);
}

uintptr_t f64hash(const void *p, uintptr_t seed)
{
    double f;

    memcpy(&f, p, sizeof(f));
    if (f == 0)
        return hash_c1 * (hash_c0 ^ seed);
    if (f != f)
        return hash_c1 * (hash_c0 ^ seed ^ fastrand());
    return memhash(p, seed, 8);
}

uintptr_t c64hash(const void *p, uintptr_t seed)
{
    return f32hash((const char *)p + 4, f32hash(p, seed));
}

uintptr_t c128hash(const void *p, uintptr_t seed)
{
    return f64hash((const char *)p + 8, f64hash(p, seed));
}
