/*
 * swissbody.h: look up, assign and delete, written once for all key families.
 *
 * Each body is inlined into thin functions of Go's names (swissany.c,
 * swissfast.c, swissleaf.c) with its family f as a constant, so that those
 * are the frames a profile shows, and each is compiled for its own kind of key.
 * f is MAP_SLOW, MAP_FAST32, MAP_FAST64, MAP_FAST64PTR or MAP_FASTSTR here:
 * whether tombstones are pruned depends on whether a key is a pointer.
 */
#ifndef MAP_SWISS_SWISSBODY_H
#define MAP_SWISS_SWISSBODY_H

#include "map/mapshared.h"
#include "map/swiss/swisstable.h"
#include "runtime/base/goversion.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/thread.h"

/* A slot: the group that has it, which one it is, and its key, which comes
 * first in it. group is NULL for no slot. */
struct place {
    struct swissGroup *group;
    uintptr_t i;
    void *key;
};

/* What is looked for. */
struct sought {
    const void *key;
    uintptr_t hash;
};

static const struct place noPlace = {NULL, 0, NULL};

ALWAYS_INLINE struct place place_at(const struct maptype *t,
                                    struct swissGroup *g, uintptr_t i)
{
    return (struct place){g, i, key_place(t, g, i)};
}

/* Where the element of a slot lies. */
ALWAYS_INLINE void *place_elem(const struct maptype *t, struct place at,
                               enum mapfast f)
{
    return slot_elem(t, f, elem_place(t, f, at.key));
}

/* Keys of pointers are those of 8 plain bytes, except for pruning. */
ALWAYS_INLINE enum mapfast family_of_key(enum mapfast f)
{
    return f == MAP_FAST64PTR ? MAP_FAST64 : f;
}

/* The slot of want->key in g alone, whose control bytes are ctrls. */
ALWAYS_INLINE struct place
group_search(const struct maptype *t, struct swissGroup *g, struct bytes8 ctrls,
             const struct sought *want, enum mapfast f)
{
    uint64_t set = bytes8_equal(ctrls, bytes8_all(h2(want->hash)));
    for (; set != 0; set &= set - 1) {
        struct place at = place_at(t, g, bytes8_first(set));
        if (LIKELY(key_equal(t, f, want->key, slot_key(t, f, at.key))))
            return at;
    }
    return noPlace;
}

/* The slot of want->key in tab, searched for from seq on. */
ALWAYS_INLINE struct place
search_from(const struct maptype *t, const struct swissTable *tab,
            struct probeSeq seq, const struct sought *want, enum mapfast f)
{
    for (;; probeSeq_next(&seq)) {
        struct swissGroup *g = swissTable_group(t, tab, seq.offset);
        struct bytes8 ctrls = swissGroup_ctrls(g);
        struct place at = group_search(t, g, ctrls, want, f);
        if (at.group != NULL || LIKELY(ctrls_matchEmpty(ctrls) != 0))
            return at;
    }
}

ALWAYS_INLINE struct place table_search(const struct maptype *t,
                                        const struct swissTable *tab,
                                        const struct sought *want,
                                        enum mapfast f)
{
    return search_from(t, tab, makeProbeSeq(tab->lengthMask, want->hash), want,
                       f);
}

/* Where a key that was not found is to be put. */
struct vacantPlace {
    struct place at;
    bool tombstone; /* held an entry: counts as taken already */
};

/* table_search, and where the key is to be put if it is not there: the first
 * tombstone that the search met, else the empty slot that ended it. A group has
 * one or the other. */
ALWAYS_INLINE struct place table_search_vacancy(const struct maptype *t,
                                                const struct swissTable *tab,
                                                const struct sought *want,
                                                struct vacantPlace *v,
                                                enum mapfast f)
{
    struct probeSeq seq = makeProbeSeq(tab->lengthMask, want->hash);
    *v = (struct vacantPlace){.at = noPlace};
    for (;; probeSeq_next(&seq)) {
        struct swissGroup *g = swissTable_group(t, tab, seq.offset);
        struct bytes8 ctrls = swissGroup_ctrls(g);
        struct place at = group_search(t, g, ctrls, want, f);
        if (at.group != NULL)
            return at;
        uint64_t empty = ctrls_matchEmpty(ctrls);
        if (LIKELY(empty != 0)) {
            if (LIKELY(v->at.group == NULL))
                v->at = place_at(t, g, bytes8_first(empty));
            return noPlace;
        }
        uint64_t deleted = ctrls_matchEmptyOrDeleted(ctrls);
        if (deleted != 0 && v->at.group == NULL)
            *v = (struct vacantPlace){place_at(t, g, bytes8_first(deleted)),
                                      true};
    }
}

/* A key that cannot be hashed panics even where there is nothing to find. */
ALWAYS_INLINE void hash_for_panic(const struct maptype *t, enum mapfast f,
                                  const void *key)
{
    if (f == MAP_SLOW && t->key->hashMightPanic)
        key_hash(t, f, key, 0);
}

/* The slot of a key in m, which has entries. */
ALWAYS_INLINE struct place map_search(const struct maptype *t,
                                      const struct swissMap *m,
                                      const struct sought *want, enum mapfast f)
{
    if (swissMap_isSmall(m)) {
        struct swissGroup *g = m->dirPtr;
        return group_search(t, g, swissGroup_ctrls(g), want, f);
    }
    return table_search(t, swissMap_tableOf(m, want->hash), want, f);
}

/* The slot of key. The caller has been at a safepoint.
 * Go: maps/runtime.go runtime_mapaccess2. */
ALWAYS_INLINE struct place access_body(const struct maptype *t,
                                       const struct swissMap *m,
                                       const void *key, enum mapfast f)
{
    if (m == NULL || m->used == 0) {
        hash_for_panic(t, f, key);
        return noPlace;
    }
    if (UNLIKELY(swissMap_isWritten(m)))
        fatal("concurrent map read and map write");
    struct sought want = {key, key_hash(t, f, key, m->seed)};
    return map_search(t, m, &want, f);
}

/* What a look-up that ended at `at` gives: the element, or zeroed memory. The
 * fast families have no large elements. */
ALWAYS_INLINE const void *place_value(const struct maptype *t, struct place at,
                                      enum mapfast f)
{
    if (at.group == NULL)
        return f == MAP_SLOW ? zero_value(t->elem->size) : zeroVal;
    return place_elem(t, at, f);
}

/* Puts want->key into a slot that has none, with boxes where they are needed.
 * Returns where its element is. */
ALWAYS_INLINE void *fill_slot(const struct maptype *t, const struct swissMap *m,
                              void *slot, const struct sought *want,
                              enum mapfast f)
{
    void *k = slot;
    void *e = elem_place(t, f, slot);
    if (f == MAP_SLOW && UNLIKELY(t->indirectkey || t->indirectelem)) {
        const void *before = map_own(m);
        if (t->indirectkey)
            k = *(void **)slot = maps_newobject(t->key);
        if (t->indirectelem)
            e = *(void **)e = maps_newobject(t->elem);
        map_disown(before);
    }
    slot_copy(k, want->key,
              f == MAP_SLOW ? t->key->size : family_keysize(t, f));
    return e;
}

/* The element of a key that is in the map, at `at`, and is written again. */
ALWAYS_INLINE void *update_slot(const struct maptype *t, struct place at,
                                const struct sought *want, enum mapfast f)
{
    key_update(t, f, slot_key(t, f, at.key), want->key);
    return place_elem(t, at, f);
}

/* Where the element of want->key is to be stored in a small map; NULL when the
 * key is not there nor an empty slot. Go: maps/map.go (*Map).putSlotSmall. */
ALWAYS_INLINE void *put_small_body(const struct maptype *t, struct swissMap *m,
                                   const struct sought *want, enum mapfast f)
{
    struct swissGroup *g = m->dirPtr;
    struct bytes8 ctrls = swissGroup_ctrls(g);
    struct place at = group_search(t, g, ctrls, want, f);
    if (at.group != NULL)
        return update_slot(t, at, want, f);
    uint64_t set = ctrls_matchEmptyOrDeleted(ctrls);
    if (set == 0)
        return NULL;
    at = place_at(t, g, bytes8_first(set));
    void *elem = fill_slot(t, m, at.key, want, f);
    swissGroup_setCtrl(g, at.i, h2(want->hash));
    m->used++;
    return elem;
}

/* Those of the slow family stand in chains: theirs are the boxes. */
void *swissMap_putSlotSmall(struct swissMap *m, const struct maptype *t,
                            const struct sought *want);
void *swissTable_uncheckedPutSlotForAssign(struct swissTable *tab,
                                           const struct maptype *t,
                                           const struct swissMap *m,
                                           const struct sought *want);

ALWAYS_INLINE void *put_small(const struct maptype *t, struct swissMap *m,
                              const struct sought *want, enum mapfast f)
{
    return f == MAP_SLOW ? swissMap_putSlotSmall(m, t, want)
                         : put_small_body(t, m, want, f);
}

/* Puts a key that tab has not into tab, which has room and no tombstones.
 * Returns where its element is. */
ALWAYS_INLINE void *put_new_body(const struct maptype *t,
                                 struct swissTable *tab,
                                 const struct swissMap *m,
                                 const struct sought *want, enum mapfast f)
{
    void *slot = slots_take(slots_of(t, tab), want->hash);
    swissTable_count(tab, 1);
    return fill_slot(t, m, slot, want, f);
}

/* put_small, and what happens to a map that is full. NULL: the map is no longer
 * small, but the key is still to be placed. */
ALWAYS_INLINE void *assign_small(const struct maptype *t, struct swissMap *m,
                                 const struct sought *want, enum mapfast f)
{
    if (m->used == groupSlots && !modelled->updatesFull) {
        swissMap_growToTable(m, t); /* even if the key is there */
        return NULL;
    }
    void *elem = put_small(t, m, want, f);
    if (LIKELY(elem != NULL))
        return elem;
    struct swissTable *tab = swissMap_growToTable(m, t);
    elem = f == MAP_SLOW ? swissTable_uncheckedPutSlotForAssign(tab, t, m, want)
                         : put_new_body(t, tab, m, want, f);
    m->used++;
    return elem;
}

/* Do writes of this family prune? */
ALWAYS_INLINE bool family_prunes(enum mapfast f)
{
    if (f == MAP_SLOW)
        return false;
    return f == MAP_FAST64PTR ? modelled->prunesPtr : modelled->prunes;
}

/* May an empty slot of tab be filled? Tries what this family tries. */
ALWAYS_INLINE bool table_has_room(const struct maptype *t,
                                  struct swissTable *tab,
                                  const struct swissMap *m, enum mapfast f)
{
    if (UNLIKELY(tab->growthLeft == 0) && family_prunes(f))
        swissTable_pruneTombstones(tab, t, m);
    return LIKELY(tab->growthLeft > 0);
}

/* Puts want->key, which tab has not, where the search for it found place.
 * Returns where its element is. */
ALWAYS_INLINE void *fill_vacancy(const struct maptype *t, struct swissMap *m,
                                 struct swissTable *tab,
                                 const struct sought *want,
                                 const struct vacantPlace *v, enum mapfast f)
{
    void *elem = fill_slot(t, m, v->at.key, want, f);
    swissGroup_setCtrl(v->at.group, v->at.i, h2(want->hash));
    tab->growthLeft = (uint16_t)(tab->growthLeft - !v->tombstone);
    tab->used++;
    m->used++;
    return elem;
}

/* Where the element of want->key is to be stored in tab; NULL: there was no
 * room, and tab has been replaced. Go: maps/table.go (*table).PutSlot. */
ALWAYS_INLINE void *assign_in_table(const struct maptype *t, struct swissMap *m,
                                    struct swissTable *tab,
                                    const struct sought *want, enum mapfast f)
{
    enum mapfast kf = family_of_key(f);
    struct vacantPlace v;
    struct place at = table_search_vacancy(t, tab, want, &v, kf);
    if (at.group != NULL)
        return update_slot(t, at, want, kf);
    if (v.tombstone || table_has_room(t, tab, m, f))
        return fill_vacancy(t, m, tab, want, &v, kf);
    swissTable_rehash(tab, t, m);
    return NULL;
}

/* assign_body after hashing. */
ALWAYS_INLINE void *assign_hashed(const struct maptype *t, struct swissMap *m,
                                  const struct sought *want, enum mapfast f)
{
    void *elem = NULL;
    swissMap_beginWriting(m);
    if (UNLIKELY(m->dirPtr == NULL))
        swissMap_growToSmall(m, t);
    if (swissMap_isSmall(m))
        elem = assign_small(t, m, want, family_of_key(f));
    while (elem == NULL) /* a table that was replaced: begin again */
        elem = assign_in_table(t, m, swissMap_tableOf(m, want->hash), want, f);
    swissMap_endWriting(m);
    if (CHECK >= 3 && map_proof_due(m->used))
        swisscheck(t, m);
    return elem;
}

/* Where the element of key is to be stored.
 * Go: maps/runtime.go runtime_mapassign. */
ALWAYS_INLINE void *assign_body(const struct maptype *t, struct swissMap *m,
                                const void *key, enum mapfast f)
{
    gosafepoint();
    if (UNLIKELY(m == NULL))
        gopanic("assignment to entry in nil map");
    if (UNLIKELY(swissMap_isWritten(m)))
        fatal("concurrent map writes");
    /* Hashing may panic: nobody is writing yet. */
    struct sought want = {key, key_hash(t, family_of_key(f), key, m->seed)};
    return assign_hashed(t, m, &want, f);
}

/* Empties a slot: lets go of what it points to, and zeroes the element, which
 * m[k] += 1 expects of a new key. */
ALWAYS_INLINE void clear_slot(const struct maptype *t, struct place at,
                              enum mapfast f)
{
    key_clear(t, f, at.key);
    slot_zero(elem_place(t, f, at.key), t->elemsize);
}

/* Deletes the entry at `at`, in tab; empty: its group has an empty slot. A full
 * group may stand in the middle of a search, which must not end here; in one
 * that is not full every search ends. */
ALWAYS_INLINE void delete_slot(const struct maptype *t, struct swissMap *m,
                               struct swissTable *tab, struct place at,
                               bool empty, enum mapfast f)
{
    clear_slot(t, at, f);
    tab->used--;
    m->used--;
    if (LIKELY(empty)) {
        swissGroup_setCtrl(at.group, at.i, ctrlEmpty);
        tab->growthLeft++;
    } else {
        swissGroup_setCtrl(at.group, at.i, ctrlDeleted);
        m->tombstonePossible = true;
    }
}

/* Go: maps/table.go (*table).Delete. */
ALWAYS_INLINE void delete_in_table(const struct maptype *t, struct swissMap *m,
                                   const struct sought *want, enum mapfast f)
{
    struct swissTable *tab = swissMap_tableOf(m, want->hash);
    struct place at = table_search(t, tab, want, f);
    if (at.group == NULL)
        return;
    bool empty = ctrls_matchEmpty(swissGroup_ctrls(at.group)) != 0;
    delete_slot(t, m, tab, at, empty, f);
}

/* Go: maps/map.go (*Map).deleteSmall. */
ALWAYS_INLINE void delete_small(const struct maptype *t, struct swissMap *m,
                                const struct sought *want, enum mapfast f)
{
    struct swissGroup *g = m->dirPtr;
    struct place at = group_search(t, g, swissGroup_ctrls(g), want, f);
    if (at.group == NULL)
        return;
    clear_slot(t, at, f);
    swissGroup_setCtrl(g, at.i, ctrlEmpty);
    m->used--;
}

/* Go: maps/map.go (*Map).Delete. */
ALWAYS_INLINE void delete_body(const struct maptype *t, struct swissMap *m,
                               const void *key, enum mapfast f)
{
    gosafepoint();
    if (m == NULL || m->used == 0) {
        hash_for_panic(t, f, key);
        return;
    }
    if (UNLIKELY(swissMap_isWritten(m)))
        fatal("concurrent map writes");
    struct sought want = {key, key_hash(t, f, key, m->seed)};
    swissMap_beginWriting(m);
    if (swissMap_isSmall(m))
        delete_small(t, m, &want, f);
    else
        delete_in_table(t, m, &want, f);
    if (UNLIKELY(m->used == 0))
        m->seed = newseed64(); /* who found colliding keys begins again */
    swissMap_endWriting(m);
    if (CHECK >= 3 && map_proof_due(m->used))
        swisscheck(t, m);
}

#endif
