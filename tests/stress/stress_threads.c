/*
 * stress_threads.c: eight threads that allocate, work on maps of their own, on
 * one sync.Map and on one sharded map, and collect, all in one heap, while
 * objects go from hand to hand. Whatever a
 * thread holds carries its mark, which must be there when it looks again: an
 * object freed too early would show another's. At the end the whole heap is
 * proved. Meant for ThreadSanitizer; its own main, because Criterion does not
 * start there.
 *
 *     stress_threads [seconds [seed]]     (or HMAP_STRESS_SECONDS)
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/base/throw.h"
#include "runtime/sched/gosync.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include "tests/stress/stressrelease.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    Threads = 8,
    Held = 64,
    Rounds = 400,
    MaxSize = 40000,
    Exchanged = 32,
    SharedKeys = 500
};

/* Every object begins with it. */
struct object {
    struct object *next; /* the collector follows it */
    uint64_t words;      /* in all */
    uint64_t key;        /* that it is stored under, if at all */
    uint64_t mark[];     /* each is the object's address */
};

static const struct type *objectType; /* "[64]*int": a pointer a word … */
static const struct maptype *intMap, *stringMap;

/* Objects that anybody may take, and free by forgetting them. */
static struct Mutex exchangeLock;
static struct object *exchanged[Exchanged];
static struct syncMap *synced;
static struct ShardMap sharded;
static _Atomic uint64_t allocations, collections, handed;

static struct object *make_object(void)
{
    size_t words = 3 + fastrandn(fastrandn(16) == 0 ? MaxSize / 8 : 30);
    struct object *o = mallocgc(words * 8, objectType, true);
    ASSERT(o->next == NULL && o->words == 0);
    o->words = words;
    for (size_t i = 3; i < words; i++) {
        ASSERT(o->mark[i - 3] == 0);
        o->mark[i - 3] = (uintptr_t)o;
    }
    allocations++;
    return o;
}

static void check_object(const struct object *o)
{
    for (; o != NULL; o = o->next)
        for (size_t i = 3; i < o->words; i++)
            ASSERT(o->mark[i - 3] == (uintptr_t)o);
}

/* Puts o where another thread may take it, and takes what is there: so objects
 * die, and are swept, on other threads than those that made them. */
static struct object *exchange(struct object *o)
{
    uint32_t i = fastrandn(Exchanged);
    Mutex_Lock(&exchangeLock);
    struct object *taken = exchanged[i];
    exchanged[i] = o;
    Mutex_Unlock(&exchangeLock);
    handed++;
    check_object(taken);
    return taken;
}

/* Lists of a few objects, held by this thread's stack alone. */
static void churn(void)
{
    struct object *held[Held] = {NULL};
    for (int i = 0; i < Rounds; i++) {
        uint32_t at = fastrandn(Held);
        struct object *o = make_object();
        check_object(held[at]);
        if (fastrandn(4) != 0)
            o->next = held[at];
        held[at] = fastrandn(8) == 0 ? exchange(o) : o;
        if (held[at] != NULL && fastrandn(3) == 0)
            held[at]->next = NULL;
    }
    for (int i = 0; i < Held; i++)
        check_object(held[i]);
}

static void work_on_int_map(void)
{
    struct gomap *h = map_make_small(intMap);
    uint64_t n = fastrandn(2000);
    for (uint64_t k = 0; k < n; k++)
        *(uint64_t *)map_assign(intMap, h, &k) = k * 3;
    for (uint64_t k = 0; k < n; k += 2)
        map_delete(intMap, h, &k);
    for (uint64_t k = 0; k < n; k++) {
        bool ok;
        const uint64_t *v = map_access2(intMap, h, &k, &ok);
        ASSERT(ok == (k % 2 == 1));
        ASSERT(!ok || *v == k * 3);
    }
    CHECK_SLOW(map_check(intMap, h));
}

/* Keys and elements live in the heap, and are held by the map alone. */
static void work_on_string_map(void)
{
    struct gomap *h = map_make(stringMap, fastrandn(100), NULL);
    uint64_t n = fastrandn(500);
    for (uint64_t k = 0; k < n; k++) {
        char *text = mallocgc(24, NULL, true);
        int len = snprintf(text, 24, "key %lu", k);
        struct gostring key = {text, len};
        struct object *o = make_object();
        *(struct object **)map_assign(stringMap, h, &key) = o;
    }
    struct mapiter it;
    uint64_t seen = 0;
    for (mapiter_init(stringMap, h, &it); it.key; mapiter_next(&it), seen++)
        check_object(*(struct object **)it.elem);
    ASSERT(seen == n);
}

/* Every thread stores, loads and deletes the same few keys: what is found under
 * one was stored under it, by whomever. */
static void work_on_sync_map(void)
{
    for (int i = 0; i < Rounds; i++) {
        bool ok;
        int64_t k = fastrandn(SharedKeys);
        struct eface key = eface_int(k), value = {objectType, make_object()};
        struct eface got = {._type = NULL};
        ((struct object *)(uintptr_t)value.data)->key = (uint64_t)k;
        switch (fastrandn(5)) {
        case 0:
            syncMap_Store(synced, key, value);
            break;
        case 1:
            got = syncMap_LoadOrStore(synced, key, value, &ok);
            break;
        case 2:
            got = syncMap_LoadAndDelete(synced, key, &ok);
            break;
        default:
            got = syncMap_Load(synced, key, &ok);
        }
        ASSERT(got._type == NULL ||
               ((const struct object *)got.data)->key == (uint64_t)k);
        check_object(got.data);
    }
}

static void work_on_sharded_map(void)
{
    for (int i = 0; i < Rounds; i++) {
        int64_t k = fastrandn(SharedKeys), v = 0;
        if (fastrandn(4) == 0)
            ShardMap_Store(&sharded, &k, &(int64_t){k * 3});
        else if (fastrandn(8) == 0)
            ShardMap_Delete(&sharded, &k);
        else if (ShardMap_Load(&sharded, &k, &v))
            ASSERT(v == k * 3);
    }
}

struct team {
    struct timespec until;
    struct WaitGroup done;
};

static bool over(const struct team *team)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > team->until.tv_sec ||
           (now.tv_sec == team->until.tv_sec &&
            now.tv_nsec >= team->until.tv_nsec);
}

static void member(void *arg)
{
    struct team *team = arg;
    do {
        churn();
        work_on_int_map();
        work_on_string_map();
        work_on_sync_map();
        work_on_sharded_map();
        if (fastrandn(20) == 0) {
            gc();
            collections++;
        }
    } while (!over(team));
    WaitGroup_Done(&team->done);
}

static void run_team(double seconds)
{
    static struct team team;
    clock_gettime(CLOCK_MONOTONIC, &team.until);
    team.until.tv_nsec += (long)(seconds * 1e9) % 1000000000;
    team.until.tv_sec += (long)seconds + team.until.tv_nsec / 1000000000;
    team.until.tv_nsec %= 1000000000;
    WaitGroup_Add(&team.done, Threads);
    sched_start(Threads);
    for (int i = 0; i < Threads; i++)
        go_run(member, &team);
    WaitGroup_Wait(&team.done);
    sched_stop();
}

static double seconds_wanted(int argc, char **argv)
{
    const char *env = getenv("HMAP_STRESS_SECONDS");
    if (argc > 1)
        return atof(argv[1]);
    return env != NULL ? atof(env) : 1;
}

int main(int argc, char **argv)
{
    uint64_t seed =
        argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL);
    printf("stress_threads: seed %lu\n", seed);
    stress_release();
    rand_seed(seed);
    MemProfileRate = 4096;
    mallocinit();
    objectType = type_parse("*int", NULL);
    intMap = maptype_parse("map[int]int", NULL);
    stringMap = maptype_parse("map[string]*int", NULL);
    gc_add_roots(exchanged, sizeof exchanged);
    gc_add_roots(&synced, sizeof synced);
    gc_add_roots(&sharded, sizeof sharded);
    synced = newobject(syncMap_type());
    ShardMap_Init(&sharded, intMap);
    run_team(seconds_wanted(argc, argv));
    ASSERT(thread_count() == 1);
    mprof_check();
    heapcheck();
    if (syncMap_isTrie()) /* each view proves the invariants of its kind */
        hashTrieMap_view(&synced->trie);
    else
        dirtyMap_view(&synced->dirty);
    for (int i = 0; i < NumShards; i++)
        map_check(intMap, sharded.shards[i].m);
    struct MemStats m;
    readmemstats(&m);
    ASSERT(m.Mallocs >= allocations);
    printf("%lu objects, %lu handed over, %u collections (%lu asked for)\n",
           allocations, handed, m.NumGC, collections);
    return 0;
}
