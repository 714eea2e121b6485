/*
 * hashtriemap.h: a concurrent hash trie, which sync.Map is from Go 1.24 on.
 *
 *     root  +---+---+--- … ---+---+   node: 16 children, chosen by the top four
 *           | 0 | 1 |         | 15|   bits of the key's hash
 *           +-|-+---+--- … ---+-|-+
 *             v                 v
 *           entry             node    the next four bits
 *           key, value        +---+---+--- … ---+---+
 *                             +-|-+---+--- … ---+---+
 *                               v
 *                             entry --overflow--> entry   equal hashes
 *
 * THE ROAD OF ONE Store(k, v)
 *   1. The first use of any method makes the root and draws the seed.
 *   2. k is hashed as a map[any]any would hash it. Four bits a level, from the
 *      top, lead down to a slot that is empty or holds an entry. No lock so
 *      far: a node, once in the trie, stays where it is.
 *   3. The lock of the node that has the slot. Had somebody put a node there
 *      meanwhile, or removed this one, the road begins again.
 *   4. A new entry is made. Entries never change: an update replaces one.
 *   5. It takes the slot, when that was empty or held the same key. If another
 *      key is there, both go down together: a node for each four bits that they
 *      share (expand), published last, so that no reader misses the old one.
 *
 * Deleting empties the slot, and unlinks nodes that have become empty, upwards.
 *
 * WHERE EACH ALLOCATION COMES FROM
 *   node, 160 bytes    the root, by init or Clear; expand, one for each level
 *                      that two keys share
 *   entry, 48 bytes    each Store, Swap, CompareAndSwap that succeeds, and each
 *                      LoadOrStore that stores
 * Load, Delete, Range allocate nothing. The old sync.Map (dirtymap.h) copied
 * whole maps from time to time; here every store costs the same.
 *
 * WHERE THIS IS NOT GO
 *   The generic type is what sync.Map makes of it, HashTrieMap[any, any]. The
 *   hash and equality functions are those of interface{}, not two pointers in
 *   the map (their words are there). Go: internal/sync/hashtriemap.go.
 */
#ifndef MAP_SYNC_HASHTRIEMAP_H
#define MAP_SYNC_HASHTRIEMAP_H

#include "runtime/sched/gosync.h"
#include "runtime/type/type.h"

struct indirect;

/* Zeroed memory is an empty map. 48 bytes, Go's layout to the byte.
 * Go: internal/sync/hashtriemap.go HashTrieMap, and sync.Map, which is one. */
struct hashTrieMap {
    _Atomic uint32_t inited; /* 0: neither root nor seed yet */
    struct Mutex initMu;
    struct indirect *_Atomic root; /* under no lock; never NULL once inited */
    uintptr_t keyHash, valEqual;   /* Go's two functions: unused */
    uintptr_t seed;                /* of the keys' hash */
};

const struct type *hashTrieMap_type(void); /* "sync.Map" */

/* The methods of sync.Map, which syncmap.h explains. Go: hashtriemap.go
 * (*HashTrieMap).Load and so on. */
struct eface hashTrieMap_Load(struct hashTrieMap *m, struct eface key,
                              bool *ok);
void hashTrieMap_Store(struct hashTrieMap *m, struct eface key,
                       struct eface value);
struct eface hashTrieMap_Swap(struct hashTrieMap *m, struct eface key,
                              struct eface value, bool *loaded);
struct eface hashTrieMap_LoadOrStore(struct hashTrieMap *m, struct eface key,
                                     struct eface value, bool *loaded);
struct eface hashTrieMap_LoadAndDelete(struct hashTrieMap *m, struct eface key,
                                       bool *loaded);
void hashTrieMap_Delete(struct hashTrieMap *m, struct eface key);
bool hashTrieMap_CompareAndSwap(struct hashTrieMap *m, struct eface key,
                                struct eface old, struct eface value);
bool hashTrieMap_CompareAndDelete(struct hashTrieMap *m, struct eface key,
                                  struct eface old);
void hashTrieMap_Clear(struct hashTrieMap *m);

/* What Range calls for each key until it returns false; ctx is f's own. */
struct trieYield {
    bool (*f)(void *ctx, struct eface key, struct eface value);
    void *ctx;
};
void hashTrieMap_Range(struct hashTrieMap *m, const struct trieYield *yield);

/* What m is like inside. No other thread may be at work on it. */
struct hashTrieView {
    intptr_t nodes;    /* the root among them; 0: nothing used m yet */
    intptr_t entries;  /* keys */
    intptr_t overflow; /* … of those, behind another of the same hash */
    int depth;         /* levels: 1 where the root has entries alone */
};
/* Walks all of m and proves its invariants (hashtriemap.c). */
struct hashTrieView hashTrieMap_view(const struct hashTrieMap *m);

#endif
