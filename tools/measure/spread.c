/*
 * spread.c: see spread.h.
 */
#include "tools/measure/spread.h"
#include "runtime/base/throw.h"
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

struct spread spread_of(double *values, size_t n)
{
    ASSERT(n > 0);
    qsort(values, n, sizeof values[0], by_value);
    return (struct spread){values[0], values[n / 2], values[n - 1]};
}
