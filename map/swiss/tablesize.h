/*
 * tablesize.h: how large the parts of a swiss map are. Pure arithmetic: asked
 * when one is made and when one is only talked about.
 */
#ifndef MAP_SWISS_TABLESIZE_H
#define MAP_SWISS_TABLESIZE_H

#include "map/maptype.h"

enum {
    groupSlots = 8,
    maxAvgGroupLoad = 7, /* slots of a group that are filled, on average */
    maxTableCapacity = 1024,
    minTableCapacity = 2 * groupSlots, /* what a small map grows to */
};

/* How many of a table's slots may be taken, by entries and tombstones.
 * Go: table.go (*table).maxGrowthLeft. */
ALWAYS_INLINE uint16_t table_limit(uint16_t capacity)
{
    return (uint16_t)(capacity * maxAvgGroupLoad / groupSlots);
}

/* What make(map[K]V, hint) makes: dirSize tables of so many slots each; both
 * are 0 where it makes none. */
struct tableSizes {
    uint64_t dirSize;
    uint16_t capacity;
};

/* For hint <= 8, negative or beyond all memory there are no tables.
 * Go: maps/map.go NewMap; maps/table.go newTable. */
struct tableSizes table_sizes(const struct maptype *t, intptr_t hint);

#endif
