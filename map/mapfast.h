/*
 * mapfast.h: what the Go compiler emits for m[k], m[k] = v and delete(m, k):
 * the call of the function that its key type has by hand, else of the general
 * one. Part of the door (map.h includes it); inlined, so that the user's own
 * function is the caller in a chain. Go: walk.go mapfast.
 */
#ifndef MAP_MAPFAST_H
#define MAP_MAPFAST_H

#include "map/map.h"

ALWAYS_INLINE void *map_assign(const struct maptype *t, struct hmap *h,
                               const void *key)
{
    switch (t->fast) {
    case MAP_FAST32:
        return mapassign_fast32(t, h, *(const uint32_t *)key);
    case MAP_FAST32PTR:
        return mapassign_fast32ptr(t, h, *(void *const *)key);
    case MAP_FAST64:
        return mapassign_fast64(t, h, *(const uint64_t *)key);
    case MAP_FAST64PTR:
        return mapassign_fast64ptr(t, h, *(void *const *)key);
    case MAP_FASTSTR:
        return mapassign_faststr(t, h, *(const struct gostring *)key);
    default:
        return mapassign(t, h, key);
    }
}

ALWAYS_INLINE const void *map_access2(const struct maptype *t, struct hmap *h,
                                      const void *key, bool *ok)
{
    switch (t->fast) {
    case MAP_FAST32:
    case MAP_FAST32PTR:
        return mapaccess2_fast32(t, h, *(const uint32_t *)key, ok);
    case MAP_FAST64:
    case MAP_FAST64PTR:
        return mapaccess2_fast64(t, h, *(const uint64_t *)key, ok);
    case MAP_FASTSTR:
        return mapaccess2_faststr(t, h, *(const struct gostring *)key, ok);
    default:
        return mapaccess2(t, h, key, ok);
    }
}

ALWAYS_INLINE void map_delete(const struct maptype *t, struct hmap *h,
                              const void *key)
{
    switch (t->fast) {
    case MAP_FAST32:
    case MAP_FAST32PTR:
        mapdelete_fast32(t, h, *(const uint32_t *)key);
        break;
    case MAP_FAST64:
    case MAP_FAST64PTR:
        mapdelete_fast64(t, h, *(const uint64_t *)key);
        break;
    case MAP_FASTSTR:
        mapdelete_faststr(t, h, *(const struct gostring *)key);
        break;
    default:
        mapdelete(t, h, key);
    }
}

#endif
