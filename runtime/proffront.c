/*
 * proffront.c: an open-addressed table that one thread owns.
 *
 *     mProf_Malloc --> [proffront] --first time--> memprofile's table
 *     mprof_total, mProf_NextCycle --collect--^
 *
 * Locking: the profile's lock for everything here, held by the caller; the
 * thread's own look-ups and counts (proffront.h) go without.
 *
 * Invariants:
 *   I1  n is the number of entries with a bucket, 2 * n <= mask + 1
 *   I2  collected <= allocs, in each entry and in all
 *   I3  with its thread at rest, allocs is the sum over all entries
 */
#include "runtime/proffront.h"
#include "runtime/sysmem.h"
#include "runtime/throw.h"

/* Entries to begin with: 8 KiB. Most programs allocate in fewer than a hundred
 * places. */
enum { FirstCap = 256 };

static void put(struct front *f, const struct frontEntry *entry)
{
    struct frontEntry *e = front_first(f, entry->hash);
    while (e->b != NULL)
        e = front_next(f, e);
    *e = *entry;
}

/* Twice as many entries, all free but the ones there were. */
static bool grow(struct front *f)
{
    struct front old = *f;
    uint64_t cap = old.entries == NULL ? FirstCap : 2 * (old.mask + 1);
    struct frontEntry *entries =
        sysAlloc(cap * sizeof(*entries), &sysstats.buckhash_sys);
    if (entries == NULL)
        return false;
    f->entries = entries;
    f->mask = cap - 1;
    if (old.entries == NULL)
        return true;
    for (uint64_t i = 0; i <= old.mask; i++)
        if (old.entries[i].b != NULL)
            put(f, &old.entries[i]);
    sysFree(old.entries, (old.mask + 1) * sizeof(*entries),
            &sysstats.buckhash_sys);
    return true;
}

void front_add(struct front *f, uint64_t hash, struct bucket *b)
{
    if ((f->entries == NULL || 2 * (f->n + 1) > f->mask + 1) && !grow(f))
        return;
    put(f, &(struct frontEntry){.hash = hash, .b = b});
    f->n++;
    ASSERT(2 * f->n <= f->mask + 1); /* I1 */
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
    for (uint64_t i = 0; i <= f->mask; i++) {
        struct frontEntry *e = &f->entries[i];
        uint64_t allocs = __atomic_load_n(&e->allocs, __ATOMIC_RELAXED);
        uint64_t n = allocs - e->collected;
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
    if (f->entries != NULL)
        sysFree(f->entries, (f->mask + 1) * sizeof(*f->entries),
                &sysstats.buckhash_sys);
    *f = (struct front){.next = f->next};
}
