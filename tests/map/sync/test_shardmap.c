/*
 * test_shardmap.c: the map in 32 parts.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/sched/sched.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { Tasks = 200, Writes = 50 };

static struct ShardMap s;

static void start(const char *type)
{
    MemProfileRate = 0;
    mallocinit();
    gc_add_roots(&s, sizeof s);
    ShardMap_Init(&s, maptype_parse(type, NULL));
}

Test(shardmap, stores_loads_and_deletes)
{
    start("map[int]int");
    for (int64_t k = 0; k < 1000; k++)
        ShardMap_Store(&s, &k, &(int64_t){k * 2});
    cr_assert_eq(ShardMap_Len(&s), 1000);
    for (int64_t k = 0; k < 1000; k += 2)
        ShardMap_Delete(&s, &k);
    cr_assert_eq(ShardMap_Len(&s), 500);
    for (int64_t k = 0; k < 1000; k++) {
        int64_t v = -1;
        cr_assert_eq(ShardMap_Load(&s, &k, &v), k % 2);
        cr_assert_eq(v, k % 2 ? k * 2 : -1);
    }
}

Test(shardmap, every_shard_gets_its_share)
{
    start("map[string]int");
    for (int64_t k = 0; k < 3200; k++) {
        char text[16];
        int len = snprintf(text, sizeof text, "key%ld", k);
        char *copy = mallocgc((size_t)len, NULL, false);
        memcpy(copy, text, (size_t)len);
        ShardMap_Store(&s, &(struct gostring){copy, len}, &k);
    }
    for (int i = 0; i < NumShards; i++) {
        cr_assert_gt(map_len(s.shards[i].m), 50);
        cr_assert_lt(map_len(s.shards[i].m), 150);
        map_check(s.t, s.shards[i].m);
    }
}

static void write_own_keys(void *arg)
{
    int64_t base = (int64_t)(uintptr_t)arg * Writes;
    for (int64_t k = base; k < base + Writes; k++) {
        ShardMap_Store(&s, &k, &k);
        int64_t v;
        cr_assert(ShardMap_Load(&s, &k, &v) && v == k);
    }
}

Test(shardmap, no_write_is_lost_between_threads)
{
    start("map[int]int");
    sched_start(4);
    for (uintptr_t t = 0; t < Tasks; t++)
        go_run(write_own_keys, (void *)t);
    sched_stop();
    cr_assert_eq(ShardMap_Len(&s), Tasks * Writes);
    for (int i = 0; i < NumShards; i++)
        map_check(s.t, s.shards[i].m);
    heapcheck();
}
