/*
 * swissgrow.c: making room where a table has none: by turning tombstones back,
 * and by larger tables, or more of them.
 *
 *     a write finds growthLeft 0 --> pruneTombstones --> room, or a growth:
 *     mapassign --rehash--> grow:  one table of twice the capacity
 *                           split: two, each for half of the hashes
 *
 * Locking: none; a map is written by one thread at a time (see swissgroup.h).
 */
#include "map/swiss/swisstable.h"

/*
 * Tombstones that nobody needs become empty slots again.
 *
 * A tombstone is needed while some entry's search passes its group: with an
 * empty slot there the search would end too early. So the probe sequence of
 * each entry is walked, and what it passes is marked as needed. The other
 * groups' tombstones are turned to empty, all of a group's at once: a group has
 * empty slots or tombstones, never both.
 *
 * All this looks at every entry, so it is done only where it gives a tenth of
 * the slots back; then that many inserts follow before it is done again. No
 * entry moves, because an iteration may be under way.
 */

enum { maxGroups = maxTableCapacity / groupSlots, WordBits = 64 };

/* A bit for each group whose tombstones must stay. */
struct neededGroups {
    uint64_t words[maxGroups / WordBits];
};

static void mark_needed(struct neededGroups *needed, uint64_t group)
{
    needed->words[group / WordBits] |= (uint64_t)1 << group % WordBits;
}

static bool is_needed(const struct neededGroups *needed, uint64_t group)
{
    return needed->words[group / WordBits] >> group % WordBits & 1;
}

/* Marks the groups with tombstones that a search for key, which is in group
 * `home`, passes. A NaN is never searched for. */
static void mark_passed(const struct swissTable *tab, const struct maptype *t,
                        const struct swissMap *m, const void *key,
                        uint64_t home, struct neededGroups *needed)
{
    if (!t->key->equal(t->key, key, key))
        return;
    struct probeSeq seq =
        makeProbeSeq(tab->lengthMask, t->key->hash(t->key, key, m->seed));
    for (; seq.offset != home; probeSeq_next(&seq)) {
        struct swissGroup *g = swissTable_group(t, tab, seq.offset);
        if (ctrls_matchEmptyOrDeleted(swissGroup_ctrls(g)) != 0)
            mark_needed(needed, seq.offset);
    }
}

/* Marks each group that must stay as it is: it is passed, or has no tombstones
 * since it has empty slots. */
static void mark_all(const struct swissTable *tab, const struct maptype *t,
                     const struct swissMap *m, struct neededGroups *needed)
{
    for (uint64_t i = 0; i <= tab->lengthMask; i++) {
        struct swissGroup *g = swissTable_group(t, tab, i);
        struct bytes8 ctrls = swissGroup_ctrls(g);
        uint64_t full = ctrls_matchFull(ctrls);
        for (; full != 0; full &= full - 1) {
            void *place = key_place(t, g, bytes8_first(full));
            mark_passed(tab, t, m, slot_key(t, MAP_SLOW, place), i, needed);
        }
        if (ctrls_matchEmpty(ctrls) != 0)
            mark_needed(needed, i);
    }
}

/* How many tombstones need not stay. */
static uint32_t count_unneeded(const struct swissTable *tab,
                               const struct maptype *t,
                               const struct neededGroups *needed)
{
    uint32_t n = 0;
    for (uint64_t i = 0; i <= tab->lengthMask; i++) {
        struct swissGroup *g = swissTable_group(t, tab, i);
        if (!is_needed(needed, i))
            n += popcount64(ctrls_matchEmptyOrDeleted(swissGroup_ctrls(g)));
    }
    return n;
}

/* Is n so much of tab's capacity that looking at all of it pays? */
static bool is_worth_it(const struct swissTable *tab, uint32_t n)
{
    enum { share = 10 };
    return n * share >= tab->capacity;
}

void swissTable_pruneTombstones(struct swissTable *tab, const struct maptype *t,
                                const struct swissMap *m)
{
    struct neededGroups needed = {{0}};
    if (!is_worth_it(tab, swissTable_tombstones(tab)))
        return;
    mark_all(tab, t, m, &needed);
    if (!is_worth_it(tab, count_unneeded(tab, t, &needed)))
        return;
    for (uint64_t i = 0; i <= tab->lengthMask; i++) {
        if (is_needed(&needed, i))
            continue;
        struct swissGroup *g = swissTable_group(t, tab, i);
        uint64_t set = ctrls_matchEmptyOrDeleted(swissGroup_ctrls(g));
        for (; set != 0; set &= set - 1) {
            swissGroup_setCtrl(g, bytes8_first(set), ctrlEmpty);
            tab->growthLeft++;
        }
    }
}

/*
 * Growth.
 *
 * It is done at once, by the write that finds the table full: at most 1024
 * entries are moved, in order of groups and of slots, each into the first empty
 * slot of its probe sequence. The old table stays as it is, and its index says
 * that it is replaced: an iteration may be walking it.
 */

/* Go: maps/table.go (*table).grow. */
static GOFRAME void swissTable_grow(struct swissTable *tab,
                                    const struct maptype *t, struct swissMap *m,
                                    uint16_t newCapacity)
{
    struct swissTable *new =
        maps_newTable(t, newCapacity, tab->index, tab->localDepth);
    struct swissTable *const to[2] = {new, NULL};
    swissTable_takeAll(to, 0, t, m, tab->groups, tab->lengthMask + 1);
    swissMap_replaceTable(m, new);
    tab->index = -1;
}
GOFRAME_OF(swissTable_grow, "internal/runtime/maps.(*table).grow");

/* Go: maps/table.go (*table).split. */
static GOFRAME void swissTable_split(struct swissTable *tab,
                                     const struct maptype *t,
                                     struct swissMap *m)
{
    uint8_t depth = (uint8_t)(tab->localDepth + 1);
    struct swissTable *left = maps_newTable(t, maxTableCapacity, -1, depth);
    struct swissTable *right = maps_newTable(t, maxTableCapacity, -1, depth);
    uintptr_t mask = (uintptr_t)1 << (64 - depth);
    struct swissTable *const to[2] = {left, right};
    swissTable_takeAll(to, mask, t, m, tab->groups, tab->lengthMask + 1);
    swissMap_installTableSplit(m, tab, left, right);
    tab->index = -1;
}
GOFRAME_OF(swissTable_split, "internal/runtime/maps.(*table).split");

GOFRAME void swissTable_rehash(struct swissTable *tab, const struct maptype *t,
                               struct swissMap *m)
{
    const void *before = map_own(m);
    uint16_t newCapacity = (uint16_t)(2 * tab->capacity);
    bool split = newCapacity > maxTableCapacity;
    if (split)
        swissTable_split(tab, t, m);
    else
        swissTable_grow(tab, t, m, newCapacity);
    map_disown(before);
    struct mapGrowth g = {
        .moves = tab->used,
        .oldSlots = tab->capacity,
        .newSlots = split ? maxTableCapacity : newCapacity,
        .split = split,
    };
    swissTable_report(t, m, g);
}
GOFRAME_OF(swissTable_rehash, "internal/runtime/maps.(*table).rehash");
