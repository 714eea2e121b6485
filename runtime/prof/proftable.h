/*
 * proftable.h: the table of all profile buckets, each found by the three things
 * that no two buckets share: stack, size and tag.
 *
 * What is looked for is a probe. Its hash has 64 bits, of which this table
 * takes one half and a thread's front (proffront.h) the other: so entries that
 * crowd together in one do not in the other.
 */
#ifndef RUNTIME_PROF_PROFTABLE_H
#define RUNTIME_PROF_PROFTABLE_H

#include "runtime/type/type.h"

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

#endif
