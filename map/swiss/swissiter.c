/*
 * swissiter.c: iteration, in an order that differs each time and that survives
 * the map's growing, splitting and shrinking under it.
 *
 * It walks the tables in order of the directory, from a random place round to
 * where it began, and each table's slots from a random one, the same in all. A
 * table that has been replaced since its turn began is walked to its end as it
 * was, since the new one has another order; but what its entries hold now, and
 * whether they are still there, is looked up in the map by their keys. So each
 * entry that is there all the time comes once, one that is deleted before its
 * turn does not come, and one that is added meanwhile may come or not.
 *
 * A directory that has doubled has each place twice: place and offset double
 * with it. A table is left by going on as many places as it had, also when it
 * has been split since: both halves hold what it held.
 *
 * A key that is not equal to itself cannot be looked up, but neither can it be
 * overwritten or deleted: it is given as it stands in the old table, unless the
 * map was cleared.
 *
 * Locking: none. Old tables and groups are kept alive by the iteration.
 */
#include "map/swiss/swissiter.h"
#include "map/swiss/swissbody.h"

void swiss_mapiterinit(const struct maptype *t, struct swissMap *m,
                       struct swissIter *it)
{
    *it = (struct swissIter){.t = t, .slotsize = t->slotsize};
    if (m == NULL || m->used == 0)
        return;
    it->m = m;
    it->entryOffset = fastrand();
    it->dirOffset = fastrand();
    it->globalDepth = m->globalDepth;
    it->clearSeq = m->clearSeq;
    if (swissMap_isSmall(m))
        it->dirIdx = -1;
    else
        it->dirIdx = 0;
    it->group = m->dirPtr;
    swiss_mapiternext_search(it);
}

/* Gives out the entry whose key stands at `key` in a table, or small map, that
 * has been replaced. False where it has been deleted. */
static bool give_moved(struct swissIter *it, struct place at)
{
    const struct maptype *t = it->t;
    void *key = slot_key(t, MAP_SLOW, at.key);
    struct place now = access_body(t, it->m, key, MAP_SLOW);
    if (now.group == NULL) {
        if (it->clearSeq != it->m->clearSeq || t->key->equal(t->key, key, key))
            return false;
        now = at; /* a NaN that is still there */
    }
    it->key = slot_key(t, MAP_SLOW, now.key);
    it->elem = place_elem(t, now, MAP_SLOW);
    return true;
}

/* Gives out slot i of the current group, which has an entry. grown: it has been
 * replaced. */
ALWAYS_INLINE bool give_slot(struct swissIter *it, uintptr_t i, bool grown)
{
    struct place at = place_at(it->t, it->group, i);
    if (UNLIKELY(grown))
        return give_moved(it, at);
    it->key = slot_key(it->t, MAP_SLOW, at.key);
    it->elem = place_elem(it->t, at, MAP_SLOW);
    return true;
}

/* Gives out the first entry of the window that is still there. False when there
 * is none; then the window is empty. */
ALWAYS_INLINE bool give_in_window(struct swissIter *it, bool grown)
{
    uint64_t full = ctrls_matchFull(swissGroup_ctrls(it->group));
    for (full &= it->window; full != 0; full &= full - 1) {
        uintptr_t i = bytes8_first(full);
        it->window = bytes8_after(it->window, i);
        if (LIKELY(give_slot(it, i, grown)))
            return true;
    }
    it->window = 0;
    return false;
}

/* The slots of the group with slot number at that are still to come: from that
 * one on, and of the last group, where the iteration began in the middle, those
 * before. */
ALWAYS_INLINE uint64_t window_at(const struct swissIter *it, uint64_t at,
                                 uint64_t slots)
{
    uint64_t window = bytes8_from(bytes8_others(0), at % groupSlots);
    uint64_t left = slots - it->entryIdx;
    uint64_t end = at % groupSlots + left;
    if (UNLIKELY(end < groupSlots))
        window &= ~bytes8_from(window, end);
    return window;
}

/* Gives out the next entry of `slots` slots in the groups that begin at groups.
 * False after the last. */
ALWAYS_INLINE bool give_next(struct swissIter *it, struct swissGroup *groups,
                             uint64_t slots, bool grown)
{
    for (;;) {
        if (it->window != 0 && give_in_window(it, grown))
            return true;
        if (it->entryIdx >= slots)
            return false;
        uint64_t at = (it->entryIdx + it->entryOffset) & (slots - 1);
        it->group = (struct swissGroup *)((char *)groups +
                                          at / groupSlots * it->t->groupsize);
        it->window = window_at(it, at, slots);
        it->entryIdx += popcount64(it->window);
    }
}

/* The directory has doubled, perhaps more than once, since it was looked at. */
static void follow_directory(struct swissIter *it)
{
    int orders = it->m->globalDepth - it->globalDepth;
    it->dirIdx <<= orders;
    it->dirOffset <<= orders;
    it->globalDepth = it->m->globalDepth;
}

/* The table whose turn it is. Only the first may be met in the middle of its
 * places: then all turns begin at its first. */
static struct swissTable *table_of_turn(struct swissIter *it)
{
    uint64_t mask = (uint64_t)it->m->dirLen - 1;
    uint64_t i = ((uint64_t)it->dirIdx + it->dirOffset) & mask;
    struct swissTable *tab = swissMap_directoryAt(it->m, i);
    it->dirOffset -= i - (uint64_t)tab->index;
    return tab;
}

/* Goes behind the current table. Go: maps/table.go (*Iter).nextDirIdx. */
static void next_table(struct swissIter *it)
{
    it->dirIdx += (intptr_t)directory_places(it->m, it->tab->localDepth);
    it->tab = NULL;
    it->entryIdx = 0;
}

/* The next entry of a map that had tables when the iteration began. */
ALWAYS_INLINE bool give_in_tables(struct swissIter *it)
{
    if (UNLIKELY(it->globalDepth != it->m->globalDepth))
        follow_directory(it);
    for (; it->dirIdx < it->m->dirLen; next_table(it)) {
        if (it->tab == NULL)
            it->tab = table_of_turn(it);
        struct swissTable *tab = it->tab;
        it->index = &tab->index;
        if (give_next(it, tab->groups, tab->capacity, tab->index < 0))
            return true;
    }
    return false;
}

/* … and of one that was small. */
static bool give_in_small(struct swissIter *it)
{
    return give_next(it, it->group, groupSlots, !swissMap_isSmall(it->m));
}

/* The inlined step can go on by itself from here, or not. */
ALWAYS_INLINE void note(struct swissIter *it)
{
    static const intptr_t replaced = -1;
    if (it->dirIdx < 0 || it->t->indirectkey || it->t->indirectelem)
        it->index = &replaced;
}

/* Go: maps/table.go (*Iter).Next. */
void swiss_mapiternext_search(struct swissIter *it)
{
    gosafepoint();
    bool given = false;
    if (it->m != NULL) {
        if (UNLIKELY(swissMap_isWritten(it->m)))
            fatal("concurrent map iteration and map write");
        given = it->dirIdx < 0 ? give_in_small(it) : give_in_tables(it);
        note(it);
    }
    if (!given) {
        it->key = NULL;
        it->elem = NULL;
        it->window = 0;
    }
}
