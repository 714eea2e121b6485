/*
 * swissdir.c: what hangs on a map: nothing, a group, or a directory of tables.
 *
 *     nothing --growToSmall--> one group --growToTable--> a directory of one
 *     split --installTableSplit--> two tables for one, perhaps twice the places
 *
 * The directory is ordered by the top bits of the hash, so a table that has not
 * used them all stands in places next to each other, and when the directory
 * doubles each place becomes two.
 *
 * Locking: none; a map is written by one thread at a time (see swissgroup.h).
 *
 * Invariants, each verified by swisscheck:
 *   swissdir.1  a small map has no directory: dirLen, globalDepth are 0
 *   swissdir.2  dirLen is 2^globalDepth, and globalShift is 64 - globalDepth
 *   swissdir.3  a table stands in the 2^(globalDepth - localDepth) places from
 *               its index on, a multiple of that number, and nowhere else
 *   swissdir.4  used is the sum of the tables' used
 *   swissdir.5  unless tombstonePossible is set, no table has tombstones
 */
#include "map/swiss/swisstable.h"

void swissMap_setDirectory(struct swissMap *m, struct swissTable **directory,
                           uintptr_t n)
{
    m->dirPtr = directory;
    m->dirLen = (intptr_t)n;
    m->globalDepth = (uint8_t)__builtin_ctzl(n);
    m->globalShift = (uint8_t)(64 - m->globalDepth);
}

GOFRAME void swissMap_growToSmall(struct swissMap *m, const struct maptype *t)
{
    const void *before = map_own(m);
    struct swissGroup *g = maps_newGroups(t, 1);
    map_disown(before);
    swissGroup_setEmpty(g);
    m->dirPtr = g;
}
GOFRAME_OF(swissMap_growToSmall, "internal/runtime/maps.(*Map).growToSmall");

GOFRAME struct swissTable *swissMap_growToTable(struct swissMap *m,
                                                const struct maptype *t)
{
    const void *before = map_own(m);
    struct swissTable *tab = maps_newTable(t, minTableCapacity, 0, 0);
    struct swissTable *const to[2] = {tab, NULL};
    swissTable_takeAll(to, 0, t, m, m->dirPtr, 1);
    struct swissTable **directory = makeslice(swissTablePtr_type(), 1, 1);
    map_disown(before);
    directory[0] = tab;
    swissMap_setDirectory(m, directory, 1);
    struct mapGrowth g = {
        .moves = (intptr_t)m->used,
        .oldSlots = groupSlots,
        .newSlots = minTableCapacity,
    };
    swissTable_report(t, m, g);
    return tab;
}
GOFRAME_OF(swissMap_growToTable, "internal/runtime/maps.(*Map).growToTable");

void swissMap_replaceTable(struct swissMap *m, struct swissTable *tab)
{
    struct swissTable **place = (struct swissTable **)m->dirPtr + tab->index;
    for (uintptr_t n = directory_places(m, tab->localDepth); n > 0; n--)
        *place++ = tab;
}

/* Each place becomes two. A table is met first in the place that its index
 * still names: there it learns its new one. */
static void double_directory(struct swissMap *m, struct swissTable **directory)
{
    for (intptr_t i = 0; i < m->dirLen; i++) {
        struct swissTable *tab = swissMap_directoryAt(m, (uintptr_t)i);
        directory[2 * i] = tab;
        directory[2 * i + 1] = tab;
        if (tab->index == i)
            tab->index = 2 * i;
    }
    swissMap_setDirectory(m, directory, 2 * (uintptr_t)m->dirLen);
}

GOFRAME void swissMap_installTableSplit(struct swissMap *m,
                                        const struct swissTable *old,
                                        struct swissTable *left,
                                        struct swissTable *right)
{
    if (old->localDepth == m->globalDepth) {
        intptr_t n = 2 * m->dirLen;
        double_directory(m, makeslice(swissTablePtr_type(), n, n));
    }
    left->index = old->index;
    right->index = old->index + (intptr_t)directory_places(m, left->localDepth);
    swissMap_replaceTable(m, left);
    swissMap_replaceTable(m, right);
}
GOFRAME_OF(swissMap_installTableSplit,
           "internal/runtime/maps.(*Map).installTableSplit");
