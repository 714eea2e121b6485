/*
 * clock.h: what time it is. Both may be asked in a signal handler.
 */
#ifndef RUNTIME_BASE_CLOCK_H
#define RUNTIME_BASE_CLOCK_H

#include "runtime/base/base.h"
#include <time.h>

/* Nanoseconds of a clock. */
ALWAYS_INLINE uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Nanoseconds of one that never goes back. Go: nanotime. */
ALWAYS_INLINE int64_t nanotime(void)
{
    return (int64_t)clock_ns(CLOCK_MONOTONIC);
}

#endif
