/*
 * spread.h: what chance does to a figure: it is measured under many seeds and
 * shown as its least, middle and greatest value.
 */
#ifndef TOOLS_MEASURE_SPREAD_H
#define TOOLS_MEASURE_SPREAD_H

#include "runtime/base/base.h"

struct spread {
    double min, median, max;
};

/* Sorts values, n > 0 of them. The median of an even number of values is the
 * upper one of the middle two: always a value that was measured. */
struct spread spread_of(double *values, size_t n);

/* The first of n seeds in a row for a run of seed: another seed has n others. */
ALWAYS_INLINE uint64_t spread_first_seed(uint64_t seed, uint64_t n)
{
    return (seed - 1) * n + 1;
}

#endif
