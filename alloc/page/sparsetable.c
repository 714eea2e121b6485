/*
 * sparsetable.c: large arrays that have memory only where they are used.
 *
 *     pagealloc, arena --> [sparsetable] --sysReserve, sysMap--> sysmem
 *
 * A table is mapped in granules, at most 4096 of them, one bit each. A granule
 * is never unmapped before the whole table is.
 *
 * Locking: the caller's. Readers of elements that are known to be covered need
 * no lock: covering more never moves what is there.
 *
 * Invariant, asserted where it is set up: granule * sparseGranules covers
 * elemsize * nelems, so `mapped` has a bit for every granule.
 */
#include "alloc/page/sparsetable.h"
#include "runtime/base/throw.h"
#include <string.h>

static size_t round_up_to_power_of_two(size_t n)
{
    size_t p = 1;
    while (p < n)
        p <<= 1;
    return p;
}

static size_t table_bytes(const struct sparsetable *t)
{
    return align_up(t->elemsize * t->nelems, t->granule);
}

bool sparsetable_init(struct sparsetable *t, size_t elemsize, size_t nelems,
                      struct sysMemStat *stat)
{
    size_t bytes = elemsize * nelems;
    size_t granule = round_up_to_power_of_two(bytes / sparseGranules);
    if (granule < SysPageSize)
        granule = SysPageSize;
    *t = (struct sparsetable){.elemsize = elemsize,
                              .nelems = nelems,
                              .granule = granule,
                              .stat = stat};
    ASSERT(bytes <= granule * sparseGranules);
    t->base = sysReserve(NULL, table_bytes(t), SysPageSize);
    return t->base != NULL;
}

static bool is_mapped(const struct sparsetable *t, size_t g)
{
    return t->mapped[g / 64] >> (g % 64) & 1;
}

/* Maps granules g..end-1 by one request. */
static bool map_run(struct sparsetable *t, size_t g, size_t end)
{
    char *p = t->base + g * t->granule;
    if (!sysMap(p, (end - g) * t->granule, t->stat))
        return false;
    for (; g < end; g++)
        t->mapped[g / 64] |= (uint64_t)1 << (g % 64);
    return true;
}

/* Go: mpagealloc_64bit.go (*pageAlloc).sysGrow, for one level. */
bool sparsetable_cover(struct sparsetable *t, size_t lo, size_t hi)
{
    ASSERT(lo < hi && hi <= t->nelems);
    size_t g = lo * t->elemsize / t->granule;
    size_t last = (hi * t->elemsize - 1) / t->granule;
    while (g <= last) {
        size_t end = g;
        while (end <= last && !is_mapped(t, end))
            end++;
        if (end > g && !map_run(t, g, end))
            return false;
        g = end + 1;
    }
    return true;
}

void sparsetable_free(struct sparsetable *t)
{
    if (t->base == NULL)
        return;
    for (size_t g = 0; g < table_bytes(t) / t->granule; g++)
        if (is_mapped(t, g))
            sysFree(t->base + g * t->granule, t->granule, t->stat);
        else
            sysFree(t->base + g * t->granule, t->granule, NULL);
    memset(t, 0, sizeof *t);
}
