/*
 * growlog.h: what a map reports when it grows, to whoever listens: the growth
 * log of scenarios. Part of the door (map.h includes it).
 */
#ifndef MAP_GROWLOG_H
#define MAP_GROWLOG_H

#include "map/maptype.h"

struct mapGrowth {
    const struct maptype *t;
    const void *m;  /* the map's header */
    intptr_t count; /* entries of the map when it began */
    intptr_t moves; /* … of those, what it moves: all, or those of one table */
    size_t bytes;   /* of the new array or arrays, class-rounded */

    /* MAPKIND_CLASSIC */
    uint8_t oldB, newB;
    uint16_t noverflow; /* before */
    bool sameSize;      /* too many overflow buckets, not too many entries */

    /* MAPKIND_SWISS */
    uint32_t oldSlots, newSlots; /* of the table, and of each in its place */
    size_t letGo;                /* bytes of what they replace, in use until
                                    the insert has ended */
    bool split;                  /* two tables in its place */
    size_t places;               /* of the directory now */
};
extern void (*mapgrow_hook)(const struct mapGrowth *g);

#endif
