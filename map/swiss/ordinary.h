/*
 * ordinary.h: the ordinary look-up, write and deletion: of a key that is hashed
 * in line, in a map with tables that nobody else writes to, and decided by the
 * first group of its search, with nothing to be allocated. Four in five are,
 * also in a full table. They call nothing, so a function made of one needs few
 * registers and saves none: what is not ordinary is left to functions that do
 * not come back, other_… from the start and further_… with the hash.
 */
#ifndef MAP_SWISS_ORDINARY_H
#define MAP_SWISS_ORDINARY_H

#include "map/swiss/swissbody.h"

/* Is an operation on key in m one, as far as can be told before hashing? */
ALWAYS_INLINE bool is_ordinary(const struct swissMap *m, const void *key,
                               enum mapfast f)
{
    return !gosafepoint_wanted() && LIKELY(m != NULL) &&
           LIKELY(!swissMap_isSmall(m)) && LIKELY(!swissMap_isWritten(m)) &&
           key_is_short(f, key);
}

/* The hash of such a key. */
ALWAYS_INLINE uintptr_t ordinary_hash(const struct maptype *t,
                                      const struct swissMap *m, const void *key,
                                      enum mapfast f)
{
    if (!key_is_short(f, key))
        __builtin_unreachable(); /* so that nothing is called */
    return short_key_hash(t, f, key, m->seed);
}

/*
 * The group that the search for hash begins with. In a map that is likely not
 * in the cache the group behind it is asked for as well, where a search of a
 * full group goes on, and of strings the third line of the first, where slots
 * are. On an AMD EPYC (Zen 3) a miss among 10^5 integers then takes 0.82 of the
 * time that it takes with the second line of the first group asked for, of
 * strings 0.79; a hit 1.07 and 0.83.
 */
ALWAYS_INLINE struct swissGroup *first_group(const struct maptype *t,
                                             const struct swissMap *m,
                                             const struct swissTable *tab,
                                             uintptr_t hash, enum mapfast f)
{
    enum { Line = 64, manyTables = 64 };
    struct swissGroup *g = swissTable_group(t, tab, h1(hash) & tab->lengthMask);
    if (m->dirLen >= manyTables) {
        __builtin_prefetch((char *)g + t->groupsize);
        if (f == MAP_FASTSTR)
            __builtin_prefetch((char *)g + 2 * Line);
    }
    return g;
}

/* A look-up: the slot, or none. False where the search goes on. */
ALWAYS_INLINE bool ordinary_access(const struct maptype *t,
                                   const struct swissMap *m,
                                   const struct sought *want, struct place *at,
                                   enum mapfast f)
{
    const struct swissTable *tab = swissMap_tableOf(m, want->hash);
    struct swissGroup *g = first_group(t, m, tab, want->hash, f);
    struct bytes8 ctrls = swissGroup_ctrls(g);
    *at = group_search(t, g, ctrls, want, f);
    return at->group != NULL || LIKELY(ctrls_matchEmpty(ctrls) != 0);
}

/* The rest of such a look-up, from the second group on. */
ALWAYS_INLINE struct place access_further(const struct maptype *t,
                                          const struct swissMap *m,
                                          const struct sought *want,
                                          enum mapfast f)
{
    const struct swissTable *tab = swissMap_tableOf(m, want->hash);
    struct probeSeq seq = makeProbeSeq(tab->lengthMask, want->hash);
    probeSeq_next(&seq);
    return search_from(t, tab, seq, want, f);
}

/* A write: where the element is to be stored; NULL, and nothing has been done,
 * where the search goes on or there is no room. */
ALWAYS_INLINE void *ordinary_assign(const struct maptype *t, struct swissMap *m,
                                    const struct sought *want, enum mapfast f)
{
    struct swissTable *tab = swissMap_tableOf(m, want->hash);
    struct swissGroup *g = first_group(t, m, tab, want->hash, f);
    struct bytes8 ctrls = swissGroup_ctrls(g);
    void *elem = NULL;
    swissMap_beginWriting(m);
    struct place at = group_search(t, g, ctrls, want, f);
    uint64_t empty = word_matchEmpty(g->word);
    if (at.group != NULL) {
        elem = update_slot(t, at, want, f);
    } else if (LIKELY(empty != 0) && LIKELY(tab->growthLeft > 0)) {
        struct vacantPlace v = {.at = place_at(t, g, word_first(empty))};
        elem = fill_vacancy(t, m, tab, want, &v, f);
    }
    swissMap_endWriting(m);
    if (CHECK >= 3 && map_proof_due(m->used))
        swisscheck(t, m);
    return elem;
}

/* A deletion. False, and nothing has been done, where the search goes on, or
 * the map would be empty afterwards. */
ALWAYS_INLINE bool ordinary_delete(const struct maptype *t, struct swissMap *m,
                                   const struct sought *want, enum mapfast f)
{
    struct swissTable *tab = swissMap_tableOf(m, want->hash);
    struct swissGroup *g = first_group(t, m, tab, want->hash, f);
    struct bytes8 ctrls = swissGroup_ctrls(g);
    if (UNLIKELY(m->used <= 1))
        return false;
    swissMap_beginWriting(m);
    struct place at = group_search(t, g, ctrls, want, f);
    bool empty = ctrls_matchEmpty(ctrls) != 0;
    if (at.group != NULL)
        delete_slot(t, m, tab, at, empty, f);
    swissMap_endWriting(m);
    if (CHECK >= 3 && map_proof_due(m->used))
        swisscheck(t, m);
    return at.group != NULL || LIKELY(empty);
}

#endif
