/*
 * measure.h: what a stretch of a program allocated: measure_begin before it,
 * measure_end after it, and everything in between is counted, by call chain, by
 * tier and by growth step.
 */
#ifndef TOOLS_MEASURE_MEASURE_H
#define TOOLS_MEASURE_MEASURE_H

#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/base/base.h"
#include "tools/measure/chains.h"

struct measurement {
    /* runtime.MemStats, the difference from begin to end; exact whatever the
     * profile rate is */
    uint64_t mallocs, frees;   /* objects, tiny ones counted one by one */
    uint64_t bytes;            /* TotalAlloc */
    uint64_t live;             /* HeapAlloc at the end */
    struct tierStats tiers;    /* the difference */
    struct chains *chains;     /* the profile */
    struct mapGrowth *growths; /* ngrowths of them, in order */
    int64_t *steps;            /* measure_step's number at each growth */
    size_t ngrowths;
    int64_t part; /* of the event log, where one is recorded; or 0 */
};

/*
 * From now on everything counts, and counts start at zero. Random numbers start
 * over from the seed too: a program's numbers are the same whatever was
 * measured before it. Call chains end with
 * the functions called by the caller: a scenario's run function calls
 * measure_begin, then fill, and chains read "… < main.fill". What the run
 * function allocates itself would have no name: it calls functions.
 */
void measure_begin(void);

/* Ends it. The caller owns the result: measure_free. */
struct measurement *measure_end(enum frameView view);
void measure_free(struct measurement *m);

/* The number that growth logs show as the step at which a map grew. A program
 * that does not only insert new keys counts its operations with it; else the
 * step of a growth is the insert: entries + 1. */
void measure_step(int64_t step);

/*
 * What chance does to a figure: it is measured under many seeds and
 * shown as its least, middle and greatest value.
 */

struct spread {
    double min, median, max;
};

/* Sorts values, n > 0 of them. The median of an even number of values is the
 * upper one of the middle two: always a value that was measured. */
struct spread spread_of(double *values, size_t n);

/* The first of n seeds in a row for a run of seed: another seed has n
 * others. */
ALWAYS_INLINE uint64_t spread_first_seed(uint64_t seed, uint64_t n)
{
    return (seed - 1) * n + 1;
}

#endif
