/*
 * sysmem.c: the operating system's memory, and the account of it. The only file
 * that calls mmap.
 *
 *     alloc/ and metadata --> [sysmem] --> mmap, madvise, munmap
 *
 * Locking: none; the accounts and the request counter are atomic, and a region
 * is the business of whoever reserved it.
 *
 * What is refused leaves no trace: no address space, no byte on an account.
 */
#include "runtime/base/sysmem.h"
#include "runtime/base/lock.h"
#include "runtime/base/throw.h"
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

struct sysMemStats sysstats;

/* Requests so far, and which of them are to be refused: those numbered from
 * failFirst to failLast. 0,0 refuses none. */
static _Atomic uint64_t requests;
static _Atomic uint64_t failFirst, failLast;

static _Atomic size_t refused; /* bytes of the latest request in vain; or 0 */

void sysmem_fail_at(uint64_t n)
{
    uint64_t now = requests;
    failLast = n ? now + n : 0;
    failFirst = n ? now + n : 0;
}

void sysmem_fail_from(uint64_t n)
{
    failLast = n ? UINT64_MAX : 0;
    failFirst = n ? requests + n : 0;
}

uint64_t sysmem_requests(void)
{
    return requests;
}

size_t sysmem_refused(void)
{
    return refused;
}

uint64_t sysAddressesAllowed(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    return limit.rlim_cur;
}

static bool request_refused(void)
{
    uint64_t n = atomic_fetch_add(&requests, 1) + 1;
    return UNLIKELY(n <= failLast) && n >= failFirst;
}

static void account(struct sysMemStat *stat, int64_t n)
{
    int64_t before =
        atomic_fetch_add_explicit(&stat->bytes, n, memory_order_relaxed);
    ASSERT(before + n >= 0);
}

/* Private pages of nobody's file; flags say what else. NULL when refused. */
static void *map(void *at, size_t size, int protection, int flags)
{
    void *p =
        mmap(at, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (LIKELY(p != MAP_FAILED))
        return p;
    refused = size;
    return NULL;
}

static void *map_none(void *hint, size_t size)
{
    return map(hint, size, PROT_NONE, MAP_NORESERVE);
}

static void unmap(void *p, size_t size)
{
    if (size > 0 && munmap(p, size) != 0)
        throw("munmap(%p, %zu): errno %d", p, size, errno);
}

/* Reserves align bytes too many and gives back what sticks out at both ends. */
static void *reserve_trimmed(size_t size, size_t align)
{
    size_t padded;
    if (__builtin_add_overflow(size, align, &padded))
        return NULL;
    char *p = map_none(NULL, padded);
    if (p == NULL)
        return NULL;
    char *start = p + (align_up((uintptr_t)p, align) - (uintptr_t)p);
    unmap(p, (size_t)(start - p));
    unmap(start + size, (size_t)(p + padded - (start + size)));
    return start;
}

void *sysReserve(void *hint, size_t size, size_t align)
{
    ASSERT(size > 0 && align > 0 && (align & (align - 1)) == 0);
    ASSERT(size == align_up(size, SysPageSize));
    if (request_refused())
        return NULL;
    void *p = map_none(hint, size);
    if (p == NULL)
        return NULL;
    if (((uintptr_t)p & (align - 1)) == 0)
        return p;
    unmap(p, size);
    return reserve_trimmed(size, align);
}

bool sysMap(void *p, size_t size, struct sysMemStat *stat)
{
    if (request_refused())
        return false;
    if (map(p, size, PROT_READ | PROT_WRITE, MAP_FIXED) == NULL)
        return false;
    account(stat, (int64_t)size);
    return true;
}

void *sysAlloc(size_t size, struct sysMemStat *stat)
{
    ASSERT(size > 0);
    if (request_refused())
        return NULL;
    void *p = map(NULL, size, PROT_READ | PROT_WRITE, 0);
    if (p == NULL)
        return NULL;
    account(stat, (int64_t)size);
    return p;
}

void sysUnused(void *p, size_t size)
{
    if (madvise(p, size, MADV_DONTNEED) != 0)
        throw("madvise(%p, %zu, MADV_DONTNEED): errno %d", p, size, errno);
}

void sysUsed(void *p, size_t size)
{
    /* MADV_DONTNEED keeps the mapping: the next touch brings a zero page. */
    (void)p;
    (void)size;
}

void sysHugePage(void *p, size_t size)
{
    /* Kernels without huge pages refuse; that costs nothing but speed. */
    (void)madvise(p, size, MADV_HUGEPAGE);
}

void sysPopulate(void *p, size_t size)
{
    /* Kernels before 5.14 refuse: then each page comes when it is touched. */
    (void)madvise(p, size, MADV_POPULATE_WRITE);
}

void sysFree(void *p, size_t size, struct sysMemStat *stat)
{
    unmap(p, size);
    if (stat != NULL)
        account(stat, -(int64_t)size);
}

void sysstat_move(struct sysMemStat *from, struct sysMemStat *to, size_t size)
{
    account(to, (int64_t)size);
    account(from, -(int64_t)size);
}

/*
 * Sparse tables. A table is mapped in granules, at most sparseGranules of them,
 * one bit each; a granule is never unmapped before the whole table is. The lock
 * is the caller's. Readers of elements that are known to be covered need none:
 * covering more never moves what is there.
 */

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
    ASSERT(bytes <= granule * sparseGranules); /* a bit for every granule */
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

/*
 * Small records that are never freed, cut from 256 KiB chunks.
 *
 *     profile buckets, descriptors --> [persist] --> sysAlloc
 *
 * Locking: persistLock guards the current chunk. Go keeps a chunk for each P
 * beside the global one; we have the global one alone, because nothing on an
 * allocation's ordinary road comes here.
 *
 * Invariant, asserted at each call: off <= persistentChunkSize while there is a
 * chunk, and off == persistentChunkSize before there is one.
 */

enum {
    persistentChunkSize = 256 << 10,
    maxBlock = 64 << 10, /* from here on sysAlloc itself serves */
    regionSize = 2 << 20 /* a huge page */
};

static struct mutex persistLock = MUTEX_INIT(lockRankPersist, "persist");
static char *chunk;                      /* the current one; NULL at first */
static size_t off = persistentChunkSize; /* its bytes handed out */
static size_t nchunks;                   /* so far */
static struct {
    char *next;
    size_t left; /* bytes */
} region;        /* what later chunks come from */

/* Makes a new region. It is on no account. False when the system refuses. */
static bool new_region_locked(void)
{
    assertLockHeld(&persistLock);
    char *p = sysReserve(NULL, regionSize, regionSize);
    if (p == NULL)
        return false;
    if (map(p, regionSize, PROT_READ | PROT_WRITE, MAP_FIXED) == NULL) {
        unmap(p, regionSize);
        return false;
    }
    sysHugePage(p, regionSize);
    region.next = p;
    region.left = regionSize;
    return true;
}

/* The first chunks are asked for one by one. What fills so many fills more:
 * later ones come eight at a time with a huge page behind them, which to touch
 * for the first time costs a third. */
static char *new_chunk_locked(void)
{
    enum { alone = regionSize / persistentChunkSize };
    assertLockHeld(&persistLock);
    bool many = nchunks >= alone && (region.left > 0 || new_region_locked());
    if (!many)
        return sysAlloc(persistentChunkSize, &sysstats.other_sys);
    char *p = region.next;
    region.next += persistentChunkSize;
    region.left -= persistentChunkSize;
    account(&sysstats.other_sys, persistentChunkSize);
    return p;
}

static void *cut_locked(size_t size, size_t align)
{
    assertLockHeld(&persistLock);
    ASSERT(off <= persistentChunkSize);
    size_t start = align_up(off, align);
    if (start + size > persistentChunkSize) {
        char *fresh = new_chunk_locked();
        if (fresh == NULL)
            return NULL;
        if (nchunks++ > 0) /* what has filled one fills another */
            sysPopulate(fresh, persistentChunkSize);
        chunk = fresh;
        start = 0;
    }
    off = start + size;
    return chunk + start;
}

void *persistentalloc(size_t size, size_t align, struct sysMemStat *stat)
{
    if (align == 0)
        align = 8;
    ASSERT(size > 0 && (align & (align - 1)) == 0 && align <= PageSize);
    if (size >= maxBlock)
        return sysAlloc(size, stat);

    lock(&persistLock);
    void *p = cut_locked(size, align);
    unlock(&persistLock);
    /* The chunk came on other_sys; what is cut from it changes accounts. */
    if (p != NULL && stat != &sysstats.other_sys)
        sysstat_move(&sysstats.other_sys, stat, size);
    return p;
}
