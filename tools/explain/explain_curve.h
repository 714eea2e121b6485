/*
 * explain_curve.h: what a map of a given bucket size allocates as it fills,
 * with a hint and without: measured on our own heap.
 */
#ifndef TOOLS_EXPLAIN_EXPLAIN_CURVE_H
#define TOOLS_EXPLAIN_EXPLAIN_CURVE_H

#include "tools/explain/explain.h"

enum { Points = 32 }; /* from the fewest to the most entries at one B */

/* What one map had allocated when it was so full. */
struct amount {
    double objects, bytes;
    double buckets; /* objects of a bucket's size class */
};

/* One B: the curves of growth and of the map made with the hint. */
struct curve {
    struct amount grown[Points + 1], hinted[Points + 1];
    double copied; /* entries that growing moved */
};

/* Maps of one bucket size that started at one B: how to fill them. */
struct filling {
    const struct mapFit *m;
    const struct maptype *t;
    int64_t start_hint; /* that the maps were made with */
    size_t keysize;
};

/* Finds a map type for m's buckets; false where there is none of that size. */
bool filling_init(struct filling *f, const struct mapFit *m);

/* Fills maps to B = b on the heap, which nothing else may use meanwhile, and
 * collects them in the end. */
void curve_measure(const struct filling *f, int b, struct curve *c);

/* The most entries that 2^b buckets hold without growing. Go: map.go
 * overLoadFactor. */
int64_t capacity(int b);

/* How many entries a map of 2^b buckets has at a point. */
int64_t entries_at(int b, int point);

#endif
