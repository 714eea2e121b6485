/*
 * memprofile.h: the heap profile: one bucket for each distinct (call stack,
 * object size, tag), counting allocations and frees, as Go's mprof does.
 *
 * Nothing here knows of spans: the allocator keeps the bucket of each profiled
 * object and hands it back when the object is swept.
 * Go: mprof.go. Difference: Go's key is (stack, size); ours adds the tag, so
 * every label has one value a bucket. Views that compare with Go add up.
 */
#ifndef RUNTIME_MEMPROFILE_H
#define RUNTIME_MEMPROFILE_H

#include "runtime/callstack.h"
#include "runtime/type.h"

/* Which tier served an allocation. */
enum tier {
    TIER_TINY,     /* a new 16-byte block opened for tiny objects */
    TIER_MCACHE,   /* the thread's span had a free slot */
    TIER_MCENTRAL, /* after a refill from mcentral (which may have asked mheap) */
    TIER_MHEAP,    /* a large span straight from mheap */
    NTIERS,
};
extern const char *const tier_names[NTIERS];

struct bucket;

/* What is known of an allocation besides its stack and size. */
struct allocTag {
    const struct type *type;    /* NULL: untyped bytes */
    const struct bucket *owner; /* the profile bucket of the map's hmap: its
                                   stack is the make site; NULL if unknown */
    uint8_t tier;
    uint8_t sizeclass; /* 0: large */
};

struct memRecordCycle {
    uint64_t allocs, frees;           /* objects */
    uint64_t alloc_bytes, free_bytes; /* bytes, class-rounded sizes */
};

struct bucket {
    struct bucket *allnext;       /* every bucket, newest first */
    size_t size;                  /* of the object: its class-rounded size */
    struct allocTag tag;
    struct memRecordCycle active; /* published: what a profile shows */
    struct memRecordCycle future[3];
    uint64_t first; /* ordinal of its first allocation: the time order */
    int nstk;
    uintptr_t stk[]; /* leaf first: stk[0] is in mallocgc */
};

/* Mean bytes between samples: 1 records all, 0 none, 524288 is Go's default.
 * Set before the first allocation. Go: MemProfileRate. */
extern int64_t MemProfileRate;

/* Captures the caller's stack and counts one object of size bytes. Returns the
 * bucket, to be given to mProf_Free when the object dies; NULL when there is no
 * memory for a new bucket (counted in mprof_lost). */
struct bucket *mProf_Malloc(size_t size, const struct allocTag *tag);
void mProf_Free(struct bucket *b, size_t size);

/* Bytes until the next sample, exponentially distributed around the rate.
 * Go: malloc.go nextSample. */
uint64_t nextSample(void);

/* The three-cycle accounting: allocations are published one full collection
 * after frees catch up, so that in-use never counts garbage that merely has not
 * been swept. Go: mProf_NextCycle, mProf_Flush, mProf_PostSweep. */
void mProf_NextCycle(void);
void mProf_Flush(void);
void mProf_PostSweep(void);

/* All buckets, newest first, through allnext. The caller sees a consistent list
 * while no other thread allocates. */
const struct bucket *mprof_buckets(void);

/* What runtime.MemProfile(nil, true) would publish right now: active plus every
 * future cycle; Go publishes only completed cycles, except before the first
 * collection, when it does as here. */
struct memRecordCycle mprof_total(const struct bucket *b);

/* Forgets all counts (not the buckets): a new measurement begins. */
void mprof_reset(void);

uint64_t mprof_lost(void);

#endif
