/*
 * mapfast.c: writes to maps with keys of 4 plain bytes, of 8 plain bytes and
 * strings: the bodies of mapbody.h, made for one kind of key each.
 *
 * The key comes by value, as in Go. These functions stand in Go's call chains
 * under these names.
 */
#include "map/classic/mapbody.h"

/* 4 bytes. Go: map_fast32.go */

GOFRAME void *mapassign_fast32(const struct maptype *t, struct hmap *h,
                               uint32_t key)
{
    return assign_body(t, h, &key, MAP_FAST32);
}
GOFRAME_OF(mapassign_fast32, "runtime.mapassign_fast32");

/* For pointers of 32 bits: Go has it on every machine, and on amd64 no key type
 * selects it. */
GOFRAME void *mapassign_fast32ptr(const struct maptype *t, struct hmap *h,
                                  void *key)
{
    uint32_t word = (uint32_t)(uintptr_t)key;
    return assign_body(t, h, &word, MAP_FAST32);
}
GOFRAME_OF(mapassign_fast32ptr, "runtime.mapassign_fast32ptr");

GOFRAME void mapdelete_fast32(const struct maptype *t, struct hmap *h,
                              uint32_t key)
{
    delete_body(t, h, &key, MAP_FAST32);
}
GOFRAME_OF(mapdelete_fast32, "runtime.mapdelete_fast32");

/* 8 bytes. Go: map_fast64.go */

GOFRAME void *mapassign_fast64(const struct maptype *t, struct hmap *h,
                               uint64_t key)
{
    return assign_body(t, h, &key, MAP_FAST64);
}
GOFRAME_OF(mapassign_fast64, "runtime.mapassign_fast64");

/* A function of its own because a chain shows which one was called. */
GOFRAME void *mapassign_fast64ptr(const struct maptype *t, struct hmap *h,
                                  void *key)
{
    uint64_t word = (uintptr_t)key;
    return assign_body(t, h, &word, MAP_FAST64);
}
GOFRAME_OF(mapassign_fast64ptr, "runtime.mapassign_fast64ptr");

GOFRAME void mapdelete_fast64(const struct maptype *t, struct hmap *h,
                              uint64_t key)
{
    delete_body(t, h, &key, MAP_FAST64);
}
GOFRAME_OF(mapdelete_fast64, "runtime.mapdelete_fast64");

/* Strings. Go: map_faststr.go */

GOFRAME void *mapassign_faststr(const struct maptype *t, struct hmap *h,
                                struct gostring key)
{
    return assign_body(t, h, &key, MAP_FASTSTR);
}
GOFRAME_OF(mapassign_faststr, "runtime.mapassign_faststr");

GOFRAME void mapdelete_faststr(const struct maptype *t, struct hmap *h,
                               struct gostring key)
{
    delete_body(t, h, &key, MAP_FASTSTR);
}
GOFRAME_OF(mapdelete_faststr, "runtime.mapdelete_faststr");
