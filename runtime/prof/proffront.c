/*
 * proffront.c: an open-addressed table that one thread owns.
 *
 *     mProf_Malloc --> [proffront] --first time--> mprof_count_first
 *     mprof_total, mProf_NextCycle --collect--^
 *
 * Locking: the profile's lock for everything here, held by the caller; the
 * thread's own look-ups and counts (proffront.h) go without.
 *
 * Invariants:
 *   proffront.1  n is the number of slots in use, 2 * n <= mask + 1
 *   proffront.2  collected <= allocs, in each entry and in all
 *   proffront.3  with its thread at rest, allocs is the sum over all entries
 */
#include "runtime/prof/proffront.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include <string.h>

/* Slots to begin with: 2 KiB. Most programs allocate in fewer than a hundred
 * places. */
enum { FirstSlots = 256 };

static size_t slots_size(uint64_t nslots)
{
    return nslots * sizeof(struct frontSlot);
}

static size_t entries_size(uint64_t nslots)
{
    return (nslots / 2 + 1) * sizeof(struct frontEntry);
}

static void put(struct front *f, struct frontSlot slot)
{
    uint32_t at = slot.hash & f->mask;
    while (f->slots[at].number != 0)
        at = (at + 1) & f->mask;
    f->slots[at] = slot;
}

static void free_tables(const struct front *f)
{
    uint64_t nslots = (uint64_t)f->mask + 1;
    if (f->slots == NULL)
        return;
    sysFree(f->slots, slots_size(nslots), &sysstats.buckhash_sys);
    sysFree(f->entries, entries_size(nslots), &sysstats.buckhash_sys);
}

/* Tables of nslots slots, all free, and of the entries they can name. */
static bool new_tables(struct front *f, uint64_t nslots)
{
    if (nslots > (uint64_t)1 << 31)
        return false;
    void *slots = sysAlloc(slots_size(nslots), &sysstats.buckhash_sys);
    if (slots == NULL)
        return false;
    void *entries = sysAlloc(entries_size(nslots), &sysstats.buckhash_sys);
    if (entries == NULL) {
        sysFree(slots, slots_size(nslots), &sysstats.buckhash_sys);
        return false;
    }
    f->slots = slots;
    f->entries = entries;
    f->mask = (uint32_t)(nslots - 1);
    return true;
}

/* Room for twice as many entries. */
static bool grow(struct front *f)
{
    struct front old = *f;
    if (old.slots == NULL)
        return new_tables(f, FirstSlots);
    if (!new_tables(f, 2 * ((uint64_t)old.mask + 1)))
        return false;
    memcpy(f->entries, old.entries, old.n * sizeof(*old.entries));
    for (uint64_t i = 0; i <= old.mask; i++)
        if (old.slots[i].number != 0)
            put(f, old.slots[i]);
    free_tables(&old);
    return true;
}

void front_add(struct front *f, uint32_t hash, struct bucket *b)
{
    bool full =
        f->slots == NULL || 2 * ((uint64_t)f->n + 1) > (uint64_t)f->mask + 1;
    if (full && !grow(f))
        return;
    f->entries[f->n] = (struct frontEntry){.b = b, .hash = hash};
    f->n++;
    put(f, (struct frontSlot){.hash = hash, .number = f->n});
    ASSERT(2 * (uint64_t)f->n <= (uint64_t)f->mask + 1); /* proffront.1 */
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
    for (uint32_t i = 0; i < f->n; i++) {
        struct frontEntry *e = &f->entries[i];
        uint64_t allocs = __atomic_load_n(&e->allocs, __ATOMIC_RELAXED);
        uint64_t n = allocs - e->collected;
        ASSERT(e->collected <= allocs); /* proffront.2 */
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
    free_tables(f);
    *f = (struct front){.next = f->next};
}
