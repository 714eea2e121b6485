/*
 * swisstable.c: tables: making and filling them, and emptying them in place.
 *
 *     NewMap, growToTable, grow, split --newTable--> table --newGroups-->
 *     groups
 *
 * Locking: none; a map is written by one thread at a time (see swissgroup.h).
 *
 * Invariants, each verified by swisscheck:
 *   swisstable.1  used is the number of entries
 *   swisstable.2  used + tombstones + growthLeft is 7/8 of the capacity, and
 *                 tombstones is the number of ctrlDeleted bytes
 *   swisstable.3  each entry stands under its h2 in a group of its probe
 *                 sequence, and no group before that one has an empty slot
 *   swisstable.4  a look-up of an entry's key finds that very entry
 *   swisstable.5  a group has empty slots or tombstones, not both
 *   swisstable.6  the hashes of a table's entries begin with the localDepth
 *                 bits of its index
 */
#include "map/swiss/swisstable.h"

GOFRAME void *maps_newobject(const struct type *typ)
{
    return newobject(typ);
}
GOFRAME_OF(maps_newobject, "internal/runtime/maps.newobject");

GOFRAME void *maps_newarray(const struct type *typ, intptr_t n)
{
    return newarray(typ, n);
}
GOFRAME_OF(maps_newarray, "internal/runtime/maps.newarray");

GOFRAME struct swissGroup *maps_newGroups(const struct maptype *t,
                                          uint64_t length)
{
    return maps_newarray(t->group, (intptr_t)length);
}
GOFRAME_OF(maps_newGroups, "internal/runtime/maps.newGroups");

/* New groups for tab, all empty. Go: maps/table.go (*table).reset. */
static GOFRAME void swissTable_reset(struct swissTable *tab,
                                     const struct maptype *t, uint16_t capacity)
{
    uint64_t n = capacity / groupSlots;
    tab->groups = maps_newGroups(t, n);
    tab->lengthMask = n - 1;
    tab->capacity = capacity;
    tab->growthLeft = table_limit(capacity);
    for (uint64_t i = 0; i < n; i++)
        swissGroup_setEmpty(swissTable_group(t, tab, i));
}
GOFRAME_OF(swissTable_reset, "internal/runtime/maps.(*table).reset");

GOFRAME struct swissTable *maps_newTable(const struct maptype *t,
                                         uint16_t capacity, intptr_t index,
                                         uint8_t localDepth)
{
    ASSERT(capacity >= minTableCapacity && capacity <= maxTableCapacity);
    struct swissTable *tab = newobject(swissTable_type());
    tab->index = index;
    tab->localDepth = localDepth;
    swissTable_reset(tab, t, capacity);
    return tab;
}
GOFRAME_OF(maps_newTable, "internal/runtime/maps.newTable");

/* The hashes of the keys in the `full` slots of g. Integers are hashed in every
 * slot, also where there is none: eight times without a branch. */
ALWAYS_INLINE void hash_keys(const struct maptype *t, const struct swissMap *m,
                             struct swissGroup *g, uint64_t full,
                             uintptr_t hash[groupSlots], enum mapfast f)
{
    if (f == MAP_FAST32 || f == MAP_FAST64) {
        for (uintptr_t i = 0; i < groupSlots; i++)
            hash[i] = key_hash(t, f, key_place(t, g, i), m->seed);
        return;
    }
    for (; full != 0; full &= full - 1) {
        uintptr_t i = bytes8_first(full);
        hash[i] = key_hash(t, f, slot_key(t, f, key_place(t, g, i)), m->seed);
    }
}

/* Asks for the bytes of the strings in g, which are met one after the other
 * when they are hashed, and lie anywhere. */
ALWAYS_INLINE void prefetch_strings(const struct maptype *t,
                                    struct swissGroup *g)
{
    uint64_t full = ctrls_matchFull(swissGroup_ctrls(g));
    for (; full != 0; full &= full - 1) {
        const struct gostring *s = key_place(t, g, bytes8_first(full));
        __builtin_prefetch(s->str);
    }
}

/* swissTable_takeAll of one family of keys. All of a group are hashed before
 * the first is moved, so that a hash need not wait for the move before it. */
ALWAYS_INLINE void take_body(struct swissTable *const to[2], uintptr_t mask,
                             const struct maptype *t, const struct swissMap *m,
                             struct swissGroup *g, uint64_t n, enum mapfast f)
{
    uint32_t moved = 0, movedHigh = 0;
    const struct slots low = slots_of(t, to[0]);
    const struct slots high = mask != 0 ? slots_of(t, to[1]) : low;
    ASSERT(low.lengthMask == high.lengthMask);
    for (; n > 0; n--) {
        struct swissGroup *next =
            (struct swissGroup *)((char *)g + low.groupsize);
        uint64_t full = ctrls_matchFull(swissGroup_ctrls(g));
        uintptr_t hash[groupSlots];
        if (f == MAP_FASTSTR && n > 1)
            prefetch_strings(t, next);
        hash_keys(t, m, g, full, hash, f);
        for (; full != 0; full &= full - 1) {
            uintptr_t i = bytes8_first(full);
            bool isHigh = (hash[i] & mask) != 0;
            struct slots s = low;
            s.groups = isHigh ? high.groups : low.groups;
            slot_move(slots_take(s, hash[i]), g->slots + i * s.slotsize,
                      s.slotsize);
            moved++;
            movedHigh += isHigh;
        }
        g = next;
    }
    swissTable_count(to[0], moved - movedHigh);
    if (movedHigh > 0)
        swissTable_count(to[1], movedHigh);
}

void swissTable_takeAll(struct swissTable *const to[2], uintptr_t mask,
                        const struct maptype *t, const struct swissMap *m,
                        struct swissGroup *groups, uint64_t n)
{
    switch (t->fast) {
    case SWISS_FAST32:
    case SWISS_FAST32PTR:
        take_body(to, mask, t, m, groups, n, MAP_FAST32);
        break;
    case SWISS_FAST64:
    case SWISS_FAST64PTR:
        take_body(to, mask, t, m, groups, n, MAP_FAST64);
        break;
    case SWISS_FASTSTR:
        take_body(to, mask, t, m, groups, n, MAP_FASTSTR);
        break;
    default:
        take_body(to, mask, t, m, groups, n, MAP_SLOW);
    }
}

void swissTable_Clear(struct swissTable *tab, const struct maptype *t)
{
    uint16_t limit = table_limit(tab->capacity);
    if (tab->used == 0 && tab->growthLeft == limit)
        return;
    for (uint64_t i = 0; i <= tab->lengthMask; i++) {
        struct swissGroup *g = swissTable_group(t, tab, i);
        if (ctrls_matchFull(swissGroup_ctrls(g)) != 0)
            memset(g->slots, 0, groupSlots * t->slotsize);
        swissGroup_setEmpty(g);
    }
    tab->used = 0;
    tab->growthLeft = limit;
}

/* Bytes of an array of groups for so many slots. */
static size_t groups_bytes(const struct maptype *t, uint32_t slots)
{
    size_t size = slots / groupSlots * t->groupsize;
    return objsize_slot(modelled, size, t->group->ptrdata == 0);
}

void swissTable_report(const struct maptype *t, const struct swissMap *m,
                       struct mapGrowth g)
{
    if (mapgrow_hook == NULL)
        return;
    g.t = t;
    g.m = m;
    g.count = (intptr_t)m->used;
    g.places = (size_t)m->dirLen;
    g.bytes = (g.split ? 2 : 1) * groups_bytes(t, g.newSlots);
    g.letGo = groups_bytes(t, g.oldSlots);
    mapgrow_hook(&g);
}
