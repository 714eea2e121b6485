/*
 * threemaps.c: many tasks write to one map, each kind of map written to as its
 * users write to it.
 */
#include "runtime/base/throw.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

enum { SmallInts = 256 }; /* these need no box */

const char *const sharedMap_names[NSHAREDMAPS] = {
    [RWMUTEX_MAP] = "RWMutex map",
    [SYNC_MAP] = "sync.Map",
    [SHARDED_MAP] = "sharded map",
};

/* The maps are globals, as in the programs that share them. */
static struct {
    struct RWMutex mu;
    struct gomap *m;
} locked;
static struct syncMap *synced;
static struct ShardMap sharded;
static const struct maptype *anyMap, *intMap;

static struct WaitGroup running;

struct threadTask {
    const struct crowd *crowd;
    int64_t number;
};

static int64_t key_of(const struct crowd *c, int64_t task, int64_t i)
{
    return SmallInts + i + (c->ownKeys ? task * c->writes : 0);
}

static int64_t value_of(const struct crowd *c, int64_t task, int64_t i)
{
    return SmallInts + task * c->writes + i;
}

/* mu.Lock(); m[k] = v; mu.Unlock() */
static GOFRAME void writeLocked(void *arg)
{
    const struct threadTask *t = arg;
    for (int64_t i = 0; i < t->crowd->writes; i++) {
        struct eface key = eface_int(key_of(t->crowd, t->number, i));
        struct eface value = eface_int(value_of(t->crowd, t->number, i));
        RWMutex_Lock(&locked.mu);
        *(struct eface *)map_assign(anyMap, locked.m, &key) = value;
        RWMutex_Unlock(&locked.mu);
    }
    WaitGroup_Done(&running);
}
GOFRAME_MAIN(writeLocked);

/* m.Store(k, v) */
static GOFRAME void writeSync(void *arg)
{
    const struct threadTask *t = arg;
    for (int64_t i = 0; i < t->crowd->writes; i++) {
        struct eface key = eface_int(key_of(t->crowd, t->number, i));
        syncMap_Store(synced, key, eface_int(value_of(t->crowd, t->number, i)));
    }
    WaitGroup_Done(&running);
}
GOFRAME_MAIN(writeSync);

/* m.Store(k, v) of a map of ints */
static GOFRAME void writeSharded(void *arg)
{
    const struct threadTask *t = arg;
    for (int64_t i = 0; i < t->crowd->writes; i++) {
        int64_t key = key_of(t->crowd, t->number, i);
        int64_t value = value_of(t->crowd, t->number, i);
        ShardMap_Store(&sharded, &key, &value);
    }
    WaitGroup_Done(&running);
}
GOFRAME_MAIN(writeSharded);

static GOFRAME void makeMap(enum sharedMap which)
{
    if (which == RWMUTEX_MAP)
        locked.m = map_make_small(anyMap);
    else if (which == SYNC_MAP)
        synced = newobject(syncMap_type());
    else
        ShardMap_Init(&sharded, intMap);
}
GOFRAME_MAIN(makeMap);

/* m[k] for a k that stays on the stack: no box. */
static bool find(enum sharedMap which, int64_t key, int64_t *value)
{
    struct eface boxed = {type_basic(kindInt), &key}, found;
    bool ok;
    if (which == SHARDED_MAP)
        return ShardMap_Load(&sharded, &key, value);
    if (which == SYNC_MAP)
        found = syncMap_Load(synced, boxed, &ok);
    else
        found =
            *(const struct eface *)map_access2(anyMap, locked.m, &boxed, &ok);
    if (ok)
        *value = *(const int64_t *)found.data;
    return ok;
}

int64_t crowd_keys(const struct crowd *c)
{
    return c->ownKeys ? c->tasks * c->writes : c->writes;
}

/* A key holds what some task wrote for it: its own task, where it has one. */
static int64_t count_present(const struct crowd *c, enum sharedMap which)
{
    int64_t present = 0;
    for (int64_t i = 0; i < crowd_keys(c); i++) {
        int64_t value = 0;
        if (!find(which, SmallInts + i, &value))
            continue;
        int64_t wrote = value - SmallInts;
        ASSERT(c->ownKeys ? wrote == i : wrote % c->writes == i);
        present++;
    }
    return present;
}

static void add_blocks(struct m *m, void *sum)
{
    *(uint64_t *)sum += m->blocks;
}

static void set_up(void)
{
    static const struct RWMutex unlocked = RWMUTEX_INIT;
    locked.mu = unlocked;
    anyMap = maptype_parse("map[interface {}]interface {}", NULL);
    intMap = maptype_parse("map[int]int", NULL);
    gc_add_roots(&locked.m, sizeof locked.m);
    gc_add_roots(&synced, sizeof synced);
    gc_add_roots(&sharded, sizeof sharded);
}

static uint64_t run_tasks(const struct crowd *c, enum sharedMap which)
{
    static void (*const programs[NSHAREDMAPS])(void *arg) = {
        [RWMUTEX_MAP] = writeLocked,
        [SYNC_MAP] = writeSync,
        [SHARDED_MAP] = writeSharded,
    };
    struct threadTask *tasks = xcalloc((size_t)c->tasks, sizeof *tasks);
    uint64_t blocks = 0;
    WaitGroup_Add(&running, c->tasks);
    for (int64_t i = 0; i < c->tasks; i++) {
        tasks[i] = (struct threadTask){.crowd = c, .number = i};
        go_run(programs[which], &tasks[i]);
    }
    WaitGroup_Wait(&running);
    thread_each(add_blocks, &blocks);
    sched_stop();
    free(tasks);
    return blocks;
}

struct measurement *crowd_measure(const struct crowd *c, enum sharedMap which,
                                  enum frameView view, int64_t *present,
                                  uint64_t *blocks)
{
    if (anyMap == NULL)
        set_up();
    gc(); /* the map before is garbage */
    measure_begin();
    mapgrow_hook = NULL; /* growths come from all threads: no log */
    makeMap(which);
    *blocks = run_tasks(c, which);
    struct measurement *m = measure_end(view);
    *present = count_present(c, which);
    locked.m = NULL;
    synced = NULL;
    sharded = (struct ShardMap){.t = NULL};
    return m;
}
