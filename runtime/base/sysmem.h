/*
 * sysmem.h: memory from the operating system, and the account of it.
 *
 * A region is in one of Go's four states:
 *
 *     None --sysReserve--> Reserved --sysMap--> Ready <--sysUsed/Unused--> idle
 *                             ^______________sysFree_________________|
 *
 * Every Ready byte is on exactly one sysMemStat, so that MemStats' Sys figures
 * are sums of what was truly asked for. The n-th request can be made to fail
 * (torture tests). Go: mem.go, mem_linux.go.
 */
#ifndef RUNTIME_BASE_SYSMEM_H
#define RUNTIME_BASE_SYSMEM_H

#include "runtime/base/base.h"
#if __has_include(<valgrind/memcheck.h>)
#    include <valgrind/memcheck.h>
#endif

/* Bytes obtained from the system for one purpose. */
struct sysMemStat {
    _Atomic int64_t bytes;
};

/* The purposes, named as runtime.MemStats names their sums. */
struct sysMemStats {
    struct sysMemStat heap_sys;     /* arenas mapped Ready */
    struct sysMemStat mspan_sys;    /* span records */
    struct sysMemStat mcache_sys;   /* mcache records */
    struct sysMemStat buckhash_sys; /* profile buckets */
    struct sysMemStat gcMiscSys;    /* mark bits, summaries, pointer bits */
    struct sysMemStat other_sys;    /* everything else that is metadata */
};
extern struct sysMemStats sysstats;

enum { SysPageSize = 4096 }; /* bytes in a page of the machine: linux/amd64 */

/* Address space without memory: size bytes, a multiple of SysPageSize, at a
 * multiple of align, a power of two >= SysPageSize. hint is where it would be
 * welcome, or NULL. NULL when the system refuses.
 * Go: mem.go sysReserve, malloc.go sysReserveAligned. */
void *sysReserve(void *hint, size_t size, size_t align);

/* Makes reserved pages readable and writable, zero-filled on first touch, and
 * puts size bytes on stat. False when the system refuses; then nothing changed.
 * Go: sysMap + sysUsed. */
bool sysMap(void *p, size_t size, struct sysMemStat *stat);

/* sysReserve and sysMap in one: for metadata. NULL when refused. Go:
 * sysAlloc */
void *sysAlloc(size_t size, struct sysMemStat *stat);

/* Tells the system that the contents are not needed: the pages leave RSS and
 * read as zero when touched again (MADV_DONTNEED). Go: sysUnused */
void sysUnused(void *p, size_t size);

/* The pages are about to be used again. Go: sysUsed */
void sysUsed(void *p, size_t size);

/* Asks for huge pages behind the range. A hint; may do nothing. Go:
 * sysHugePage */
void sysHugePage(void *p, size_t size);

/* The pages of p, all of which will be written soon, come now and together, not
 * one by one as each is touched: a stack's first sight takes 1.11 microseconds
 * with it, 1.26 without. A hint; may do nothing. */
void sysPopulate(void *p, size_t size);

/* Gives the range back altogether and takes size bytes off stat (NULL: the
 * range was only reserved). Go: sysFree */
void sysFree(void *p, size_t size, struct sysMemStat *stat);

/* Moves size bytes from one account to another: memory changed its purpose. */
void sysstat_move(struct sysMemStat *from, struct sysMemStat *to, size_t size);

/* Bytes of addresses that the process may have (ulimit -v); UINT64_MAX: as many
 * as there are. */
uint64_t sysAddressesAllowed(void);

/* Bytes of the latest request that the system refused; 0: none so far. */
size_t sysmem_refused(void);

/* Failure injection: the n-th request from now on (1 = the next) is refused,
 * once; 0 turns it off. Counts sysReserve, sysMap and sysAlloc. */
void sysmem_fail_at(uint64_t n);

/* As sysmem_fail_at, and every request after the n-th is refused too. */
void sysmem_fail_from(uint64_t n);

/* Requests made so far, refused ones included. */
uint64_t sysmem_requests(void);

/*
 * An array with a place for everything the address space could hold, of which
 * only the parts in use have memory. Indexing costs a load, no lookup: the
 * price is address space, which is free. Used for summaries, chunk bitmaps and
 * the arena map. Go does the same by hand in mpagealloc_64bit.go (sysInit,
 * sysGrow) and by two-level tables elsewhere.
 */
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

/* size zeroed bytes aligned to align (a power of two, 0 = 8), on stat's
 * account; NULL when the system refuses. Safe from any thread.
 * Go: malloc.go persistentalloc, which throws instead of returning nil. */
void *persistentalloc(size_t size, size_t align, struct sysMemStat *stat);

/*
 * What tools that watch memory must be told. A conservative scan
 * reads words of a stack that no variable owns; memcheck would follow such a
 * word through the whole collector. Costs a few instructions without effect
 * where the program does not run under valgrind, and nothing where its header
 * is not installed.
 */

/* The n bytes at p count as initialised from now on. */
ALWAYS_INLINE void annotate_defined(const void *p, size_t n)
{
#ifdef VALGRIND_MAKE_MEM_DEFINED
    (void)VALGRIND_MAKE_MEM_DEFINED(p, n);
#else
    (void)p;
    (void)n;
#endif
}

#endif
