/*
 * mapview.h: what may be asked of a map of either kind without touching it.
 * What each kind is made of: classic/bucketview.h, swiss/swissview.h.
 */
#ifndef MAP_MAPVIEW_H
#define MAP_MAPVIEW_H

#include "map/gomap.h"

struct mapShape {
    size_t slots;  /* for entries: of the array, not of an old one nor of
                      overflow buckets; of all tables; of a small map 8 or 0 */
    size_t tables; /* objects that those stand in */
    size_t room;   /* entries for which it need not grow, if they fall evenly */
    uint8_t B;     /* of a bucket map; else 0 */
};

/* What make(map[K]V, hint) would give: arithmetic alone. A small map's
 * bucket or group counts, though the first insert brings it. */
struct mapShape mapview_hinted(const struct maptype *t, intptr_t hint);

/* Of a map as it stands. */
struct mapShape mapview_shape(const struct maptype *t, const struct gomap *m);

/* Bytes of all objects that the header keeps alive, itself included: what a
 * collection leaves of the map while nothing else is held; without what keys
 * and elements point to, other than their boxes. Walks the map. */
size_t mapview_reach(const struct maptype *t, const struct gomap *m);

/* The hash of a key in m, which decides where it stands. */
uintptr_t mapview_hash(const struct maptype *t, const struct gomap *m,
                       const void *key);

#endif
