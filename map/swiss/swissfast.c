/*
 * swissfast.c: writes to maps with keys of 4 plain bytes, of 8 plain bytes,
 * pointers and strings: the bodies of swissbody.h, made for one kind of key
 * each.
 *
 * The key comes by value, as in Go. These functions stand in Go's call chains
 * under these names. What is not ordinary is done by other_… and further_…,
 * which they call: plumbing, so a chain shows what those allocate under their
 * names.
 */
#include "map/swiss/ordinary.h"

/* 4 bytes. */

static NOINLINE void *other_fast32(const struct maptype *t, struct swissMap *m,
                                   uint32_t key)
{
    return assign_body(t, m, &key, MAP_FAST32);
}

static NOINLINE void *further_fast32(const struct maptype *t,
                                     struct swissMap *m, uint32_t key,
                                     uintptr_t hash)
{
    struct sought want = {&key, hash};
    return assign_hashed(t, m, &want, MAP_FAST32);
}

ALWAYS_INLINE void *assign_fast32(const struct maptype *t, struct swissMap *m,
                                  uint32_t key)
{
    if (!is_ordinary(m, &key, MAP_FAST32))
        return other_fast32(t, m, key);
    struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FAST32)};
    void *elem = ordinary_assign(t, m, &want, MAP_FAST32);
    if (UNLIKELY(elem == NULL))
        return further_fast32(t, m, key, want.hash);
    return elem;
}

GOFRAME void *swiss_mapassign_fast32(const struct maptype *t,
                                     struct swissMap *m, uint32_t key)
{
    return assign_fast32(t, m, key);
}
GOFRAME_OF(swiss_mapassign_fast32, "runtime.mapassign_fast32");

/* For pointers of 32 bits: Go has it on every machine, and on amd64 no key type
 * selects it. */
GOFRAME void *swiss_mapassign_fast32ptr(const struct maptype *t,
                                        struct swissMap *m, void *key)
{
    return assign_fast32(t, m, (uint32_t)(uintptr_t)key);
}
GOFRAME_OF(swiss_mapassign_fast32ptr, "runtime.mapassign_fast32ptr");

/* 8 bytes. */

static NOINLINE void *other_fast64(const struct maptype *t, struct swissMap *m,
                                   uint64_t key)
{
    return assign_body(t, m, &key, MAP_FAST64);
}

static NOINLINE void *further_fast64(const struct maptype *t,
                                     struct swissMap *m, uint64_t key,
                                     uintptr_t hash)
{
    struct sought want = {&key, hash};
    return assign_hashed(t, m, &want, MAP_FAST64);
}

ALWAYS_INLINE void *assign_fast64(const struct maptype *t, struct swissMap *m,
                                  uint64_t key)
{
    if (!is_ordinary(m, &key, MAP_FAST64))
        return other_fast64(t, m, key);
    struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FAST64)};
    void *elem = ordinary_assign(t, m, &want, MAP_FAST64);
    if (UNLIKELY(elem == NULL))
        return further_fast64(t, m, key, want.hash);
    return elem;
}

GOFRAME void *swiss_mapassign_fast64(const struct maptype *t,
                                     struct swissMap *m, uint64_t key)
{
    return assign_fast64(t, m, key);
}
GOFRAME_OF(swiss_mapassign_fast64, "runtime.mapassign_fast64");

/* Pointers: not in every release that prunes do these writes, too. */

static NOINLINE void *other_fast64ptr(const struct maptype *t,
                                      struct swissMap *m, uint64_t key)
{
    return assign_body(t, m, &key, MAP_FAST64PTR);
}

static NOINLINE void *further_fast64ptr(const struct maptype *t,
                                        struct swissMap *m, uint64_t key,
                                        uintptr_t hash)
{
    struct sought want = {&key, hash};
    return assign_hashed(t, m, &want, MAP_FAST64PTR);
}

ALWAYS_INLINE void *assign_fast64ptr(const struct maptype *t,
                                     struct swissMap *m, uint64_t key)
{
    if (!is_ordinary(m, &key, MAP_FAST64))
        return other_fast64ptr(t, m, key);
    struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FAST64)};
    void *elem = ordinary_assign(t, m, &want, MAP_FAST64);
    if (UNLIKELY(elem == NULL))
        return further_fast64ptr(t, m, key, want.hash);
    return elem;
}

GOFRAME void *swiss_mapassign_fast64ptr(const struct maptype *t,
                                        struct swissMap *m, void *key)
{
    return assign_fast64ptr(t, m, (uintptr_t)key);
}
GOFRAME_OF(swiss_mapassign_fast64ptr, "runtime.mapassign_fast64ptr");

/* Strings. */

static NOINLINE void *other_faststr(const struct maptype *t, struct swissMap *m,
                                    struct gostring key)
{
    return assign_body(t, m, &key, MAP_FASTSTR);
}

static NOINLINE void *further_faststr(const struct maptype *t,
                                      struct swissMap *m, struct gostring key,
                                      uintptr_t hash)
{
    struct sought want = {&key, hash};
    return assign_hashed(t, m, &want, MAP_FASTSTR);
}

ALWAYS_INLINE void *assign_faststr(const struct maptype *t, struct swissMap *m,
                                   struct gostring key)
{
    if (!is_ordinary(m, &key, MAP_FASTSTR))
        return other_faststr(t, m, key);
    struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FASTSTR)};
    void *elem = ordinary_assign(t, m, &want, MAP_FASTSTR);
    if (UNLIKELY(elem == NULL))
        return further_faststr(t, m, key, want.hash);
    return elem;
}

GOFRAME void *swiss_mapassign_faststr(const struct maptype *t,
                                      struct swissMap *m, struct gostring key)
{
    return assign_faststr(t, m, key);
}
GOFRAME_OF(swiss_mapassign_faststr, "runtime.mapassign_faststr");
