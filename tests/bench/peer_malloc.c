/*
 * peer_malloc.c: the allocation rows on calloc and free: glibc's, or those of a
 * library in LD_PRELOAD.
 */
#include "tests/bench/benchjob.h"
#include <stdlib.h>

static size_t object_size;

static bool alloc_prepare(const struct job *job)
{
    object_size = job->size;
    return true;
}

static inline void *alloc_new(void)
{
    return calloc(1, object_size);
}

static inline void alloc_old(void *p)
{
    free(p);
}

static inline void alloc_release(void **hold, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(hold[i]);
}

#include "tests/bench/allocloops.h"

int main(int argc, char **argv)
{
    static const struct loop loops[] = {
        {"alloc", alloc_start, alloc_round},
        {"ring", ring_start, ring_round},
        {"trace", trace_start, trace_round},
        {.kind = NULL},
    };
    return bench_main(argc, argv, loops);
}
