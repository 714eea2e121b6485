/*
 * proftable.h: the table of all profile buckets, each found by the three things
 * that no two buckets share: stack, size and tag.
 *
 * What is looked for is a probe. Its hash has 64 bits, of which this table takes
 * one half and a thread's front (proffront.h) the other: so entries that crowd
 * together in one do not in the other.
 */
#ifndef RUNTIME_PROFTABLE_H
#define RUNTIME_PROFTABLE_H

#include "runtime/memprofile.h"
#include <string.h>

struct probe {
    const uintptr_t *stk; /* leaf first, as in struct bucket */
    int nstk;
    size_t size;
    const struct allocTag *tag;
    uint64_t stackHash; /* of stk: framechain.h */
};

static inline bool probe_differs(const struct probe *p, const struct bucket *b)
{
    return b->size != p->size || b->nstk != p->nstk ||
           b->tag.type != p->tag->type || b->tag.owner != p->tag->owner ||
           b->tag.tier != p->tag->tier ||
           b->tag.sizeclass != p->tag->sizeclass ||
           memcmp(b->stk, p->stk, (size_t)p->nstk * sizeof(p->stk[0])) != 0;
}

static inline uint64_t probe_stir(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 32;
}

static inline uint64_t probe_hash(const struct probe *p)
{
    const struct allocTag *tag = p->tag;
    uint64_t h = probe_stir(p->size, (uint64_t)tag->sizeclass << 8 | tag->tier);
    h = probe_stir(h, (uintptr_t)tag->type);
    h = probe_stir(h, (uintptr_t)tag->owner);
    return probe_stir(h, p->stackHash);
}

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
