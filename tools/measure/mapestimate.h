/*
 * mapestimate.h: what a map of n entries takes, from the rules alone: for maps
 * that no machine can hold, and in an instant for those that one could.
 *
 * Keys fall on buckets and tables by chance, so these are expectations. What
 * is the same with every seed is exact: see test_mapestimate.c, which compares
 * them with runs.
 */
#ifndef TOOLS_MEASURE_MAPESTIMATE_H
#define TOOLS_MEASURE_MAPESTIMATE_H

#include "map/map.h"

struct mapEstimate {
    double objects, bytes;       /* live, of the map with its n entries */
    double peak;                 /* bytes in use as its last growth begins */
    double allObjects, allBytes; /* that were allocated on the way */
    double tables, slots;        /* 1 array, or tables; slots of all */
    double overflow;             /* overflow buckets that are objects */
};

/* make(map[K]V, hint), then n inserts of new keys; in the modelled release. */
struct mapEstimate estimate_map(const struct maptype *t, int64_t hint,
                                int64_t n);

/* P(X > x) where each of n entries falls with probability 2^-k on the table (or
 * bucket) in question: the tail of a binomial distribution. */
double share_exceeds(double n, int k, double x);

#endif
