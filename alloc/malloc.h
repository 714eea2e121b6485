/*
 * malloc.h: THE DOOR of the allocator. (The essay that explains the tiers
 * belongs here; see the room's plan.)
 */
#ifndef ALLOC_MALLOC_H
#define ALLOC_MALLOC_H

#include "runtime/memprofile.h"
#include "runtime/type.h"

/* Builds the process's heap. Call once, before anything else here; a second
 * call does nothing. Ends the program when the system gives no memory. */
void mallocinit(void);

/*
 * Allocates an object of size bytes, zeroed when needzero or when typ has
 * pointers. typ says where the pointers are; NULL or ptrdata 0: pointer-free.
 * A size larger than typ->size is an array of typ. size 0 gives the address of
 * zerobase. Never returns NULL: without memory the program ends in Go's words.
 * Go: malloc.go mallocgc.
 */
void *mallocgc(size_t size, const struct type *typ, bool needzero);

void *newobject(const struct type *typ);            /* Go: newobject */
void *newarray(const struct type *typ, intptr_t n); /* Go: newarray */
void *makeslice(const struct type *et, intptr_t len, intptr_t cap);

/* A slice with old's elements and room for at least cap of them; cap is the
 * length wanted. Go: slice.go growslice (1.19's growth rule). */
struct slice growslice(const struct type *et, struct slice old, intptr_t cap);

/* The size an allocation of size bytes really takes. Go: msize.go. */
size_t roundupsize(size_t size);

/* MemProfileRate = rate, from the next allocation on. */
void setMemProfileRate(int64_t rate);

extern const uint64_t maxAlloc; /* no object is larger: bytes */
extern uintptr_t zerobase;      /* where all zero-size objects live */

/* --- the collector ---------------------------------------------------- */

/* runtime.GC(): finishes any sweep, collects, sweeps, publishes the profile. */
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

/* From now on this thread's stack below the caller is scanned conservatively;
 * off by default: registered roots alone. */
void gc_scan_this_stack(void *bottom);

/* --- what can be asked ------------------------------------------------ */

enum { NBySize = 61 };

/* runtime.MemStats, field by field. */
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
    uint64_t largeObjects;  /* objects above 32 KiB */
    uint64_t spans;         /* spans carved by mheap, large ones included */
    uint64_t pages;         /* pages of those */
    uint64_t pageCacheHits; /* page requests served by a thread's page cache */
    uint64_t sysMaps;       /* regions mapped from the system for the heap */
};
void readtierstats(struct tierStats *stats);

/* Walks the whole heap, proves every invariant and recomputes every counter;
 * throws where one does not hold. The world must be at rest. */
void heapcheck(void);

#endif
