/*
 * swissleaf.c: look-ups and deletions of keys of 4 plain bytes, of 8 plain
 * bytes and of strings.
 *
 * None allocates, so no chain misses them: the Makefile has this file compiled
 * without frames, with jumps for last calls.
 *
 * Difference: in a small map Go's fast look-ups compare keys without hashing;
 * here they take the one way that all look-ups take.
 */
#include "map/swiss/ordinary.h"

/* What a look-up that ended at `at` gives: the element or zeroed memory, and
 * *ok, where ok is not NULL. */
ALWAYS_INLINE const void *give(const struct maptype *t, struct place at,
                               bool *ok, enum mapfast f)
{
    if (ok != NULL)
        *ok = at.group != NULL;
    return place_value(t, at, f);
}

/* 4 bytes. */

static NOINLINE const void *other_fast32(const struct maptype *t,
                                         struct swissMap *m, uint32_t key,
                                         bool *ok)
{
    gosafepoint();
    return give(t, access_body(t, m, &key, MAP_FAST32), ok, MAP_FAST32);
}

static NOINLINE const void *further_fast32(const struct maptype *t,
                                           const struct swissMap *m,
                                           uint32_t key, uintptr_t hash,
                                           bool *ok)
{
    struct sought want = {&key, hash};
    return give(t, access_further(t, m, &want, MAP_FAST32), ok, MAP_FAST32);
}

ALWAYS_INLINE const void *
read_fast32(const struct maptype *t, struct swissMap *m, uint32_t key, bool *ok)
{
    struct place at;
    if (!is_ordinary(m, &key, MAP_FAST32))
        return other_fast32(t, m, key, ok);
    struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FAST32)};
    if (!ordinary_access(t, m, &want, &at, MAP_FAST32))
        return further_fast32(t, m, key, want.hash, ok);
    return give(t, at, ok, MAP_FAST32);
}

const void *swiss_mapaccess1_fast32(const struct maptype *t, struct swissMap *m,
                                    uint32_t key)
{
    return read_fast32(t, m, key, NULL);
}

const void *swiss_mapaccess2_fast32(const struct maptype *t, struct swissMap *m,
                                    uint32_t key, bool *ok)
{
    return read_fast32(t, m, key, ok);
}

static NOINLINE void delete_fast32(const struct maptype *t, struct swissMap *m,
                                   uint32_t key)
{
    delete_body(t, m, &key, MAP_FAST32);
}

void swiss_mapdelete_fast32(const struct maptype *t, struct swissMap *m,
                            uint32_t key)
{
    if (is_ordinary(m, &key, MAP_FAST32)) {
        struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FAST32)};
        if (ordinary_delete(t, m, &want, MAP_FAST32))
            return;
    }
    delete_fast32(t, m, key);
}

/* 8 bytes. */

static NOINLINE const void *other_fast64(const struct maptype *t,
                                         struct swissMap *m, uint64_t key,
                                         bool *ok)
{
    gosafepoint();
    return give(t, access_body(t, m, &key, MAP_FAST64), ok, MAP_FAST64);
}

static NOINLINE const void *further_fast64(const struct maptype *t,
                                           const struct swissMap *m,
                                           uint64_t key, uintptr_t hash,
                                           bool *ok)
{
    struct sought want = {&key, hash};
    return give(t, access_further(t, m, &want, MAP_FAST64), ok, MAP_FAST64);
}

ALWAYS_INLINE const void *
read_fast64(const struct maptype *t, struct swissMap *m, uint64_t key, bool *ok)
{
    struct place at;
    if (!is_ordinary(m, &key, MAP_FAST64))
        return other_fast64(t, m, key, ok);
    struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FAST64)};
    if (!ordinary_access(t, m, &want, &at, MAP_FAST64))
        return further_fast64(t, m, key, want.hash, ok);
    return give(t, at, ok, MAP_FAST64);
}

const void *swiss_mapaccess1_fast64(const struct maptype *t, struct swissMap *m,
                                    uint64_t key)
{
    return read_fast64(t, m, key, NULL);
}

const void *swiss_mapaccess2_fast64(const struct maptype *t, struct swissMap *m,
                                    uint64_t key, bool *ok)
{
    return read_fast64(t, m, key, ok);
}

static NOINLINE void delete_fast64(const struct maptype *t, struct swissMap *m,
                                   uint64_t key)
{
    delete_body(t, m, &key, MAP_FAST64);
}

void swiss_mapdelete_fast64(const struct maptype *t, struct swissMap *m,
                            uint64_t key)
{
    if (is_ordinary(m, &key, MAP_FAST64)) {
        struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FAST64)};
        if (ordinary_delete(t, m, &want, MAP_FAST64))
            return;
    }
    delete_fast64(t, m, key);
}

/* Strings. */

static NOINLINE const void *other_faststr(const struct maptype *t,
                                          struct swissMap *m,
                                          struct gostring key, bool *ok)
{
    gosafepoint();
    return give(t, access_body(t, m, &key, MAP_FASTSTR), ok, MAP_FASTSTR);
}

static NOINLINE const void *further_faststr(const struct maptype *t,
                                            const struct swissMap *m,
                                            struct gostring key, uintptr_t hash,
                                            bool *ok)
{
    struct sought want = {&key, hash};
    return give(t, access_further(t, m, &want, MAP_FASTSTR), ok, MAP_FASTSTR);
}

ALWAYS_INLINE const void *read_faststr(const struct maptype *t,
                                       struct swissMap *m, struct gostring key,
                                       bool *ok)
{
    struct place at;
    if (!is_ordinary(m, &key, MAP_FASTSTR))
        return other_faststr(t, m, key, ok);
    struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FASTSTR)};
    if (!ordinary_access(t, m, &want, &at, MAP_FASTSTR))
        return further_faststr(t, m, key, want.hash, ok);
    return give(t, at, ok, MAP_FASTSTR);
}

const void *swiss_mapaccess1_faststr(const struct maptype *t,
                                     struct swissMap *m, struct gostring key)
{
    return read_faststr(t, m, key, NULL);
}

const void *swiss_mapaccess2_faststr(const struct maptype *t,
                                     struct swissMap *m, struct gostring key,
                                     bool *ok)
{
    return read_faststr(t, m, key, ok);
}

static NOINLINE void delete_faststr(const struct maptype *t, struct swissMap *m,
                                    struct gostring key)
{
    delete_body(t, m, &key, MAP_FASTSTR);
}

void swiss_mapdelete_faststr(const struct maptype *t, struct swissMap *m,
                             struct gostring key)
{
    if (is_ordinary(m, &key, MAP_FASTSTR)) {
        struct sought want = {&key, ordinary_hash(t, m, &key, MAP_FASTSTR)};
        if (ordinary_delete(t, m, &want, MAP_FASTSTR))
            return;
    }
    delete_faststr(t, m, key);
}
