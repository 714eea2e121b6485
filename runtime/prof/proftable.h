/*
 * proftable.h: the table of all profile buckets, each found by the three things
 * that no two buckets share: stack, size and tag.
 *
 * What is looked for is a probe. Its hash has 64 bits, of which this table takes
 * one half and a thread's front (proffront.h) the other: so entries that crowd
 * together in one do not in the other.
 */
#ifndef RUNTIME_PROF_PROFTABLE_H
#define RUNTIME_PROF_PROFTABLE_H

#include "runtime/prof/memprofile.h"

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
