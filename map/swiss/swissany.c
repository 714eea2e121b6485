/*
 * swissany.c: making a map, the functions for any key, and clearing.
 *
 * The functions of one operation on one key are bodies of swissbody.h under
 * Go's names; those for particular keys are in swissfast.c.
 *
 * Locking: none; a map is written by one thread at a time (see swissgroup.h).
 *
 * Invariants, each verified by swisscheck:
 *   swissany.1  a map without a group has no entries
 *   swissany.2  a small map's used is the number of entries of its group, which
 *               has no tombstones
 */
#include "map/swiss/swissbody.h"
#include "map/swiss/swisstable.h"

/* Go: maps/map.go NewEmptyMap. */
static GOFRAME struct swissMap *maps_NewEmptyMap(void)
{
    struct swissMap *m = newobject(swissMap_type());
    m->seed = newseed64();
    return m;
}
GOFRAME_OF(maps_NewEmptyMap, "internal/runtime/maps.NewEmptyMap");

GOFRAME struct swissMap *swiss_makemap_small(void)
{
    return maps_NewEmptyMap();
}
GOFRAME_OF(swiss_makemap_small, "runtime.makemap_small");

/* Go: maps/map.go NewMap. */
static GOFRAME struct swissMap *maps_NewMap(const struct maptype *t,
                                            intptr_t hint, struct swissMap *m)
{
    if (m == NULL)
        m = newobject(swissMap_type());
    m->seed = newseed64();
    struct tableSizes sizes = table_sizes(t, hint);
    if (sizes.dirSize == 0)
        return m;
    const void *before = map_own(m);
    intptr_t n = (intptr_t)sizes.dirSize;
    struct swissTable **directory = makeslice(swissTablePtr_type(), n, n);
    uint8_t depth = (uint8_t)__builtin_ctzl(sizes.dirSize);
    for (intptr_t i = 0; i < n; i++)
        directory[i] = maps_newTable(t, sizes.capacity, i, depth);
    map_disown(before);
    swissMap_setDirectory(m, directory, sizes.dirSize);
    return m;
}
GOFRAME_OF(maps_NewMap, "internal/runtime/maps.NewMap");

GOFRAME struct swissMap *swiss_makemap(const struct maptype *t, intptr_t hint,
                                       struct swissMap *m)
{
    m = maps_NewMap(t, hint, m);
    CHECK_ALL(swisscheck(t, m));
    return m;
}
GOFRAME_OF(swiss_makemap, "runtime.makemap");

void swiss_on_stack(struct swissMap *m, void *group)
{
    m->seed = newseed64();
    m->dirPtr = group;
    swissGroup_setEmpty(group);
}

const void *swiss_mapaccess1(const struct maptype *t, struct swissMap *m,
                             const void *key)
{
    gosafepoint();
    return place_value(t, access_body(t, m, key, MAP_SLOW), MAP_SLOW);
}

const void *swiss_mapaccess2(const struct maptype *t, struct swissMap *m,
                             const void *key, bool *ok)
{
    gosafepoint();
    struct place at = access_body(t, m, key, MAP_SLOW);
    *ok = at.group != NULL;
    return place_value(t, at, MAP_SLOW);
}

GOFRAME void *swissMap_putSlotSmall(struct swissMap *m, const struct maptype *t,
                                    const struct sought *want)
{
    return put_small_body(t, m, want, MAP_SLOW);
}
GOFRAME_OF(swissMap_putSlotSmall, "internal/runtime/maps.(*Map).putSlotSmall");

GOFRAME void *swissTable_uncheckedPutSlotForAssign(struct swissTable *tab,
                                                   const struct maptype *t,
                                                   const struct swissMap *m,
                                                   const struct sought *want)
{
    return put_new_body(t, tab, m, want, MAP_SLOW);
}
GOFRAME_OF(swissTable_uncheckedPutSlotForAssign,
           "internal/runtime/maps.(*table).uncheckedPutSlotForAssign");

GOFRAME void *swiss_mapassign(const struct maptype *t, struct swissMap *m,
                              const void *key)
{
    return assign_body(t, m, key, MAP_SLOW);
}
GOFRAME_OF(swiss_mapassign, "runtime.mapassign");

void swiss_mapdelete(const struct maptype *t, struct swissMap *m,
                     const void *key)
{
    delete_body(t, m, key, MAP_SLOW);
}

/* Go: maps/map.go (*Map).clearSmall. */
static void clear_small(const struct maptype *t, struct swissMap *m)
{
    struct swissGroup *g = m->dirPtr;
    memset(g->slots, 0, groupSlots * t->slotsize);
    swissGroup_setEmpty(g);
}

/* Each table once, though it may stand in several places. */
static void clear_tables(const struct maptype *t, struct swissMap *m)
{
    for (uintptr_t i = 0; i < (uintptr_t)m->dirLen;) {
        struct swissTable *tab = swissMap_directoryAt(m, i);
        swissTable_Clear(tab, t);
        i += directory_places(m, tab->localDepth);
    }
    m->tombstonePossible = false;
}

/* Go: maps/map.go (*Map).Clear. */
void swiss_mapclear(const struct maptype *t, struct swissMap *m)
{
    if (m == NULL)
        return;
    if (m->used == 0 && !(m->tombstonePossible && modelled->clearsTombs))
        return;
    if (swissMap_isWritten(m))
        fatal("concurrent map writes");
    swissMap_beginWriting(m);
    if (swissMap_isSmall(m))
        clear_small(t, m);
    else
        clear_tables(t, m);
    m->used = 0;
    m->clearSeq++;
    m->seed = newseed64();
    swissMap_endWriting(m);
    CHECK_ALL(swisscheck(t, m));
}
