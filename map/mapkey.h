/*
 * mapkey.h: what differs between the four families of map functions, and
 * nothing else. Both kinds of map are made from it.
 *
 * Go has each map function four times: for any key, and by hand for keys that
 * are 4 plain bytes, 8 plain bytes or a string. Here each is written once, as
 * an inlined body that takes the family f as a constant; the compiler makes the
 * four of it. All they ever ask of a key stands below.
 *
 * f is MAP_SLOW, MAP_FAST32, MAP_FAST64 or MAP_FASTSTR: on a 64-bit machine the
 * two families for pointers are the plain ones, since no write barrier is
 * needed while the collector stops the world.
 */
#ifndef MAP_MAPKEY_H
#define MAP_MAPKEY_H

#include "map/maptype.h"
#include "runtime/type/hash.h"
#include <string.h>

/* Bytes of a slot. */

/* Copies n bytes, few and seldom known when compiled: gcc makes `rep movs` of a
 * memcpy here, which takes longer to start than most slots to copy. */
ALWAYS_INLINE void slot_copy(void *to, const void *from, size_t n)
{
    const char *src = from;
    char *dst = to;
    if (LIKELY(n == 8)) {
        memcpy(dst, src, 8);
        return;
    }
    if (UNLIKELY(n < 8)) {
        while (n-- > 0)
            dst[n] = src[n];
        return;
    }
    for (size_t i = 0; i + 8 < n; i += 8)
        memcpy(dst + i, src + i, 8);
    memcpy(dst + n - 8, src + n - 8, 8);
}

/* slot_copy of a whole slot by 16 bytes at a time, for moves of many: seldom
 * has one less. */
ALWAYS_INLINE void slot_move(void *to, const void *from, size_t n)
{
    enum { Wide = 16 };
    const char *src = from;
    char *dst = to;
    if (UNLIKELY(n < Wide)) {
        slot_copy(to, from, n);
        return;
    }
    for (size_t i = 0; i + Wide < n; i += Wide)
        memcpy(dst + i, src + i, Wide);
    memcpy(dst + n - Wide, src + n - Wide, Wide);
}

/* Zeroes n bytes; see slot_copy. */
ALWAYS_INLINE void slot_zero(void *at, size_t n)
{
    char *p = at;
    if (UNLIKELY(n < 8)) {
        while (n-- > 0)
            p[n] = 0;
        return;
    }
    for (size_t i = 0; i + 8 < n; i += 8)
        memset(p + i, 0, 8);
    memset(p + n - 8, 0, 8);
}

/* Keys. */

/* Bytes of a key's slot. */
ALWAYS_INLINE size_t family_keysize(const struct maptype *t, enum mapfast f)
{
    switch (f) {
    case MAP_FAST32:
        return sizeof(uint32_t);
    case MAP_FAST64:
        return sizeof(uint64_t);
    case MAP_FASTSTR:
        return sizeof(struct gostring);
    default:
        return t->keysize;
    }
}

/* Where the key of a slot lies: in it, or where it points. */
ALWAYS_INLINE void *slot_key(const struct maptype *t, enum mapfast f,
                             void *slot)
{
    return f == MAP_SLOW && t->indirectkey ? *(void **)slot : slot;
}

/* Where the element of a slot lies. Only the slow family has large ones. */
ALWAYS_INLINE void *slot_elem(const struct maptype *t, enum mapfast f,
                              void *slot)
{
    return f == MAP_SLOW && t->indirectelem ? *(void **)slot : slot;
}

/* The compiler of Go gives the fast families these very hashers: asking them
 * directly spares the call through the descriptor. */
ALWAYS_INLINE uintptr_t key_hash(const struct maptype *t, enum mapfast f,
                                 const void *key, uintptr_t seed)
{
    switch (f) {
    case MAP_FAST32:
        return memhash32_fast((uint32_t)r4(key), seed);
    case MAP_FAST64:
        return memhash64_fast(r8(key), seed);
    case MAP_FASTSTR:
        return strhash_fast(key, seed);
    default:
        return t->key->hash(t->key, key, seed);
    }
}

/* Can a key be hashed and compared in line, by two loads that may overlap? Only
 * strings may be too long for that, or too short. */
ALWAYS_INLINE bool key_is_short(enum mapfast f, const void *key)
{
    enum { Least = 4 };
    if (f != MAP_FASTSTR)
        return true;
    size_t n = (size_t)((const struct gostring *)key)->len;
    return LIKELY(n - Least <= ShortString - Least);
}

/* key_hash of such a key. */
ALWAYS_INLINE uintptr_t short_key_hash(const struct maptype *t, enum mapfast f,
                                       const void *key, uintptr_t seed)
{
    return f == MAP_FASTSTR ? strhash_short(key, seed)
                            : key_hash(t, f, key, seed);
}

/* The same where it is known that AES hashes. */
ALWAYS_INLINE uintptr_t short_key_aeshash(enum mapfast f, const void *key,
                                          uintptr_t seed)
{
    if (f == MAP_FAST32)
        return aeshash32((uint32_t)r4(key), seed);
    if (f == MAP_FAST64)
        return aeshash64(r8(key), seed);
    const struct gostring *s = key;
    return aeshash_short(s->str, seed, (size_t)s->len);
}

/* a[0:n] == b[0:n]. Keys are short: up to 16 bytes two loads that may overlap
 * decide, without a call. */
ALWAYS_INLINE bool bytes_equal(const char *a, const char *b, size_t n)
{
    if (n > ShortString)
        return memcmp(a, b, n) == 0;
    if (n >= 8)
        return ((r8(a) ^ r8(b)) | (r8(a + n - 8) ^ r8(b + n - 8))) == 0;
    if (n >= 4)
        return ((r4(a) ^ r4(b)) | (r4(a + n - 4) ^ r4(b + n - 4))) == 0;
    return n == 0 ||
           (a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1]);
}

ALWAYS_INLINE bool string_equal(const struct gostring *a,
                                const struct gostring *b)
{
    return a->len == b->len &&
           (a->str == b->str || bytes_equal(a->str, b->str, (size_t)a->len));
}

/* k == the key at `at` (see slot_key). */
ALWAYS_INLINE bool key_equal(const struct maptype *t, enum mapfast f,
                             const void *k, const void *at)
{
    switch (f) {
    case MAP_FAST32:
        return r4(k) == r4(at);
    case MAP_FAST64:
        return r8(k) == r8(at);
    case MAP_FASTSTR:
        return string_equal(k, at);
    default:
        return t->key->equal(t->key, k, at);
    }
}

/* Stores k over an equal key at `at`, where that makes a difference: +0 over
 * -0, or a string whose old bytes can then be collected. */
ALWAYS_INLINE void key_update(const struct maptype *t, enum mapfast f, void *at,
                              const void *k)
{
    if (f == MAP_FASTSTR)
        ((struct gostring *)at)->str = ((const struct gostring *)k)->str;
    else if (f == MAP_SLOW && t->key->needKeyUpdate)
        slot_copy(at, k, t->key->size);
}

/* Copies a key's slot as it stands: of an indirect key, the pointer. */
ALWAYS_INLINE void key_move(const struct maptype *t, enum mapfast f, void *to,
                            const void *from)
{
    slot_copy(to, from, family_keysize(t, f));
}

/* Empties a deleted key's slot of pointers; other bytes stay. */
ALWAYS_INLINE void key_clear(const struct maptype *t, enum mapfast f,
                             void *slot)
{
    if (f == MAP_FASTSTR)
        ((struct gostring *)slot)->str = NULL;
    else if (f == MAP_SLOW && t->indirectkey)
        *(void **)slot = NULL;
    else if (f != MAP_FAST32 && t->key->ptrdata != 0)
        slot_zero(slot, family_keysize(t, f));
}

#endif
