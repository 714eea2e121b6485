/*
 * persist.c: small records that are never freed, cut from 256 KiB chunks.
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
#include "runtime/base/persist.h"
#include "runtime/base/lock.h"
#include "runtime/base/throw.h"

enum {
    persistentChunkSize = 256 << 10, /* bytes asked of the system at a time */
    maxBlock = 64 << 10,             /* from here on sysAlloc itself serves */
};

static struct mutex persistLock = MUTEX_INIT(lockRankPersist, "persist");
static char *chunk;                      /* the current one; NULL at first */
static size_t off = persistentChunkSize; /* its bytes handed out */

static void *cut_locked(size_t size, size_t align)
{
    assertLockHeld(&persistLock);
    ASSERT(off <= persistentChunkSize);
    size_t start = align_up(off, align);
    if (start + size > persistentChunkSize) {
        char *fresh = sysAlloc(persistentChunkSize, &sysstats.other_sys);
        if (fresh == NULL)
            return NULL;
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
