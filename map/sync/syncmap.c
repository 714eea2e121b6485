/*
 * syncmap.c: sync.Map's methods where a map is a trie: a frame each, and the
 * call of the trie's own.
 *
 *     scenario programs --> [syncmap] --> hashtriemap
 *
 * Locking: none here.
 */
#include "map/sync/syncmap.h"

GOFRAME struct eface trieMap_Load(struct hashTrieMap *m, struct eface key,
                                  bool *ok)
{
    return hashTrieMap_Load(m, key, ok);
}
GOFRAME_OF(trieMap_Load, "sync.(*Map).Load");

GOFRAME void trieMap_Store(struct hashTrieMap *m, struct eface key,
                           struct eface value)
{
    hashTrieMap_Store(m, key, value);
}
GOFRAME_OF(trieMap_Store, "sync.(*Map).Store");

GOFRAME struct eface trieMap_Swap(struct hashTrieMap *m, struct eface key,
                                  struct eface value, bool *loaded)
{
    return hashTrieMap_Swap(m, key, value, loaded);
}
GOFRAME_OF(trieMap_Swap, "sync.(*Map).Swap");

GOFRAME struct eface trieMap_LoadOrStore(struct hashTrieMap *m,
                                         struct eface key, struct eface value,
                                         bool *loaded)
{
    return hashTrieMap_LoadOrStore(m, key, value, loaded);
}
GOFRAME_OF(trieMap_LoadOrStore, "sync.(*Map).LoadOrStore");

GOFRAME struct eface trieMap_LoadAndDelete(struct hashTrieMap *m,
                                           struct eface key, bool *loaded)
{
    return hashTrieMap_LoadAndDelete(m, key, loaded);
}
GOFRAME_OF(trieMap_LoadAndDelete, "sync.(*Map).LoadAndDelete");

GOFRAME void trieMap_Delete(struct hashTrieMap *m, struct eface key)
{
    hashTrieMap_Delete(m, key);
}
GOFRAME_OF(trieMap_Delete, "sync.(*Map).Delete");

GOFRAME void trieMap_Range(struct hashTrieMap *m,
                           bool (*f)(void *ctx, struct eface key,
                                     struct eface value),
                           void *ctx)
{
    hashTrieMap_Range(m, &(struct trieYield){f, ctx});
}
GOFRAME_OF(trieMap_Range, "sync.(*Map).Range");
