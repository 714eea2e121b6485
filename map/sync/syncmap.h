/*
 * syncmap.h: sync.Map, whichever of its two kinds the modelled release has: two
 * maps of which one is copied (dirtymap.h), or a hash trie (hashtriemap.h).
 * Part of the door (map.h includes it).
 *
 * The functions are inlined dispatchers, so that the user's own function is the
 * caller of sync.(*Map).Store in a chain.
 */
#ifndef MAP_SYNC_SYNCMAP_H
#define MAP_SYNC_SYNCMAP_H

#include "map/sync/dirtymap.h"
#include "map/sync/hashtriemap.h"
#include "runtime/base/goversion.h"

/* Zeroed memory is an empty map. It lives in the heap
 * (newobject(syncMap_type())), or in registered roots, or on a scanned
 * stack. Which member it is, modelled says. */
struct syncMap {
    union {
        struct dirtyMap dirty;
        struct hashTrieMap trie;
    };
};

ALWAYS_INLINE bool syncMap_isTrie(void)
{
    return modelled->syncMap == SYNCMAP_HASHTRIE;
}

/* "sync.Map": as large as the release has it. */
ALWAYS_INLINE const struct type *syncMap_type(void)
{
    return syncMap_isTrie() ? hashTrieMap_type() : dirtyMap_type();
}

/* The methods of a trie under sync.Map's names. Go: sync/hashtriemap.go
 * (*Map).Load and so on. */
struct eface trieMap_Load(struct hashTrieMap *m, struct eface key, bool *ok);
void trieMap_Store(struct hashTrieMap *m, struct eface key, struct eface value);
struct eface trieMap_Swap(struct hashTrieMap *m, struct eface key,
                          struct eface value, bool *loaded);
struct eface trieMap_LoadOrStore(struct hashTrieMap *m, struct eface key,
                                 struct eface value, bool *loaded);
struct eface trieMap_LoadAndDelete(struct hashTrieMap *m, struct eface key,
                                   bool *loaded);
void trieMap_Delete(struct hashTrieMap *m, struct eface key);
void trieMap_Range(struct hashTrieMap *m,
                   bool (*f)(void *ctx, struct eface key, struct eface value),
                   void *ctx);

/* The value of key; *ok: it is there. The nil interface when it is not. */
ALWAYS_INLINE struct eface syncMap_Load(struct syncMap *m, struct eface key,
                                        bool *ok)
{
    return syncMap_isTrie() ? trieMap_Load(&m->trie, key, ok)
                            : dirtyMap_Load(&m->dirty, key, ok);
}

/* m[key] = value */
ALWAYS_INLINE void syncMap_Store(struct syncMap *m, struct eface key,
                                 struct eface value)
{
    if (syncMap_isTrie())
        trieMap_Store(&m->trie, key, value);
    else
        dirtyMap_Store(&m->dirty, key, value);
}

/* The value of key if it is there (*loaded), else stores value and returns
 * it. */
ALWAYS_INLINE struct eface syncMap_LoadOrStore(struct syncMap *m,
                                               struct eface key,
                                               struct eface value, bool *loaded)
{
    return syncMap_isTrie()
               ? trieMap_LoadOrStore(&m->trie, key, value, loaded)
               : dirtyMap_LoadOrStore(&m->dirty, key, value, loaded);
}

/* Stores value and returns what was there; *loaded: something was. Not of Go
 * 1.19: there is no Swap (modelled->syncMapSwaps, or a trie). */
ALWAYS_INLINE struct eface syncMap_Swap(struct syncMap *m, struct eface key,
                                        struct eface value, bool *loaded)
{
    return syncMap_isTrie() ? trieMap_Swap(&m->trie, key, value, loaded)
                            : dirtyMap_Swap(&m->dirty, key, value, loaded);
}

ALWAYS_INLINE struct eface syncMap_LoadAndDelete(struct syncMap *m,
                                                 struct eface key, bool *loaded)
{
    return syncMap_isTrie() ? trieMap_LoadAndDelete(&m->trie, key, loaded)
                            : dirtyMap_LoadAndDelete(&m->dirty, key, loaded);
}

ALWAYS_INLINE void syncMap_Delete(struct syncMap *m, struct eface key)
{
    if (syncMap_isTrie())
        trieMap_Delete(&m->trie, key);
    else
        dirtyMap_Delete(&m->dirty, key);
}

/* Calls f for each key until it returns false; ctx is f's own. f may call
 * anything on m. */
ALWAYS_INLINE void syncMap_Range(struct syncMap *m,
                                 bool (*f)(void *ctx, struct eface key,
                                           struct eface value),
                                 void *ctx)
{
    if (syncMap_isTrie())
        trieMap_Range(&m->trie, f, ctx);
    else
        dirtyMap_Range(&m->dirty, f, ctx);
}

#endif
