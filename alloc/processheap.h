/*
 * processheap.h: the process's one heap, as a whole: the collector, what can be
 * set and what can be asked. Part of the room's door, malloc.h.
 */
#ifndef ALLOC_PROCESSHEAP_H
#define ALLOC_PROCESSHEAP_H

#include "alloc/gc/alloctrace.h"
#include <stddef.h>

/* Builds the process's heap. Call once, before anything else here; a second
 * call does nothing. Ends the program when the system gives no memory. */
void mallocinit(void);

/* MemProfileRate = rate, from the next allocation on. */
void setMemProfileRate(int64_t rate);

/* From the next allocation on w, which must stay, is told of every object that
 * is profiled, of frees and of collections (alloctrace.h); NULL: nobody is. */
void malloc_watch(const struct allocWatch *w);

/* The collector. */

/* runtime.GC(): finishes any sweep, collects, sweeps, publishes the profile.
 * Go: mgc.go GC. */
void gc(void);

/* debug.SetGCPercent; -1 turns the collector off. Returns the former value. */
int32_t gc_set_percent(int32_t percent);
/* debug.SetMemoryLimit. Returns the former value. */
int64_t gc_set_memory_limit(int64_t limit);

/* size bytes from p hold pointers at any aligned word: they are roots until
 * removed. Precise in the sense that only exact object addresses and interior
 * pointers into live spans keep anything. */
void gc_add_roots(void *p, size_t size);
void gc_remove_roots(void *p);

/* From now on this thread's stack, from bottom (the highest address of it, as
 * __builtin_frame_address(0) in main) down, is a root, and so are its
 * registers; and only now may its allocations begin a cycle by themselves.
 * NULL: registered roots alone, as at the start, and cycles by gc() alone. */
void gc_scan_this_stack(void *bottom);

/* What can be asked. */

enum { NBySize = 61 };

/*
 * runtime.MemStats, field by field. Go's to the byte, given the same program:
 * Alloc, TotalAlloc, Mallocs, Frees, HeapAlloc, HeapInuse, HeapObjects, BySize,
 * and NextGC as far as roots go. What counts the memory of this process, and so
 * is not a Go program's: MSpan…, MCache… (records of other sizes, a cache a
 * thread and not a processor), BuckHashSys, GCSys, OtherSys, HeapSys, HeapIdle
 * and HeapReleased (heaps grow by other steps), their sum Sys; Stack… is 0: no
 * stack lies in the heap. The times and NumGC are the model's own (pacer.h).
 */
struct MemStats {
    uint64_t Alloc, TotalAlloc, Sys, Lookups, Mallocs, Frees;
    uint64_t HeapAlloc, HeapSys, HeapIdle, HeapInuse, HeapReleased, HeapObjects;
    uint64_t StackInuse, StackSys, MSpanInuse, MSpanSys, MCacheInuse, MCacheSys;
    uint64_t BuckHashSys, GCSys, OtherSys;
    uint64_t NextGC, LastGC, PauseTotalNs;
    uint64_t PauseNs[256], PauseEnd[256];
    uint32_t NumGC, NumForcedGC;
    double GCCPUFraction;
    bool EnableGC, DebugGC;
    struct {
        uint32_t Size;
        uint64_t Mallocs, Frees;
    } BySize[NBySize];
};
void readmemstats(struct MemStats *stats);

/* Who served how much: the allocator's own counters, which Go does not have. */
struct tierStats {
    uint64_t tinyHits;      /* tiny objects placed in an open block */
    uint64_t tinyBlocks;    /* 16-byte blocks opened */
    uint64_t mcacheHits;    /* small objects served from the cached span */
    uint64_t refills;       /* spans asked of mcentral */
    uint64_t refillsReused; /* … served by a partly free span of the shelf */
    uint64_t refillsFresh;  /* … for which mheap carved a new span */
    uint64_t largeObjects;  /* objects that are spans of their own */
    uint64_t spans;         /* spans carved by mheap, large ones included */
    uint64_t pages;         /* pages of those */
    uint64_t pageCacheHits; /* page requests served by a thread's page cache */
    uint64_t sysMaps;       /* regions mapped from the system for the heap */
    uint64_t unprofiled;    /* samples that there was no memory to note */
};
void readtierstats(struct tierStats *stats);
/* What the calling thread alone has counted; mheap's five are left at 0. */
void readthreadtierstats(struct tierStats *stats);

/* Walks the whole heap, proves every invariant and recomputes every counter;
 * throws where one does not hold. The world must be at rest. */
void heapcheck(void);

#endif
