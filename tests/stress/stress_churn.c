/*
 * stress_churn.c: allocations of mixed sizes beside a live heap of a known
 * size, under GOGC=100, and the memory that it takes. Given a limit, ends with
 * an error when the resident set passes so many times the live heap or still
 * grows over the second half (not under sanitizers: they take memory of their
 * own).
 *
 *     stress_churn [allocations [live MiB [limit]]]
 */
#include "alloc/malloc.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MaxLive = 1 << 20,
    /* At CHECK=3 each allocation walks the whole heap. */
    Allocations = CHECK >= 3 ? 2000 : 1000000,
    LiveMiB = CHECK >= 3 ? 1 : 16,
};

static void *slots[MaxLive];
static size_t sizes[MaxLive];
static const struct type *ptr;

/* Resident bytes now, and at the peak, from /proc/self/status. */
static size_t resident(const char *what)
{
    char line[256];
    size_t kb = 0, len = strlen(what);
    FILE *f = fopen("/proc/self/status", "r");

    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, what, len) == 0)
            kb = strtoul(line + len, NULL, 10);
    if (f != NULL)
        fclose(f);
    return kb << 10;
}

/* Mixed sizes: half of them small, a few large; 130 bytes on average. */
static size_t random_size(uint64_t r)
{
    if (r % 64 == 0)
        return 1 + (r >> 8) % 4096;
    return 1 + (r >> 8) % (r % 2 ? 64 : 256);
}

/* Fills slot i anew, with pointers (to nothing) or without; what was there is
 * garbage from now on. */
static void replace(size_t i, uint64_t r, size_t *live)
{
    size_t size = random_size(mix(r));
    bool scan = r & 1 && size >= PtrSize;

    *live -= sizes[i];
    slots[i] = mallocgc(size, scan ? ptr : NULL, true);
    sizes[i] = objsize_slot(modelled, size, !scan);
    *live += sizes[i];
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : Allocations, seed = 1;
    double limit = argc > 3 ? atof(argv[3]) : 0;
    size_t want = (argc > 2 ? strtoull(argv[2], NULL, 10) : LiveMiB) << 20;
    size_t live = 0, nslots = 0, half = 0;
    struct MemStats m;

    setenv("GOGC", "100", 1);
    MemProfileRate = 0;
    mallocinit();
    ptr = type_parse("*int", NULL);
    gc_add_roots(slots, sizeof(slots));
    gc_scan_this_stack(__builtin_frame_address(0));
    memset(sizes, 1, sizeof(sizes)); /* our own books are not the heap's */
    memset(sizes, 0, sizeof(sizes));
    size_t before = resident("VmRSS:");
    while (live < want && nslots < MaxLive)
        replace(nslots++, mix(seed++), &live);
    gc_add_roots(slots, nslots * PtrSize); /* roots count towards the goal */
    for (uint64_t i = 0; i < n; i++) {
        uint64_t r = mix(seed++);
        replace((r >> 20) % nslots, r, &live);
        if (i == n / 2)
            half = resident("VmHWM:");
    }
    size_t peak = resident("VmHWM:");
    heapcheck();
    readmemstats(&m);
    double ratio = (double)(peak - before) / (double)live;
    double growth = (double)(peak - half) / (double)live;
    printf("churn: %lu allocations, live %zu MiB, peak %zu MiB: %.2f times; "
           "%u collections; last half +%.1f %%\n",
           n, live >> 20, (peak - before) >> 20, ratio, m.NumGC, growth * 100);
    return argc > 3 && (ratio > limit || growth > 0.02);
}
