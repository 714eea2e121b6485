/*
 * gomap.h: a map of either kind, and what the Go compiler emits for make(m),
 * m[k], m[k] = v, delete(m, k), clear(m) and range m: the call of the function
 * that the kind of map and the key type have by hand, else of the general one.
 * Part of the door (map.h includes it); inlined, so that the user's own
 * function is the caller in a chain. Go: walk.go mapfast.
 */
#ifndef MAP_GOMAP_H
#define MAP_GOMAP_H

#include "map/classic/mapiter.h"
#include "map/swiss/swissiter.h"
#include <string.h>

/* What a map variable points to: the header of a map of either kind, which only
 * the functions of its kind look into. Both begin with the number of
 * entries. */
struct gomap {
    uint64_t words[6];
} __attribute__((may_alias));

_Static_assert(sizeof(struct gomap) == sizeof(struct hmap) &&
                   sizeof(struct gomap) == sizeof(struct swissMap),
               "a map's header");

ALWAYS_INLINE struct hmap *classic(struct gomap *m)
{
    return (struct hmap *)m;
}

ALWAYS_INLINE struct swissMap *swiss(struct gomap *m)
{
    return (struct swissMap *)m;
}

ALWAYS_INLINE bool maptype_isSwiss(const struct maptype *t)
{
    return t->kind == MAPKIND_SWISS;
}

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

/* make(map[K]V) and make(map[K]V, h) with a constant h <= 8 that escapes: a
 * header. The map belongs to whoever can reach it; without memory the program
 * ends. */
ALWAYS_INLINE struct gomap *map_make_small(const struct maptype *t)
{
    if (maptype_isSwiss(t))
        return (struct gomap *)swiss_makemap_small();
    return (struct gomap *)makemap_small();
}

/* make(map[K]V, hint): room for hint entries, or as if without one when it is
 * negative or beyond all memory. header: where it lives when it does not
 * escape, zeroed, else NULL. */
ALWAYS_INLINE struct gomap *map_make(const struct maptype *t, intptr_t hint,
                                     struct gomap *header)
{
    if (maptype_isSwiss(t))
        return (struct gomap *)swiss_makemap(t, hint, swiss(header));
    return (struct gomap *)makemap(t, hint, classic(header));
}

/* Bytes of the largest bucket there is: eight slots of the largest keys and
 * elements that are kept in line, hash bytes and a pointer, which no group
 * has. */
enum { MaxFirst = 8 + 8 * (maxKeySize + maxElemSize) + PtrSize };

/* make(map[K]V) and make(map[K]V, h) with h <= 8 that does not escape: header
 * and first, MaxFirst bytes aligned for pointers, are zeroed memory of the
 * caller; no function is called, nothing allocated. */
ALWAYS_INLINE void map_make_stack(struct gomap *header, void *first)
{
    if (modelled->map == MAPKIND_SWISS)
        swiss_on_stack(swiss(header), first);
    else
        hmap_on_stack(classic(header), first);
}

/* len(m). */
ALWAYS_INLINE intptr_t map_len(const struct gomap *m)
{
    return m == NULL ? 0 : (intptr_t)(m->words[0] & INTPTR_MAX);
}

/* m[k] = v: address to store the element at, valid until the next write. The
 * key is copied. Panics on a NULL map and on an unhashable key. */
ALWAYS_INLINE void *map_assign(const struct maptype *t, struct gomap *m,
                               const void *key)
{
    key = key_opaque(key);
    switch (t->fast) {
    case MAP_FAST32:
        return mapassign_fast32(t, classic(m), key_load32(key));
    case MAP_FAST32PTR:
        return mapassign_fast32ptr(t, classic(m), key_loadptr(key));
    case MAP_FAST64:
        return mapassign_fast64(t, classic(m), key_load64(key));
    case MAP_FAST64PTR:
        return mapassign_fast64ptr(t, classic(m), key_loadptr(key));
    case MAP_FASTSTR:
        return mapassign_faststr(t, classic(m), key_loadstr(key));
    case SWISS_SLOW:
        return swiss_mapassign(t, swiss(m), key);
    case SWISS_FAST32:
        return swiss_mapassign_fast32(t, swiss(m), key_load32(key));
    case SWISS_FAST32PTR:
        return swiss_mapassign_fast32ptr(t, swiss(m), key_loadptr(key));
    case SWISS_FAST64:
        return swiss_mapassign_fast64(t, swiss(m), key_load64(key));
    case SWISS_FAST64PTR:
        return swiss_mapassign_fast64ptr(t, swiss(m), key_loadptr(key));
    case SWISS_FASTSTR:
        return swiss_mapassign_faststr(t, swiss(m), key_loadstr(key));
    default:
        return mapassign(t, classic(m), key);
    }
}

/* v, ok = m[k]: address of the element, or of zeroed memory of its size, not to
 * be written to; valid until the next write. A NULL map reads as empty. Panics
 * on an unhashable key. */
ALWAYS_INLINE const void *map_access2(const struct maptype *t, struct gomap *m,
                                      const void *key, bool *ok)
{
    key = key_opaque(key);
    switch (t->fast) {
    case MAP_FAST32:
    case MAP_FAST32PTR:
        return mapaccess2_fast32(t, classic(m), key_load32(key), ok);
    case MAP_FAST64:
    case MAP_FAST64PTR:
        return mapaccess2_fast64(t, classic(m), key_load64(key), ok);
    case MAP_FASTSTR:
        return mapaccess2_faststr(t, classic(m), key_loadstr(key), ok);
    case SWISS_SLOW:
        return swiss_mapaccess2(t, swiss(m), key, ok);
    case SWISS_FAST32:
    case SWISS_FAST32PTR:
        return swiss_mapaccess2_fast32(t, swiss(m), key_load32(key), ok);
    case SWISS_FAST64:
    case SWISS_FAST64PTR:
        return swiss_mapaccess2_fast64(t, swiss(m), key_load64(key), ok);
    case SWISS_FASTSTR:
        return swiss_mapaccess2_faststr(t, swiss(m), key_loadstr(key), ok);
    default:
        return mapaccess2(t, classic(m), key, ok);
    }
}

/* delete(m, k): nothing happens when it is absent. */
ALWAYS_INLINE void map_delete(const struct maptype *t, struct gomap *m,
                              const void *key)
{
    key = key_opaque(key);
    switch (t->fast) {
    case MAP_FAST32:
    case MAP_FAST32PTR:
        mapdelete_fast32(t, classic(m), key_load32(key));
        break;
    case MAP_FAST64:
    case MAP_FAST64PTR:
        mapdelete_fast64(t, classic(m), key_load64(key));
        break;
    case MAP_FASTSTR:
        mapdelete_faststr(t, classic(m), key_loadstr(key));
        break;
    case SWISS_SLOW:
        swiss_mapdelete(t, swiss(m), key);
        break;
    case SWISS_FAST32:
    case SWISS_FAST32PTR:
        swiss_mapdelete_fast32(t, swiss(m), key_load32(key));
        break;
    case SWISS_FAST64:
    case SWISS_FAST64PTR:
        swiss_mapdelete_fast64(t, swiss(m), key_load64(key));
        break;
    case SWISS_FASTSTR:
        swiss_mapdelete_faststr(t, swiss(m), key_loadstr(key));
        break;
    default:
        mapdelete(t, classic(m), key);
    }
}

/* An iteration; its place is on the caller's stack. key is NULL at the end. */
struct mapiter {
    union {
        struct {
            const void *key;
            void *elem;
            const struct maptype *t;
        };
        struct hiter classic;
        struct swissIter swiss;
    };
};

_Static_assert(offsetof(struct hiter, t) == 2 * PtrSize &&
                   offsetof(struct swissIter, t) == 2 * PtrSize,
               "both iterations begin with key, elem and type");

/* for k, v := range m: begins at a random entry of m, which may be NULL; *it
 * need not be set. Until the end, entries may be added, changed and deleted by
 * the same thread. */
ALWAYS_INLINE void mapiter_init(const struct maptype *t, struct gomap *m,
                                struct mapiter *it)
{
    if (maptype_isSwiss(t))
        swiss_mapiterinit(t, swiss(m), &it->swiss);
    else
        mapiterinit(t, classic(m), &it->classic);
}

/* The next entry: it->key is NULL after the last. */
ALWAYS_INLINE void mapiter_next(struct mapiter *it)
{
    if (maptype_isSwiss(it->t))
        swiss_mapiternext(&it->swiss);
    else
        mapiternext(&it->classic);
}

/* for k := range m { delete(m, k) }, and clear(m) of a key type that equals
 * itself: all at once, else one by one, as a key (NaN) may differ from itself.
 */
ALWAYS_INLINE void map_clear(const struct maptype *t, struct gomap *m)
{
    if (t->key->reflexiveKey) {
        if (maptype_isSwiss(t))
            swiss_mapclear(t, swiss(m));
        else
            mapclear(t, classic(m));
        return;
    }
    struct mapiter it;
    for (mapiter_init(t, m, &it); it.key != NULL; mapiter_next(&it))
        map_delete(t, m, it.key);
}

/* Proves every invariant of one map at rest; throws where one does not hold.
 * Reads all of it: O(entries). */
ALWAYS_INLINE void map_check(const struct maptype *t, struct gomap *m)
{
    if (maptype_isSwiss(t))
        swisscheck(t, swiss(m));
    else
        mapcheck(t, classic(m));
}

#endif
