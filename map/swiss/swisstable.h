/*
 * swisstable.h: what a swiss map is made of: the layout of its groups, tables
 * (making and filling them, emptying them in place), the room that they make,
 * and the directory.
 *
 * What allocates is done on behalf of a map: callers name it (map_own).
 */
#ifndef MAP_SWISS_SWISSTABLE_H
#define MAP_SWISS_SWISSTABLE_H

#include "map/mapshared.h"
#include "map/maptype.h"
#include "map/swiss/swissgroup.h"

/*
 * How a group of a swiss map is laid out for a key and an element type, and the
 * descriptors of what such a map itself allocates.
 */

/* Sets t->group, the sizes and elemoff and the rest of its layout from
 * its key and elem. False without memory.
 * Go: cmd/compile/internal/reflectdata/map.go MapGroupType. */
bool grouptype_fill(struct maptype *t);

/* One descriptor each for the whole process. */
const struct type *swissMap_type(void);      /* maps.Map: 48 bytes */
const struct type *swissTable_type(void);    /* maps.table: 32 bytes */
const struct type *swissTablePtr_type(void); /* *maps.table */

/*
 * Tables.
 */

/* Zeroed memory for a value of typ, and for n in a row: an indirect key or
 * element, an array of groups. Go: maps/runtime.go newobject, newarray. */
void *maps_newobject(const struct type *typ);
void *maps_newarray(const struct type *typ, intptr_t n);

/* length groups, all zero: control bytes are still to be set.
 * Go: maps/group.go newGroups. */
struct swissGroup *maps_newGroups(const struct maptype *t, uint64_t length);

/* An empty table of capacity slots, a power of two, that is to stand in place
 * index of the directory. Go: maps/table.go newTable. */
struct swissTable *maps_newTable(const struct maptype *t, uint16_t capacity,
                                 intptr_t index, uint8_t localDepth);

/* What a key's way to its slot depends on, of a table and its type. Whoever
 * moves many keys holds it as a value, which no store of a key can change. */
struct slots {
    struct swissGroup *groups;
    uint64_t lengthMask;
    size_t groupsize;
    size_t slotsize;
};

ALWAYS_INLINE struct slots slots_of(const struct maptype *t,
                                    const struct swissTable *tab)
{
    return (struct slots){tab->groups, tab->lengthMask, t->groupsize,
                          t->slotsize};
}

/* Takes the first empty slot of the probe sequence of hash, whose key is in
 * none: writes its control byte and returns its key. There is room and there
 * are no tombstones; the table's counters are still to be set.
 * Go: maps/table.go (*table).uncheckedPutSlot. */
ALWAYS_INLINE void *slots_take(struct slots s, uintptr_t hash)
{
    struct probeSeq seq = makeProbeSeq(s.lengthMask, hash);
    for (;; probeSeq_next(&seq)) {
        struct swissGroup *g =
            (struct swissGroup *)((char *)s.groups + seq.offset * s.groupsize);
        uint64_t set = word_matchEmptyOrDeleted(g->word);
        if (LIKELY(set != 0)) {
            uintptr_t i = word_first(set);
            swissGroup_setCtrl(g, i, h2(hash));
            return g->slots + i * s.slotsize;
        }
    }
}

/* n entries have been put into tab. */
ALWAYS_INLINE void swissTable_count(struct swissTable *tab, uint32_t n)
{
    ASSERT(n <= tab->growthLeft);
    tab->used = (uint16_t)(tab->used + n);
    tab->growthLeft = (uint16_t)(tab->growthLeft - n);
}

/*
 * Moves the entries of n groups, in order of groups and slots, to tables that
 * are new, and of one capacity: to[0] has those whose hash has no bit of mask,
 * to[1] the others; mask may be 0. They are hashed with m's seed, and their
 * slots copied as they stand: boxes change hands.
 */
void swissTable_takeAll(struct swissTable *const to[2], uintptr_t mask,
                        const struct maptype *t, const struct swissMap *m,
                        struct swissGroup *groups, uint64_t n);

/* Slots that hold no entry but count as taken. Go: maps/table.go
 * (*table).tombstones. */
ALWAYS_INLINE uint16_t swissTable_tombstones(const struct swissTable *tab)
{
    return (uint16_t)(table_limit(tab->capacity) - tab->used - tab->growthLeft);
}

/* Empties tab in place. Go: maps/table.go (*table).Clear. */
void swissTable_Clear(struct swissTable *tab, const struct maptype *t);

/* Tells the listener of a growth that has ended: g says from what to what. */
void swissTable_report(const struct maptype *t, const struct swissMap *m,
                       struct mapGrowth g);

/*
 * Making room where a table has none: by turning tombstones back, and by larger
 * tables, or more of them.
 */

/* Turns tombstones that no entry's search passes back into empty slots, if
 * they are a tenth of all slots; growthLeft tells.
 * Go: maps/table.go (*table).pruneTombstones. */
void swissTable_pruneTombstones(struct swissTable *tab, const struct maptype *t,
                                const struct swissMap *m);

/* tab has no room: replaces it by one of twice the capacity, or, where that is
 * more than maxTableCapacity, by two. Afterwards tab is no part of m.
 * Go: maps/table.go (*table).rehash. */
void swissTable_rehash(struct swissTable *tab, const struct maptype *t,
                       struct swissMap *m);

/*
 * What hangs on a map: nothing, a group, or a directory of tables.
 */

/* The first write: m gets its one group. Go: maps/map.go (*Map).growToSmall. */
void swissMap_growToSmall(struct swissMap *m, const struct maptype *t);

/* The ninth entry: the group's entries move to a table of 16 slots, in a
 * directory of one. Returns the table. Go: maps/map.go (*Map).growToTable. */
struct swissTable *swissMap_growToTable(struct swissMap *m,
                                        const struct maptype *t);

/* tab takes all places of its index and depth.
 * Go: maps/map.go (*Map).replaceTable. */
void swissMap_replaceTable(struct swissMap *m, struct swissTable *tab);

/* left and right, whose localDepth is old's and one, take old's places; the
 * directory doubles where old has only one.
 * Go: maps/map.go (*Map).installTableSplit. */
void swissMap_installTableSplit(struct swissMap *m,
                                const struct swissTable *old,
                                struct swissTable *left,
                                struct swissTable *right);

/* A directory of n tables becomes m's. */
void swissMap_setDirectory(struct swissMap *m, struct swissTable **directory,
                           uintptr_t n);

#endif
