/*
 * threemaps.h: many tasks write to one map: the article's table 4.2.
 */
#ifndef TOOLS_SCENARIOS_THREEMAPS_H
#define TOOLS_SCENARIOS_THREEMAPS_H

#include "tools/scenarios/scenario.h"

enum sharedMap {
    RWMUTEX_MAP, /* map[any]any behind a sync.RWMutex */
    SYNC_MAP,    /* sync.Map */
    SHARDED_MAP, /* map[int]int in 32 shards, each with its RWMutex */
    NSHAREDMAPS,
};
extern const char *const sharedMap_names[NSHAREDMAPS];

/* G tasks of W writes: m[key] = value, both ints of 256 and more, so that an
 * interface must box them. */
struct crowd {
    int64_t tasks, writes;
    bool ownKeys; /* each task has keys of its own; else all use the same W */
};

/* How many distinct keys they write. */
int64_t crowd_keys(const struct crowd *c);

/* Runs them on GOMAXPROCS workers and measures it. *present: how many of the
 * keys were there with a value written for them, looked up one by one after all
 * tasks had ended. *blocks: how often a task had to wait for a lock. */
struct measurement *crowd_measure(const struct crowd *c, enum sharedMap which,
                                  enum frameView view, int64_t *present,
                                  uint64_t *blocks);

#endif
