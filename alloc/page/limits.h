/*
 * limits.h: the sizes that a torture build shrinks, to give bugs a chance: runs
 * that cross a chunk, spans that cross an arena and full chunks of records come
 * up in a heap of a few MiB then. Nothing else in this room depends on a build.
 *
 * Go's values first; every other size is computed from these.
 */
#ifndef ALLOC_PAGE_LIMITS_H
#define ALLOC_PAGE_LIMITS_H

enum {
    heapAddrBits = 47, /* Go: 48; user space on linux/amd64 has 47 */
    /* Under a limit of addresses (ulimit -v) the tables are for so many: the
     * heap begins at 2^39.6. That takes 35 MiB of them instead of 4.4 GiB. */
    heapAddrBitsLimited = 40,
};

#ifndef HMAP_SMALL_LIMITS
enum {
    logHeapArenaBytes = 26,      /* an arena: 64 MiB of addresses */
    logPallocChunkPages = 9,     /* a chunk of the page allocator: 512 pages */
    FixAllocChunk = 16 << 10,    /* bytes that fixalloc asks for at a time */
    gcBitsChunkBytes = 64 << 10, /* bytes of a chunk of mark bits */
    markBitsStore = 4 << 10,     /* bytes of them a thread takes at a time */
    mspanCacheLen = 128,         /* span records a thread keeps at hand */
    logOwnedBytes = 19,          /* a piece of the heap that one worker marks */
    worthCrewObjects =
        16 << 10,             /* marked last time: then all processors mark */
    worthCrewBytes = 1 << 20, /* or looked through */
    discardFrom = 4 << 20,    /* bytes of an object that can be discarded */
};
#else
enum {
    logHeapArenaBytes = 22,
    logPallocChunkPages = 7,
    FixAllocChunk = 1 << 10,
    gcBitsChunkBytes = 4 << 10,
    markBitsStore = 1 << 10,
    mspanCacheLen = 4,
    logOwnedBytes = 14,
    worthCrewObjects = 64,
    worthCrewBytes = 1 << 12,
    discardFrom = 64 << 10,
};
#endif

#endif
