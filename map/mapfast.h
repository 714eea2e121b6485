/*
 * mapfast.h: what the Go compiler emits for m[k], m[k] = v and delete(m, k):
 * the call of the function that its key type has by hand, else of the general
 * one. Part of the door (map.h includes it); inlined, so that the user's own
 * function is the caller in a chain. Go: walk.go mapfast.
 */
#ifndef MAP_MAPFAST_H
#define MAP_MAPFAST_H

#include "map/map.h"
#include <string.h>

/* key, but the compiler no longer knows what it points to: else it warns of the
 * 16 bytes that the branch for strings would read of a caller's int64, which
 * t never takes. */
ALWAYS_INLINE const void *key_opaque(const void *key)
{
    __asm__("" : "+r"(key));
    return key;
}

/* Keys are copied bytewise: the caller's may be of any type of that size. */
ALWAYS_INLINE uint32_t key_load32(const void *key)
{
    uint32_t word;
    memcpy(&word, key, sizeof(word));
    return word;
}

ALWAYS_INLINE uint64_t key_load64(const void *key)
{
    uint64_t word;
    memcpy(&word, key, sizeof(word));
    return word;
}

ALWAYS_INLINE void *key_loadptr(const void *key)
{
    void *p;
    memcpy(&p, key, sizeof(p));
    return p;
}

ALWAYS_INLINE struct gostring key_loadstr(const void *key)
{
    struct gostring s;
    memcpy(&s, key, sizeof(s));
    return s;
}

ALWAYS_INLINE void *map_assign(const struct maptype *t, struct hmap *h,
                               const void *key)
{
    key = key_opaque(key);
    switch (t->fast) {
    case MAP_FAST32:
        return mapassign_fast32(t, h, key_load32(key));
    case MAP_FAST32PTR:
        return mapassign_fast32ptr(t, h, key_loadptr(key));
    case MAP_FAST64:
        return mapassign_fast64(t, h, key_load64(key));
    case MAP_FAST64PTR:
        return mapassign_fast64ptr(t, h, key_loadptr(key));
    case MAP_FASTSTR:
        return mapassign_faststr(t, h, key_loadstr(key));
    default:
        return mapassign(t, h, key);
    }
}

ALWAYS_INLINE const void *map_access2(const struct maptype *t, struct hmap *h,
                                      const void *key, bool *ok)
{
    key = key_opaque(key);
    switch (t->fast) {
    case MAP_FAST32:
    case MAP_FAST32PTR:
        return mapaccess2_fast32(t, h, key_load32(key), ok);
    case MAP_FAST64:
    case MAP_FAST64PTR:
        return mapaccess2_fast64(t, h, key_load64(key), ok);
    case MAP_FASTSTR:
        return mapaccess2_faststr(t, h, key_loadstr(key), ok);
    default:
        return mapaccess2(t, h, key, ok);
    }
}

ALWAYS_INLINE void map_delete(const struct maptype *t, struct hmap *h,
                              const void *key)
{
    key = key_opaque(key);
    switch (t->fast) {
    case MAP_FAST32:
    case MAP_FAST32PTR:
        mapdelete_fast32(t, h, key_load32(key));
        break;
    case MAP_FAST64:
    case MAP_FAST64PTR:
        mapdelete_fast64(t, h, key_load64(key));
        break;
    case MAP_FASTSTR:
        mapdelete_faststr(t, h, key_loadstr(key));
        break;
    default:
        mapdelete(t, h, key);
    }
}

#endif
