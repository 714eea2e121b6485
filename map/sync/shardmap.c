/*
 * shardmap.c: a map in 32 parts. The key's hash picks the part; the part's map
 * hashes it again with its own seed.
 *
 *     scenario programs --> [shardmap] --> map_assign, map_access2, map_delete
 *
 * Locking: each shard's mu guards its map; never two at once.
 */
#include "map/sync/shardmap.h"
#include "map/gomap.h"
#include <string.h>

static struct shard *shard_of(struct ShardMap *s, const void *key)
{
    const struct type *k = s->t->key;
    return &s->shards[k->hash(k, key, 0) % NumShards];
}

GOFRAME void ShardMap_Init(struct ShardMap *s, const struct maptype *t)
{
    static const struct RWMutex unlocked = RWMUTEX_INIT;
    s->t = t;
    for (int i = 0; i < NumShards; i++) {
        s->shards[i].mu = unlocked;
        s->shards[i].m = map_make_small(t);
    }
}
GOFRAME_OF(ShardMap_Init, "main.(*ShardMap).Init");

GOFRAME void ShardMap_Store(struct ShardMap *s, const void *key,
                            const void *elem)
{
    struct shard *shard = shard_of(s, key);
    RWMutex_Lock(&shard->mu);
    memcpy(map_assign(s->t, shard->m, key), elem, s->t->elem->size);
    RWMutex_Unlock(&shard->mu);
}
GOFRAME_OF(ShardMap_Store, "main.(*ShardMap).Store");

bool ShardMap_Load(struct ShardMap *s, const void *key, void *elem)
{
    struct shard *shard = shard_of(s, key);
    bool ok;
    RWMutex_RLock(&shard->mu);
    const void *found = map_access2(s->t, shard->m, key, &ok);
    if (ok)
        memcpy(elem, found, s->t->elem->size);
    RWMutex_RUnlock(&shard->mu);
    return ok;
}

void ShardMap_Delete(struct ShardMap *s, const void *key)
{
    struct shard *shard = shard_of(s, key);
    RWMutex_Lock(&shard->mu);
    map_delete(s->t, shard->m, key);
    RWMutex_Unlock(&shard->mu);
}

intptr_t ShardMap_Len(struct ShardMap *s)
{
    intptr_t n = 0;
    for (int i = 0; i < NumShards; i++) {
        RWMutex_RLock(&s->shards[i].mu);
        n += map_len(s->shards[i].m);
        RWMutex_RUnlock(&s->shards[i].mu);
    }
    return n;
}
