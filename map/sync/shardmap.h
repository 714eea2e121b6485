/*
 * shardmap.h: a map in parts, each with its own lock: what people build where
 * sync.Map does not suit, because most writes are to new keys. Keys keep their
 * own type, so nothing is boxed.
 *
 * Not in Go's library; it stands in profiles as a type of package main.
 * Part of the door (map.h includes it).
 */
#ifndef MAP_SYNC_SHARDMAP_H
#define MAP_SYNC_SHARDMAP_H

#include "runtime/sched/gosync.h"
#include "runtime/type/type.h"

struct maptype;
struct gomap;

enum { NumShards = 32 };

struct shard {
    struct RWMutex mu;
    struct gomap *m; /* under mu */
    char pad[64];    /* no two locks in one cache line */
};

/* Lives in registered roots or on a scanned stack. */
struct ShardMap {
    const struct maptype *t;
    struct shard shards[NumShards];
};

/* Makes *s an empty map of type t. */
void ShardMap_Init(struct ShardMap *s, const struct maptype *t);
/* m[key] = elem; both are copied. */
void ShardMap_Store(struct ShardMap *s, const void *key, const void *elem);
/* Copies the element of key to *elem. False when it is absent. */
bool ShardMap_Load(struct ShardMap *s, const void *key, void *elem);
void ShardMap_Delete(struct ShardMap *s, const void *key);
/* Entries in all shards, which are locked one after the other. */
intptr_t ShardMap_Len(struct ShardMap *s);

#endif
