/*
 * anymap.h: a map whose kind need not be known: the words for it, how large it
 * is, and what one of n entries takes, from the rules alone.
 */
#ifndef TOOLS_MEASURE_ANYMAP_H
#define TOOLS_MEASURE_ANYMAP_H

#include "map/map.h"

/*
 * Words. The texts of a scenario that are true of one kind only stand side by
 * side in its file, and by_kind picks; what several scenarios say stands here.
 */

/* The one that is true of this release's maps: of buckets, or swiss. */
const char *by_kind(const char *buckets, const char *swiss)
    __attribute__((format_arg(1), format_arg(2)));

/* How large a map is: the head of that column, and what stands in it: "B", or
 * "slots" of all tables. */
const char *size_head(void);
int64_t size_figure(const struct maptype *t, const struct gomap *m);

/* What deletions and collisions leave in a map: overflow buckets as Go counts
 * them, or tombstones. */
const char *holes_head(void);
int64_t holes_figure(const struct maptype *t, const struct gomap *m);

/*
 * Estimates: for maps that no machine can hold, and in an instant for those
 * that one could. Keys fall on buckets and tables by chance, so these are
 * expectations. What is the same with every seed is exact: see test_anymap.c,
 * which compares them with runs.
 */

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
