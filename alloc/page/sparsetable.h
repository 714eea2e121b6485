/*
 * sparsetable.h: an array with a place for everything the address space could
 * hold, of which only the parts in use have memory. Indexing costs a load, no
 * lookup: the price is address space, which is free.
 *
 * Used for summaries, chunk bitmaps and the arena map. Go does the same by hand
 * in mpagealloc_64bit.go (sysInit, sysGrow) and by two-level tables elsewhere.
 */
#ifndef ALLOC_PAGE_SPARSETABLE_H
#define ALLOC_PAGE_SPARSETABLE_H

#include "runtime/base/sysmem.h"

enum { sparseGranules = 4096 }; /* a table is mapped in at most so many parts */

struct sparsetable {
    char *base;      /* the reservation */
    size_t elemsize; /* bytes */
    size_t nelems;
    size_t granule; /* bytes mapped at a time: a power of two */
    struct sysMemStat *stat;
    uint64_t mapped[sparseGranules / 64]; /* a bit a granule */
};

/* Reserves room for nelems of elemsize bytes. False without address space. */
bool sparsetable_init(struct sparsetable *t, size_t elemsize, size_t nelems,
                      struct sysMemStat *stat);

/* Makes elements lo..hi-1 readable and writable; new ones read as zero. False
 * when the system gives no memory: what was mapped before stays as it was, and
 * parts mapped by the failed call serve the next one. */
bool sparsetable_cover(struct sparsetable *t, size_t lo, size_t hi);

/* Gives all of it back. */
void sparsetable_free(struct sparsetable *t);

/* May element i be touched? */
ALWAYS_INLINE bool sparsetable_has(const struct sparsetable *t, size_t i)
{
    size_t g = i * t->elemsize / t->granule;
    return i < t->nelems && t->mapped[g / 64] >> (g % 64) & 1;
}

#endif
