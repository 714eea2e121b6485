/*
 * swissgrow.c: making room where a table has none.
 *
 *     mapassign --rehash--> grow:  one table of twice the capacity
 *                           split: two, each for half of the hashes
 *
 * A growth is done at once, by the write that finds the table full: at most
 * 1024 entries are moved, in order of groups and of slots, each into the first
 * empty slot of its probe sequence. The old table stays as it is, and its index
 * says that it is replaced: an iteration may be walking it.
 *
 * Locking: none; a map is written by one thread at a time (see swissgroup.h).
 */
#include "map/swiss/swissgrow.h"
#include "map/swiss/swissdir.h"
#include "map/swiss/swisstable.h"

/* Go: maps/table.go (*table).grow. */
static GOFRAME void swissTable_grow(struct swissTable *tab,
                                    const struct maptype *t, struct swissMap *m,
                                    uint16_t newCapacity)
{
    struct swissTable *new =
        maps_newTable(t, newCapacity, tab->index, tab->localDepth);
    struct swissTable *const to[2] = {new, NULL};
    swissTable_takeAll(to, 0, t, m, tab->groups, tab->lengthMask + 1);
    swissMap_replaceTable(m, new);
    tab->index = -1;
}
GOFRAME_OF(swissTable_grow, "internal/runtime/maps.(*table).grow");

/* Go: maps/table.go (*table).split. */
static GOFRAME void swissTable_split(struct swissTable *tab,
                                     const struct maptype *t,
                                     struct swissMap *m)
{
    uint8_t depth = (uint8_t)(tab->localDepth + 1);
    struct swissTable *left = maps_newTable(t, maxTableCapacity, -1, depth);
    struct swissTable *right = maps_newTable(t, maxTableCapacity, -1, depth);
    uintptr_t mask = (uintptr_t)1 << (64 - depth);
    struct swissTable *const to[2] = {left, right};
    swissTable_takeAll(to, mask, t, m, tab->groups, tab->lengthMask + 1);
    swissMap_installTableSplit(m, tab, left, right);
    tab->index = -1;
}
GOFRAME_OF(swissTable_split, "internal/runtime/maps.(*table).split");

GOFRAME void swissTable_rehash(struct swissTable *tab, const struct maptype *t,
                               struct swissMap *m)
{
    const void *before = map_own(m);
    uint16_t newCapacity = (uint16_t)(2 * tab->capacity);
    bool split = newCapacity > maxTableCapacity;
    if (split)
        swissTable_split(tab, t, m);
    else
        swissTable_grow(tab, t, m, newCapacity);
    map_disown(before);
    struct mapGrowth g = {
        .moves = tab->used,
        .oldSlots = tab->capacity,
        .newSlots = split ? maxTableCapacity : newCapacity,
        .split = split,
    };
    swissTable_report(t, m, g);
}
GOFRAME_OF(swissTable_rehash, "internal/runtime/maps.(*table).rehash");
