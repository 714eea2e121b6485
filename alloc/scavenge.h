/*
 * scavenge.h: free pages given back to the system: still ours by address, no
 * longer backed by memory. Go: mgcscavenge.go.
 */
#ifndef ALLOC_SCAVENGE_H
#define ALLOC_SCAVENGE_H

#include "alloc/pagealloc.h"

/* A huge page of linux/amd64, in our pages; in a shrunk chunk, half of it.
 * Go: malloc.go physHugePageSize, which asks the
 * machine. */
enum {
    hugePageBytes = 2 << 20,
    hugePagePages = hugePageBytes / PageSize,
    pagesPerHugePage =
        hugePagePages < pallocChunkPages ? hugePagePages : pallocChunkPages / 2,
};

/* The highest run of free pages of m, pages up to searchIdx, that have memory:
 * *n of them from the returned index; *n = 0 if there is none. At most max,
 * unless that would tear a huge page that is free as a whole.
 * Go: mgcscavenge.go (*pallocData).findScavengeCandidate. Difference: no least
 * size, because Go's page is never smaller than linux/amd64's. */
uint32_t pallocData_findScavengeCandidate(const struct pallocData *m,
                                          uint32_t searchIdx, size_t max,
                                          uint32_t *n);

/*
 * Releases one run of at most nbytes, rounded up to pages (or a huge page),
 * from the highest address that has one. Returns the bytes released, 0 when
 * nothing is left. Takes *p->mheapLock, and drops it while the system works:
 * meanwhile the pages are allocated, so nobody takes them.
 * Go: mgcscavenge.go (*pageAlloc).scavengeOne
 */
size_t pageAlloc_scavengeOne(struct pageAlloc *p, size_t nbytes);

#endif
