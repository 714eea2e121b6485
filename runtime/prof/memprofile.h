/*
 * memprofile.h: the heap profile: one bucket for each distinct (call stack,
 * object size, tag), counting allocations and frees, as Go's mprof does.
 *
 * Nothing here knows of spans: the allocator keeps the bucket of each profiled
 * object and hands it back when the object is swept.
 * Go: mprof.go. Difference: Go's key is (stack, size); ours adds the tag, so
 * every label has one value a bucket. Views that compare with Go add up.
 */
#ifndef RUNTIME_PROF_MEMPROFILE_H
#define RUNTIME_PROF_MEMPROFILE_H

#include "runtime/prof/callstack.h"
#include "runtime/sched/godebug.h" /* MemProfileRate */
#include "runtime/type/type.h"

/*
 * The table of all buckets, each found by the three things that no two buckets
 * share: stack, size and tag.
 *
 * What is looked for is a probe. Its hash has 64 bits, of which this table
 * takes one half and a thread's front (proffront.h) the other: so entries that
 * crowd together in one do not in the other.
 */

/* Which tier served an allocation. */
enum tier {
    TIER_TINY,     /* a new 16-byte block opened for tiny objects */
    TIER_MCACHE,   /* the thread's span had a free slot */
    TIER_MCENTRAL, /* after a refill from mcentral (which may ask mheap) */
    TIER_MHEAP,    /* a large span straight from mheap */
    NTIERS,
};
extern const char *const tier_names[NTIERS];

struct bucket;

/* What is known of an allocation beside its stack and size. Of two bytes side
 * by side compilers make one load, which right behind two stores has to wait
 * until both are in the cache, and all that came before them: so the bytes
 * stand apart. */
struct allocTag {
    const struct type *type;    /* NULL: untyped bytes */
    uint8_t tier;               /* enum tier */
    const struct bucket *owner; /* the profile bucket of the map's hmap: its
                                   stack is the make site; NULL if unknown */
    uint8_t sizeclass;          /* 0: large */
};

/* Objects. allocs is under the profile's lock, frees is atomic. */
struct memCounts {
    uint64_t allocs, frees;
};

/* Everything but the counts is fixed when the bucket is made. Read the counts
 * through mprof_total or mprof_published: some are still with the threads that
 * counted them. */
struct bucket {
    struct bucket *allnext; /* every bucket, newest first */
    size_t size;            /* of the object: its class-rounded size */
    struct allocTag tag;
    struct memCounts active; /* published: what a profile shows */
    struct memCounts future[3];
    uint64_t first; /* ordinal of its first allocation: the time order */
    int nstk;
    uintptr_t stk[]; /* leaf first: stk[0] is in the caller of mProf_Malloc */
};

struct probe {
    const uintptr_t *stk; /* leaf first, as in struct bucket */
    int nstk;
    size_t size;
    const struct allocTag *tag;
    uint64_t stackHash; /* of stk: framechain.h */
};

/* Calls: inlined where a stack is recognised, both together cost 8 ns with 20
 * frames. */
bool probe_differs(const struct probe *p, const struct bucket *b);
uint64_t probe_hash(const struct probe *p);

static inline uint32_t table_hash(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

static inline uint32_t front_hash(uint64_t hash)
{
    return (uint32_t)hash;
}

/* All below under the profile's lock. hash is probe_hash(p). */

/* The bucket of p; NULL if there is none. */
struct bucket *proftable_find(const struct probe *p, uint64_t hash);

/* A new bucket for p, which has none yet, with copies of its stack and tag, and
 * counts of nought. It lives for ever. NULL without memory. Go: mprof.go
 * newBucket. */
struct bucket *proftable_add(const struct probe *p, uint64_t hash);

/* Empties the table; the buckets live on for those who know them. */
void proftable_clear(void);

/* Buckets in the table. */
unsigned proftable_count(void);

/*
 * The profile.
 */

struct memRecordCycle {
    uint64_t allocs, frees;           /* objects */
    uint64_t alloc_bytes, free_bytes; /* bytes, class-rounded sizes */
};

/* Counts one object in the bucket of p, which is made if there is none yet, and
 * enters it in this thread's front under hash: from then on the thread finds it
 * there (profmalloc.c). NULL without memory for a new bucket. Takes
 * lockRankProfile and attaches the thread. */
struct bucket *mprof_count_first(const struct probe *p, uint64_t hash);

/* Captures the caller's stack and counts one object of size bytes. Returns the
 * bucket, to be given to mProf_Free when the object dies; it lives for ever.
 * NULL when there is no memory for a new bucket (counted in mprof_lost). Takes
 * lockRankProfile for a bucket that this thread has not counted in before, and
 * attaches the thread. Go: mprof.go mProf_Malloc, which is given the object and
 * notes its bucket as a special; here the caller keeps it. */
struct bucket *mProf_Malloc(size_t size, const struct allocTag *tag);

/* An object of b was swept. No lock. Go: mprof.go mProf_Free. */
void mProf_Free(struct bucket *b, size_t size);

/* The three-cycle accounting: an allocation counts for the collection after the
 * next, a free for the next one, so that a published profile shows the heap as
 * a collection left it, and in-use never counts garbage that merely has not
 * been swept. NextCycle at mark termination, Flush before the next NextCycle,
 * PostSweep when all sweeping of a cycle is done.
 * Go: mprof.go mProf_NextCycle, mProf_Flush, mProf_PostSweep. */
void mProf_NextCycle(void);
void mProf_Flush(void);
void mProf_PostSweep(void);

/* All buckets, newest first, through allnext. A snapshot: later buckets are put
 * in front of it. */
const struct bucket *mprof_buckets(void);

/* What b is of, as far as the frames of a release depend on it. */
struct goMalloc mprof_malloc(const struct bucket *b);

/* Everything counted so far: active plus every future cycle. Its in-use figures
 * include garbage that no collection has found yet. */
struct memRecordCycle mprof_total(const struct bucket *b);

/* Brings active up to date as runtime.MemProfile does before it reads: the
 * current cycle is flushed, and if nothing at all was ever published (there was
 * no collection) every cycle is. Go: mprof.go MemProfile. */
void mprof_publish(void);

/* What runtime.MemProfile shows of b: call mprof_publish first. */
struct memRecordCycle mprof_published(const struct bucket *b);

/* A new measurement begins: no buckets, no counts, no losses. The old buckets
 * stay valid for objects that still refer to them, but stand on no list. Stops
 * the world. */
void mprof_reset(void);

/* Allocations that are in no bucket for want of memory, since mprof_reset. */
uint64_t mprof_lost(void);

/* Proves the profile's invariants (memprofile.c); throws where one is
 * broken. */
void mprof_check(void);

/* Bytes until the next sample, exponentially distributed around MemProfileRate;
 * 0 at rate 1, where every allocation is recorded, and at rate 0, where none
 * is. Go: malloc.go nextSample. */
uint64_t nextSample(void);

/* A number from the exponential distribution with this mean, at least 1; 0 for
 * mean 0. Go: malloc.go fastexprand. */
int32_t fastexprand(int64_t mean);

/* log2(x) to about four digits, x positive and normal. Go: fastlog2.go. */
double fastlog2(double x);

#endif
