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
    intptr_t count; /* entries when it began */
    uint8_t oldB, newB;
    uint16_t noverflow; /* before */
    bool sameSize;      /* too many overflow buckets, not too many entries */
    size_t bytes;       /* of the new array, class-rounded */
};
extern void (*mapgrow_hook)(const struct mapGrowth *g);

#endif
