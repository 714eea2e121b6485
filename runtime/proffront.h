/*
 * proffront.h: a thread's own front of the heap profile: the buckets that it
 * has counted in before, found by hash, and how often since.
 *
 * The table of all buckets has a lock; a thread comes there once for each
 * bucket. From then on it finds the bucket here and counts in memory that only
 * it writes. Whoever reads the profile collects the counts of all fronts first
 * (front_collect), whether their threads run or not: an entry's count only ever
 * rises, and what was collected of it is noted beside it.
 *
 * Go has no such thing: there each allocation takes a lock of its cycle.
 */
#ifndef RUNTIME_PROFFRONT_H
#define RUNTIME_PROFFRONT_H

#include "runtime/base.h"

struct bucket;

struct frontEntry {
    uint64_t hash;
    struct bucket *b;   /* NULL: the entry is free */
    uint64_t allocs;    /* objects; written by the thread, atomically */
    uint64_t collected; /* of these; under the profile's lock */
};

/* Entries are added, and the table is replaced, by its own thread and under the
 * profile's lock; so it reads without, and others read under it. */
struct front {
    struct frontEntry *entries; /* mask + 1 of them, a power of two; or NULL */
    uint64_t mask;
    uint64_t n;         /* entries in use: at most half */
    uint64_t allocs;    /* of all entries; written by the thread, atomically */
    uint64_t collected; /* of these; under the profile's lock */
    struct front *next; /* all fronts, or the spare ones; profile's lock */
};

/* Where an entry with hash stands, if it is here; the next place; entries are
 * side by side up to a free one. f->entries is not NULL. */
ALWAYS_INLINE struct frontEntry *front_first(const struct front *f,
                                             uint64_t hash)
{
    return &f->entries[hash & f->mask];
}
ALWAYS_INLINE struct frontEntry *front_next(const struct front *f,
                                            struct frontEntry *e)
{
    return &f->entries[((uint64_t)(e - f->entries) + 1) & f->mask];
}

/* One more object in e. Its thread alone calls this. */
ALWAYS_INLINE void front_count(struct front *f, struct frontEntry *e)
{
    __atomic_store_n(&e->allocs, e->allocs + 1, __ATOMIC_RELAXED);
    __atomic_store_n(&f->allocs, f->allocs + 1, __ATOMIC_RELAXED);
}

/* Enters b, which is not here yet. Without memory it does nothing: then b is
 * found the long way. Its thread, under the profile's lock. */
void front_add(struct front *f, uint64_t hash, struct bucket *b);

/* Objects that were counted and not collected yet. Under the profile's lock. */
uint64_t front_pending(const struct front *f);

/* Calls add(b, n) for each bucket in which n more objects were counted since
 * the last call. Returns the sum of n. Under the profile's lock. */
uint64_t front_collect(struct front *f,
                       void (*add)(struct bucket *b, uint64_t n));

/* Forgets all entries and counts, and gives the table back. Under the profile's
 * lock; its thread is stopped, or calls this. */
void front_clear(struct front *f);

#endif
