/*
 * proffront.c: the buckets that one thread has counted in.
 *
 *     mProf_Malloc --> [proffront] --first time--> mprof_count_first
 *     mprof_total, mProf_NextCycle --collect--^
 *
 * Locking: the profile's lock for everything here, held by the caller; the
 * thread's own look-ups and counts (proffront.h) go without.
 *
 * Invariants:
 *   proffront.1  collected <= allocs, in each entry and in all
 *   proffront.2  with its thread at rest, allocs is the sum over all entries
 */
#include "runtime/prof/proffront.h"
#include "runtime/base/throw.h"

void front_add(struct front *f, uint32_t hash, struct bucket *b)
{
    struct frontEntry *e = agetable_add(&f->table, hash, sizeof(*e));
    if (e != NULL)
        *e = (struct frontEntry){.b = b, .hash = hash};
}

uint64_t front_pending(const struct front *f)
{
    uint64_t allocs = __atomic_load_n(&f->allocs, __ATOMIC_RELAXED);
    return allocs - f->collected;
}

uint64_t front_collect(struct front *f,
                       void (*add)(struct bucket *b, uint64_t n))
{
    uint64_t sum = 0;
    if (front_pending(f) == 0)
        return 0;
    for (uint32_t i = 0; i < f->table.n; i++) {
        struct frontEntry *e = front_entry(f, i);
        uint64_t allocs = __atomic_load_n(&e->allocs, __ATOMIC_RELAXED);
        uint64_t n = allocs - e->collected;
        ASSERT(e->collected <= allocs); /* proffront.1 */
        if (n == 0)
            continue;
        add(e->b, n);
        e->collected = allocs;
        sum += n;
    }
    f->collected += sum;
    return sum;
}

void front_clear(struct front *f)
{
    agetable_clear(&f->table, sizeof(struct frontEntry));
    *f = (struct front){.next = f->next};
}
