/*
 * mapfast.c: the map functions for keys of 4 plain bytes, of 8 plain bytes and
 * for strings: the bodies of mapbody.h, made for one kind of key each.
 *
 * The key comes by value, as in Go. The functions that can allocate stand in
 * Go's call chains under these names.
 *
 * A look-up of an integer has no frame and saves no register, because it calls
 * nothing that it comes back from. Where the world is to be stopped it leaves
 * all to mapaccess1, which serves any key and is a safepoint.
 *
 * Difference: in a map of one bucket Go's fast look-ups compare keys without
 * hashing; here they take the one way that all look-ups take.
 */
#include "map/mapbody.h"

/* 4 bytes. Go: map_fast32.go */

const void *mapaccess1_fast32(const struct maptype *t, struct hmap *h,
                              uint32_t key)
{
    if (gosafepoint_wanted()) {
        uint32_t copy = key;
        return mapaccess1(t, h, &copy);
    }
    return slot_value(t, access_body(t, h, &key, MAP_FAST32), MAP_FAST32);
}

const void *mapaccess2_fast32(const struct maptype *t, struct hmap *h,
                              uint32_t key, bool *ok)
{
    if (gosafepoint_wanted()) {
        uint32_t copy = key;
        return mapaccess2(t, h, &copy, ok);
    }
    struct slot s = access_body(t, h, &key, MAP_FAST32);
    *ok = s.b != NULL;
    return slot_value(t, s, MAP_FAST32);
}

GOFRAME void *mapassign_fast32(const struct maptype *t, struct hmap *h,
                               uint32_t key)
{
    return assign_body(t, h, &key, MAP_FAST32);
}

/* For pointers of 32 bits: Go has it on every machine, and on amd64 no key type
 * selects it. */
GOFRAME void *mapassign_fast32ptr(const struct maptype *t, struct hmap *h,
                                  void *key)
{
    uint32_t word = (uint32_t)(uintptr_t)key;
    return assign_body(t, h, &word, MAP_FAST32);
}

GOFRAME void mapdelete_fast32(const struct maptype *t, struct hmap *h,
                              uint32_t key)
{
    delete_body(t, h, &key, MAP_FAST32);
}

/* 8 bytes. Go: map_fast64.go */

const void *mapaccess1_fast64(const struct maptype *t, struct hmap *h,
                              uint64_t key)
{
    if (gosafepoint_wanted()) {
        uint64_t copy = key;
        return mapaccess1(t, h, &copy);
    }
    return slot_value(t, access_body(t, h, &key, MAP_FAST64), MAP_FAST64);
}

const void *mapaccess2_fast64(const struct maptype *t, struct hmap *h,
                              uint64_t key, bool *ok)
{
    if (gosafepoint_wanted()) {
        uint64_t copy = key;
        return mapaccess2(t, h, &copy, ok);
    }
    struct slot s = access_body(t, h, &key, MAP_FAST64);
    *ok = s.b != NULL;
    return slot_value(t, s, MAP_FAST64);
}

GOFRAME void *mapassign_fast64(const struct maptype *t, struct hmap *h,
                               uint64_t key)
{
    return assign_body(t, h, &key, MAP_FAST64);
}

/* A function of its own because a chain shows which one was called. */
GOFRAME void *mapassign_fast64ptr(const struct maptype *t, struct hmap *h,
                                  void *key)
{
    uint64_t word = (uintptr_t)key;
    return assign_body(t, h, &word, MAP_FAST64);
}

GOFRAME void mapdelete_fast64(const struct maptype *t, struct hmap *h,
                              uint64_t key)
{
    delete_body(t, h, &key, MAP_FAST64);
}

/* Strings. Go: map_faststr.go */

const void *mapaccess1_faststr(const struct maptype *t, struct hmap *h,
                               struct gostring key)
{
    if (gosafepoint_wanted()) {
        struct gostring copy = key;
        return mapaccess1(t, h, &copy);
    }
    return slot_value(t, access_body(t, h, &key, MAP_FASTSTR), MAP_FASTSTR);
}

const void *mapaccess2_faststr(const struct maptype *t, struct hmap *h,
                               struct gostring key, bool *ok)
{
    if (gosafepoint_wanted()) {
        struct gostring copy = key;
        return mapaccess2(t, h, &copy, ok);
    }
    struct slot s = access_body(t, h, &key, MAP_FASTSTR);
    *ok = s.b != NULL;
    return slot_value(t, s, MAP_FASTSTR);
}

GOFRAME void *mapassign_faststr(const struct maptype *t, struct hmap *h,
                                struct gostring key)
{
    return assign_body(t, h, &key, MAP_FASTSTR);
}

GOFRAME void mapdelete_faststr(const struct maptype *t, struct hmap *h,
                               struct gostring key)
{
    delete_body(t, h, &key, MAP_FASTSTR);
}
