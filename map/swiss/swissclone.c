/*
 * swissclone.c: maps.Clone.
 *
 * Where the release copies tables (modelled->clonesTables), the clone is the
 * map again, slot by slot: same seed, same capacities, tombstones included; of
 * boxes each is copied. Before, the clone was made with a hint and filled one
 * by one, and so it has a seed of its own and perhaps other capacities.
 *
 * Locking: none; nobody may write to the map that is cloned.
 */
#include "map/swiss/swissbody.h"
#include "map/swiss/swissiter.h"
#include "map/swiss/swisstable.h"

/* A copy of the typ that p points to; NULL of NULL. Inlined: cloneGroup is the
 * caller of newobject. */
ALWAYS_INLINE void *clone_box(const struct type *typ, const void *p)
{
    return p == NULL ? NULL : memcpy(maps_newobject(typ), p, typ->size);
}

/* Go: maps/group.go cloneGroup. */
static GOFRAME void maps_cloneGroup(const struct maptype *t,
                                    struct swissGroup *new,
                                    const struct swissGroup *old)
{
    memcpy(new, old, t->groupsize);
    for (uintptr_t i = 0; t->indirectkey && i < groupSlots; i++) {
        void **key = key_place(t, new, i);
        *key = clone_box(t->key, *key);
    }
    for (uintptr_t i = 0; t->indirectelem && i < groupSlots; i++) {
        void **elem = elem_place(t, MAP_SLOW, key_place(t, new, i));
        *elem = clone_box(t->elem, *elem);
    }
}
GOFRAME_OF(maps_cloneGroup, "internal/runtime/maps.cloneGroup");

/* Go: maps/table.go (*table).clone. */
static GOFRAME struct swissTable *swissTable_clone(const struct swissTable *old,
                                                   const struct maptype *t)
{
    struct swissTable *tab = newobject(swissTable_type());
    *tab = *old;
    tab->groups = maps_newGroups(t, old->lengthMask + 1);
    for (uint64_t i = 0; i <= old->lengthMask; i++)
        maps_cloneGroup(t, swissTable_group(t, tab, i),
                        swissTable_group(t, old, i));
    return tab;
}
GOFRAME_OF(swissTable_clone, "internal/runtime/maps.(*table).clone");

/* m has the directory of another map: copies it, each table once. Inlined, as
 * its caller is Go's. */
ALWAYS_INLINE void clone_directory(struct swissMap *m, const struct maptype *t)
{
    struct swissTable **old = m->dirPtr;
    struct swissTable **new =
        makeslice(swissTablePtr_type(), m->dirLen, m->dirLen);
    for (intptr_t i = 0; i < m->dirLen; i++)
        new[i] = i > 0 && old[i] == old[i - 1] ? new[i - 1]
                                               : swissTable_clone(old[i], t);
    m->dirPtr = new;
}

/* Go: maps/map.go (*Map).Clone. */
static GOFRAME struct swissMap *swissMap_Clone(const struct swissMap *old,
                                               const struct maptype *t)
{
    if (swissMap_isWritten(old))
        fatal("concurrent map clone and map write");
    struct swissMap *m = newobject(swissMap_type());
    *m = *old;
    const void *before = map_own(m);
    if (!swissMap_isSmall(m)) {
        clone_directory(m, t);
    } else if (m->dirPtr != NULL) {
        m->dirPtr = maps_newGroups(t, 1);
        maps_cloneGroup(t, m->dirPtr, old->dirPtr);
    }
    map_disown(before);
    return m;
}
GOFRAME_OF(swissMap_Clone, "internal/runtime/maps.(*Map).Clone");

static GOFRAME void *swissTable_PutSlot(struct swissTable *tab,
                                        const struct maptype *t,
                                        struct swissMap *m,
                                        const struct sought *want)
{
    return assign_in_table(t, m, tab, want, MAP_SLOW);
}
GOFRAME_OF(swissTable_PutSlot, "internal/runtime/maps.(*table).PutSlot");

/* mapassign as the runtime itself calls it. Go: maps/map.go (*Map).PutSlot. */
static GOFRAME void *swissMap_PutSlot(struct swissMap *m,
                                      const struct maptype *t, const void *key)
{
    struct sought want = {key, key_hash(t, MAP_SLOW, key, m->seed)};
    swissMap_beginWriting(m);
    if (m->dirPtr == NULL)
        swissMap_growToSmall(m, t);
    void *elem = NULL;
    if (swissMap_isSmall(m))
        elem = assign_small(t, m, &want, MAP_SLOW);
    while (elem == NULL)
        elem = swissTable_PutSlot(swissMap_tableOf(m, want.hash), t, m, &want);
    swissMap_endWriting(m);
    return elem;
}
GOFRAME_OF(swissMap_PutSlot, "internal/runtime/maps.(*Map).PutSlot");

/* Go: maps/map.go (*Map).Put. */
static GOFRAME void swissMap_Put(struct swissMap *m, const struct maptype *t,
                                 const void *key, const void *elem)
{
    memcpy(swissMap_PutSlot(m, t, key), elem, t->elem->size);
}
GOFRAME_OF(swissMap_Put, "internal/runtime/maps.(*Map).Put");

/* Go: map_swiss.go mapclone2. */
static GOFRAME struct swissMap *mapclone2(const struct maptype *t,
                                          struct swissMap *old)
{
    struct swissMap *m = swiss_makemap(t, (intptr_t)old->used, NULL);
    struct swissIter it;
    for (swiss_mapiterinit(t, old, &it); it.key != NULL; swiss_mapiternext(&it))
        swissMap_Put(m, t, it.key, it.elem);
    return m;
}
GOFRAME_OF(mapclone2, "runtime.mapclone2");

/* Go: map.go mapclone. */
static GOFRAME struct swissMap *mapclone(const struct maptype *t,
                                         struct swissMap *old)
{
    return modelled->clonesTables ? swissMap_Clone(old, t) : mapclone2(t, old);
}
GOFRAME_OF(mapclone, "maps.clone");

GOFRAME struct swissMap *swiss_mapclone(const struct maptype *t,
                                        struct swissMap *m)
{
    if (m == NULL)
        return NULL;
    struct swissMap *new = mapclone(t, m);
    CHECK_ALL(swisscheck(t, new));
    return new;
}
GOFRAME_OF(swiss_mapclone, "maps.Clone[...]");
