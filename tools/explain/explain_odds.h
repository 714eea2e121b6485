/*
 * explain_odds.h: what the steps of a fit share: a line being taken apart, and
 * the log-odds that some of its sizes are a growing map's.
 */
#ifndef TOOLS_EXPLAIN_EXPLAIN_ODDS_H
#define TOOLS_EXPLAIN_EXPLAIN_ODDS_H

#include "tools/explain/explain.h"

enum { MaxSeries = 64 }; /* arrays that a slice can have had */

/* A line being taken apart: what no fit has explained yet. */
struct fitting {
    const struct sites *all;
    const struct site *site;
    double *objects, *samples; /* by index in site->sizes */
    bool sampled;
    bool listed; /* a map was found that the side lists may belong to */
};

/* Index of a size that is still there, or -1. Where frames tell the objects'
 * roles, only those of the role count. */
int size_index(const struct fitting *f, int64_t size, enum sizeRole role);
/* Objects of that size; 0 where there are none. */
double count_size(const struct fitting *f, int64_t size, enum sizeRole role);

int64_t array_of(const struct mapFit *m, int b); /* bytes, as allocated */
int64_t bucket_class(int bucket);                /* of a bucket alone */
/* The side list of overflow buckets, a slice of pointers, takes such arrays. */
bool is_side_list_size(int64_t size);
/* How many objects of ExtraSize m's maps must have: those of 16 buckets and
 * more that began smaller have a mapextra each. */
double extra_needed(const struct mapFit *m);

/* Everything that speaks for and against m on its own line, m->arrays being
 * known; sets m->pointer_free and known_pointers. */
double fit_odds(const struct fitting *f, struct mapFit *m);

/* What a sampled profile must show before a line is called a map: a bucket
 * of its own, and an array with spare buckets. Arrays alone may be anything
 * that doubles. */
bool seen_whole(const struct fitting *f, const struct mapFit *m);

/* The part of those that a slice grown by append would earn as well: the
 * elements that serve it best. */
double slice_odds(const struct fitting *f, const struct mapFit *m);

/* Headers of 48 bytes: in the same function, or as many elsewhere as there are
 * maps. Where everything was recorded and none is found, the maps must be on
 * the stack, headers and all. Sets m->small and on_stack. */
double header_odds(const struct fitting *f, struct mapFit *m);

/* No headers speak louder for a map. */
extern const double MostHeaderOdds;

#endif
