/*
 * swisscheck.c: proves every invariant of a swiss map, those numbered in
 * swissany.c, swissdir.c and swisstable.c, and recomputes each of its counters.
 *
 * It only reads, and it draws no random number (a NaN is never hashed), so a
 * checked run does what an unchecked one does.
 *
 * Locking: none; the map must be at rest.
 */
#include "map/swiss/swissbody.h"

/* Does a search for want, in its probe sequence, come to g without passing a
 * group with an empty slot? */
static bool search_reaches(const struct maptype *t,
                           const struct swissTable *tab,
                           const struct sought *want,
                           const struct swissGroup *g)
{
    struct probeSeq seq = makeProbeSeq(tab->lengthMask, want->hash);
    while (seq.index <= tab->lengthMask) {
        const struct swissGroup *here = swissTable_group(t, tab, seq.offset);
        if (here == g)
            return true;
        if (ctrls_matchEmpty(swissGroup_ctrls(here)) != 0)
            return false;
        probeSeq_next(&seq);
    }
    return false;
}

/* One entry of a table that begins with the top bits `prefix`. */
static void check_entry(const struct maptype *t, const struct swissMap *m,
                        const struct swissTable *tab, struct place at)
{
    const void *k = slot_key(t, MAP_SLOW, at.key);
    if (!t->key->reflexiveKey && !t->key->equal(t->key, k, k))
        return; /* a NaN: no hash leads to it */
    struct sought want = {k, t->key->hash(t->key, k, m->seed)};
    ASSERT(at.group->ctrl[at.i] == h2(want.hash));   /* swisstable.3 */
    ASSERT(swissMap_tableOf(m, want.hash) == tab);   /* swisstable.6 */
    ASSERT(search_reaches(t, tab, &want, at.group)); /* swisstable.3 */
    struct place found = table_search(t, tab, &want, MAP_SLOW);
    ASSERT(found.key == at.key); /* swisstable.4 */
}

/* What a walk over the slots of a table adds up to. */
struct slotTally {
    uint32_t entries, tombstones;
};

static void check_group(const struct maptype *t, const struct swissMap *m,
                        const struct swissTable *tab, struct swissGroup *g,
                        struct slotTally *sum)
{
    uint32_t before = sum->tombstones;
    for (uintptr_t i = 0; i < groupSlots; i++) {
        uint8_t c = g->ctrl[i];
        ASSERT(c < 128 || c == ctrlEmpty || c == ctrlDeleted);
        sum->tombstones += c == ctrlDeleted;
        if (c < 128) {
            sum->entries++;
            check_entry(t, m, tab, place_at(t, g, i));
        }
    }
    ASSERT(sum->tombstones == before ||
           ctrls_matchEmpty(swissGroup_ctrls(g)) == 0); /* swisstable.5 */
}

static void check_table(const struct maptype *t, const struct swissMap *m,
                        const struct swissTable *tab)
{
    struct slotTally sum = {0, 0};
    ASSERT(tab->capacity == (tab->lengthMask + 1) * groupSlots);
    ASSERT((tab->capacity & (tab->capacity - 1)) == 0);
    ASSERT(tab->capacity >= minTableCapacity &&
           tab->capacity <= maxTableCapacity);
    for (uint64_t i = 0; i <= tab->lengthMask; i++)
        check_group(t, m, tab, swissTable_group(t, tab, i), &sum);
    ASSERT(tab->used == sum.entries); /* swisstable.1 */
    ASSERT(tab->used + sum.tombstones + tab->growthLeft ==
           table_limit(tab->capacity));                  /* swisstable.2 */
    ASSERT(sum.tombstones == 0 || m->tombstonePossible); /* swissdir.5 */
}

/* All places of tab, of which i is the first; swissdir.3. Returns how many. */
static uintptr_t check_places(const struct swissMap *m,
                              const struct swissTable *tab, uintptr_t i)
{
    ASSERT(tab->localDepth <= m->globalDepth);
    uintptr_t n = directory_places(m, tab->localDepth);
    ASSERT(tab->index == (intptr_t)i && i % n == 0);
    for (uintptr_t k = 0; k < n; k++)
        ASSERT(swissMap_directoryAt(m, i + k) == tab);
    return n;
}

static void check_directory(const struct maptype *t, const struct swissMap *m)
{
    uint64_t used = 0;
    ASSERT(m->dirLen == (intptr_t)1 << m->globalDepth); /* swissdir.2 */
    ASSERT(m->globalShift == 64 - m->globalDepth);
    for (uintptr_t i = 0; i < (uintptr_t)m->dirLen;) {
        const struct swissTable *tab = swissMap_directoryAt(m, i);
        i += check_places(m, tab, i);
        check_table(t, m, tab);
        used += tab->used;
    }
    ASSERT(m->used == used); /* swissdir.4 */
}

static void check_small(const struct maptype *t, const struct swissMap *m)
{
    struct swissGroup *g = m->dirPtr;
    uint64_t used = 0;
    for (uintptr_t i = 0; i < groupSlots; i++) {
        ASSERT(g->ctrl[i] <= ctrlEmpty); /* swissany.2 */
        if (g->ctrl[i] == ctrlEmpty)
            continue;
        used++;
        struct place at = place_at(t, g, i);
        const void *k = slot_key(t, MAP_SLOW, at.key);
        if (!t->key->reflexiveKey && !t->key->equal(t->key, k, k))
            continue;
        struct sought want = {k, t->key->hash(t->key, k, m->seed)};
        ASSERT(map_search(t, m, &want, MAP_SLOW).key == at.key);
    }
    ASSERT(m->used == used); /* swissany.2 */
}

void swisscheck(const struct maptype *t, const struct swissMap *m)
{
    ASSERT(!swissMap_isWritten(m));
    if (!swissMap_isSmall(m)) {
        check_directory(t, m);
        return;
    }
    ASSERT(m->globalDepth == 0); /* swissdir.1 */
    if (m->dirPtr == NULL)
        ASSERT(m->used == 0); /* swissany.1 */
    else
        check_small(t, m);
}
