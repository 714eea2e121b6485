/*
 * maptable.c: the descriptors of map types, one for each pair of key and
 * element type, made when it is first asked for.
 *
 *     scenarios, replay --> [maptable] --> classic/buckettype, swiss/grouptype
 *
 * Locking: table.lock guards the chains; a maptype never changes or dies.
 */
#include "map/classic/mapbucket.h"
#include "map/maptype.h"
#include "map/swiss/swisstable.h"
#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include <stdio.h>
#include <stdlib.h>

enum { NHeads = 256 };

struct mapEntry {
    struct maptype t;
    struct mapEntry *next; /* same chain */
};

static struct {
    struct mutex lock;
    struct mapEntry *heads[NHeads];
} table = {.lock = MUTEX_INIT(lockRankTypes, "maptypes")};

static struct mapEntry **head_of(const struct type *key,
                                 const struct type *elem)
{
    uint64_t h = ((uintptr_t)key * 31 + (uintptr_t)elem) * 0x9e3779b97f4a7c15;

    return &table.heads[h >> 32 & (NHeads - 1)];
}

static struct mapEntry *find_locked(const struct type *key,
                                    const struct type *elem)
{
    struct mapEntry *e = *head_of(key, elem);

    assertLockHeld(&table.lock);
    while (e != NULL && (e->t.key != key || e->t.elem != elem))
        e = e->next;
    return e;
}

static const struct maptype *find(const struct type *key,
                                  const struct type *elem)
{
    struct mapEntry *e;

    lock(&table.lock);
    e = find_locked(key, elem);
    unlock(&table.lock);
    return e == NULL ? NULL : &e->t;
}

/* t is copied; NULL without memory. When another thread was first, its
 * descriptor is the one. */
static const struct maptype *add(const struct maptype *t)
{
    struct mapEntry *e;

    lock(&table.lock);
    e = find_locked(t->key, t->elem);
    if (e == NULL) {
        e = persistentalloc(sizeof(*e), 0, &sysstats.other_sys);
        if (e != NULL) {
            struct mapEntry **head = head_of(t->key, t->elem);

            e->t = *t;
            e->next = *head;
            *head = e;
        }
    }
    unlock(&table.lock);
    return e == NULL ? NULL : &e->t;
}

/* The family whose functions the compiler calls for these types. On 64-bit
 * machines no 4-byte key holds a pointer, so MAP_FAST32PTR is never chosen.
 * Go: cmd/compile/internal/walk/walk.go mapfast. */
static enum mapfast mapfast(const struct type *key, const struct type *elem)
{
    if (elem->size > maxElemSize)
        return MAP_SLOW;
    switch (key->alg) {
    case AMEM32:
        return MAP_FAST32;
    case AMEM64:
        return key->ptrdata > 0 ? MAP_FAST64PTR : MAP_FAST64;
    case ASTRING:
        return MAP_FASTSTR;
    default:
        return MAP_SLOW;
    }
}

/* NULL without memory. */
static const struct maptype *make_maptype(const struct type *map)
{
    struct maptype t = {
        .typ = *map,
        .key = map->key,
        .elem = map->elem,
        .kind = modelled->map,
        .fast = mapfast(map->key, map->elem),
    };

    bool filled;
    if (t.kind == MAPKIND_SWISS) {
        t.fast += SWISS_SLOW - MAP_SLOW;
        filled = grouptype_fill(&t);
    } else {
        filled = buckettype_fill(&t);
    }
    return filled ? add(&t) : NULL;
}

const struct maptype *maptype_of(const struct type *key,
                                 const struct type *elem, struct typeError *err)
{
    const struct maptype *t = find(key, elem);
    const struct type *map;

    if (t != NULL)
        return t;
    if (err != NULL)
        err->at = 0;
    map = type_map_of(key, elem, err);
    if (map == NULL)
        return NULL;
    t = make_maptype(map);
    if (t == NULL && err != NULL)
        snprintf(err->msg, sizeof(err->msg), "out of memory for %.100s",
                 map->str);
    return t;
}

const struct maptype *maptype_parse(const char *text, struct typeError *err)
{
    const struct type *t = type_parse(text, err);

    if (t == NULL)
        return NULL;
    if (t->kind == kindMap)
        return maptype_of(t->key, t->elem, err);
    if (err != NULL) {
        err->at = 0;
        snprintf(err->msg, sizeof(err->msg),
                 "%.60s is no map type; write map[KEY]ELEM", t->str);
    }
    return NULL;
}
