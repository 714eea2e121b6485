/*
 * heapstats.c: adding up what the threads counted.
 */
#include "alloc/heapstats.h"

void heapStatsDelta_merge(struct heapStatsDelta *a,
                          const struct heapStatsDelta *b)
{
    enum { counters = sizeof(*a) / sizeof(uint64_t) };
    _Static_assert(sizeof(*a) == counters * sizeof(uint64_t),
                   "nothing but counters");
    uint64_t *to = (uint64_t *)a;
    const uint64_t *from = (const uint64_t *)b;

    for (int i = 0; i < counters; i++)
        to[i] += from[i];
}
