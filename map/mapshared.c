/*
 * mapshared.c: what both kinds of map share.
 */
#include "map/mapshared.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include <stdatomic.h>
#include <stdio.h>

/*
 * Zeroed memory. One block serves every large element type: it is as large as
 * the largest that was asked for, rounded up to a power of two, so all blocks
 * ever made come to at most twice the last. Older blocks live on, since answers
 * point into them.
 *
 * Locking: none; the block is replaced by compare-and-swap. Of two threads that
 * both made one, the loser's is never used: metadata is not given back.
 */

const uint64_t zeroVal[maxZero / sizeof(uint64_t)];

struct zeroBlock {
    size_t size; /* bytes that follow */
    uint64_t zeros[];
};

static struct zeroBlock *_Atomic largest;

static struct zeroBlock *new_block(size_t size)
{
    size_t n = (size_t)2 * maxZero;
    while (n < size)
        n *= 2;
    struct zeroBlock *z =
        persistentalloc(sizeof(*z) + n, 0, &sysstats.other_sys);
    if (z != NULL) {
        z->size = n;
        return z;
    }
    fprintf(stderr,
            "runtime: out of memory: cannot allocate %zu zeroed bytes\n", n);
    fatal("out of memory");
}

const void *zero_large(size_t size)
{
    struct zeroBlock *z = largest;
    if (z != NULL && z->size >= size)
        return z->zeros;
    struct zeroBlock *made = new_block(size);
    while (z == NULL || z->size < size) {
        if (atomic_compare_exchange_weak(&largest, &z, made))
            return made->zeros;
    }
    return z->zeros;
}

/*
 * Who listens to the growth of maps: nobody, until a measurement begins.
 *
 * Locking: none; set while no map is written to.
 */

void (*mapgrow_hook)(const struct mapGrowth *g);
