/*
 * agetable.h: a hash table whose entries stand in the order in which they were
 * added. The table is of their numbers, 8 bytes a slot:
 *
 *     slots    | . | h 2 | . | h 1 | h 3 | . | . | .     by hash
 *     entries  | 1 | 2 | 3 |                             by age
 *
 * The profile has two of them: a thread's front, of the buckets that it has
 * counted in, and the table of all buckets. With 100000 entries the slots are 2
 * MB, about what a core's own cache holds, where entries of 32 bytes in hash
 * order were 8. And stacks that were first seen one after the other mostly are
 * again, so that entries come into the cache ahead of their use. Huge pages
 * behind the tables changed nothing.
 *
 * A look-up compares hashes of 32 bits before it looks at an entry: one that
 * finds nothing hardly ever touches more than a slot. (uthash, which was the
 * table of all buckets, went along a chain of up to ten of them: 0.7 of the 2.7
 * microseconds that a stack costs when it is first seen.)
 *
 * Entries are of any one size. Nothing is ever taken out but all.
 */
#ifndef RUNTIME_PROF_AGETABLE_H
#define RUNTIME_PROF_AGETABLE_H

#include "runtime/base/base.h"

struct ageSlot {
    uint32_t hash;
    uint32_t number; /* of the entry, from 1; 0: the slot is free */
};

/* All zeroes: an empty table. */
struct ageTable {
    struct ageSlot *slots; /* mask + 1 of them, a power of two; or NULL */
    char *entries; /* n are in use, at most half as many, and one that is never
                      used stands behind them */
    uint32_t mask;
    uint32_t n;
};

/* The number, from 1, of the first entry after slot *at, that one included,
 * that was added with hash; *at becomes the slot after its. 0 when there are no
 * more. A look-up begins with *at = hash. t->slots is not NULL. */
ALWAYS_INLINE uint32_t agetable_next(const struct ageTable *t, uint32_t hash,
                                     uint32_t *at)
{
    for (;;) {
        const struct ageSlot *s = &t->slots[(*at)++ & t->mask];
        if (s->number == 0 || s->hash == hash)
            return s->number;
    }
}

/* Adds an entry of size bytes, the same for all of t, and returns it, zeroed;
 * NULL without memory, and t is as it was. */
void *agetable_add(struct ageTable *t, uint32_t hash, size_t size);

/* Gives all memory back; t is empty afterwards. size as in agetable_add. */
void agetable_clear(struct ageTable *t, size_t size);

#endif
