/*
 * scavenge.h: free pages given back to the system: still ours by address, no
 * longer backed by memory. Go: mgcscavenge.go.
 */
#ifndef ALLOC_PAGE_SCAVENGE_H
#define ALLOC_PAGE_SCAVENGE_H

#include "alloc/page/pagealloc.h"

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

/* Pages in a row within one chunk. */
struct pageRun {
    uintptr_t base; /* address of the first */
    uint32_t npages;
};

/* The highest run of free pages with memory, at most max of them (or a huge
 * page), allocated from now on; npages 0 when nothing is left. The two halves
 * of Go: mgcscavenge.go (*pageAlloc).scavengeOne */
struct pageRun pageAlloc_takeScavengeable(struct pageAlloc *p, size_t max);

/* The same run, whose memory the system has now: free and scavenged. */
void pageAlloc_putScavenged(struct pageAlloc *p, struct pageRun run);

#endif
