/*
 * agetable.c: an open-addressed table that grows by doubling.
 *
 * Memory comes from the system, never from libc malloc, so that the profile can
 * be taken inside any allocation.
 *
 * Locking: none here; who owns a table says what guards it.
 *
 * Invariants:
 *   agetable.1  n is the number of slots in use, 2 * n <= mask + 1
 */
#include "runtime/prof/agetable.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include <string.h>

/* Slots to begin with: 2 KiB. Most programs allocate in fewer than a hundred
 * places. */
enum { FirstSlots = 256 };

static size_t slots_size(uint64_t nslots)
{
    return nslots * sizeof(struct ageSlot);
}

static size_t entries_size(uint64_t nslots, size_t size)
{
    return (nslots / 2 + 1) * size;
}

static void put(struct ageTable *t, struct ageSlot slot)
{
    uint32_t at = slot.hash & t->mask;
    while (t->slots[at].number != 0)
        at = (at + 1) & t->mask;
    t->slots[at] = slot;
}

void agetable_clear(struct ageTable *t, size_t size)
{
    uint64_t nslots = (uint64_t)t->mask + 1;
    if (t->slots != NULL) {
        sysFree(t->slots, slots_size(nslots), &sysstats.buckhash_sys);
        sysFree(t->entries, entries_size(nslots, size), &sysstats.buckhash_sys);
    }
    *t = (struct ageTable){.slots = NULL};
}

/* t gets nslots slots, all free, and the entries that they can name. */
static bool new_tables(struct ageTable *t, uint64_t nslots, size_t size)
{
    if (nslots > (uint64_t)1 << 31)
        return false;
    void *slots = sysAlloc(slots_size(nslots), &sysstats.buckhash_sys);
    if (slots == NULL)
        return false;
    void *entries =
        sysAlloc(entries_size(nslots, size), &sysstats.buckhash_sys);
    if (entries == NULL) {
        sysFree(slots, slots_size(nslots), &sysstats.buckhash_sys);
        return false;
    }
    if (nslots > FirstSlots)
        sysPopulate(slots, slots_size(nslots));
    t->slots = slots;
    t->entries = entries;
    t->mask = (uint32_t)(nslots - 1);
    return true;
}

/* Room for twice as many entries. */
static bool grow(struct ageTable *t, size_t size)
{
    struct ageTable old = *t;
    if (old.slots == NULL)
        return new_tables(t, FirstSlots, size);
    if (!new_tables(t, 2 * ((uint64_t)old.mask + 1), size))
        return false;
    memcpy(t->entries, old.entries, old.n * size);
    for (uint64_t i = 0; i <= old.mask; i++)
        if (old.slots[i].number != 0)
            put(t, old.slots[i]);
    agetable_clear(&old, size);
    return true;
}

void *agetable_add(struct ageTable *t, uint32_t hash, size_t size)
{
    bool full =
        t->slots == NULL || 2 * ((uint64_t)t->n + 1) > (uint64_t)t->mask + 1;
    if (full && !grow(t, size))
        return NULL;
    void *entry = t->entries + t->n * size;
    t->n++;
    put(t, (struct ageSlot){.hash = hash, .number = t->n});
    ASSERT(2 * (uint64_t)t->n <= (uint64_t)t->mask + 1); /* agetable.1 */
    return entry;
}
