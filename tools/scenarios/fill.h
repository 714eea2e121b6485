/*
 * fill.h: the lines of a Go program that most scenarios share, and the crowd of
 * tasks that some do.
 */
#ifndef TOOLS_SCENARIOS_FILL_H
#define TOOLS_SCENARIOS_FILL_H

#include "tools/log/eventlog.h"
#include "tools/measure/anymap.h"
#include "tools/scenarios/scenario.h"

/* make(map[K]V, hint) as the compiler writes it for a map that escapes: a
 * constant hint of up to 8 becomes makemap_small. Inlined: make is no frame. */
ALWAYS_INLINE struct gomap *make_map(const struct maptype *t, int64_t hint)
{
    log_step(OP_MAKE, t, NULL, NULL);
    struct gomap *m =
        hint <= bucketCnt ? map_make_small(t) : map_make(t, hint, NULL);
    log_done(t, m);
    return m;
}

/* delete(m, key), and clear(m). Inlined, as make is. */
ALWAYS_INLINE void delete_key(const struct maptype *t, struct gomap *m,
                              const void *key)
{
    log_step(OP_DELETE, t, m, key);
    map_delete(t, m, key);
    log_done(t, m);
}

ALWAYS_INLINE void clear_map(const struct maptype *t, struct gomap *m)
{
    log_step(OP_CLEAR, t, m, NULL);
    map_clear(t, m);
    log_done(t, m);
}

/* for i := from; i < to; i++ { m[key(i)] = i } */
void fill(const struct maptype *t, struct gomap *m, const struct values *keys,
          size_t from, size_t to);

/* The same with all keys, into m := make(map[K]V, hint), which it returns. */
struct gomap *fill_new(const struct maptype *t, int64_t hint,
                       const struct values *keys);

/* What fill_new allocates, measured; the map is garbage afterwards. */
struct measurement *measure_fill(const struct report *r,
                                 const struct maptype *t, int64_t hint,
                                 const struct values *keys);

/* Eight entries together: a bucket, or a group. */
const struct type *box_type(const struct maptype *t);
/* Bytes of the object that one by itself is. */
int64_t box_class(const struct maptype *t);

/* A full collection in which held (NULL: nothing) is the only root, whatever
 * words happen to lie on the stack: figures are exact. */
void collect_around(const void *held);

/* MemStats.HeapAlloc: bytes of objects that are live or were not swept yet. */
uint64_t heap_bytes(void);
/* The same after collect_around: what held reaches. */
uint64_t live_bytes(const void *held);
/* MemStats.TotalAlloc: bytes of all objects ever. */
uint64_t bytes_so_far(void);

/* Bytes that a map of all keys, made with that hint, keeps alive. */
uint64_t measured_live(const struct report *r, const struct maptype *t,
                       int64_t hint, const struct values *keys);

/* What was live at most within the insert that began the last growth of such a
 * map, which was measured as grown: it keeps what it replaces until it has
 * ended. There was a growth. live: what the whole map keeps alive. */
uint64_t live_at_growth(const struct report *r, const struct maptype *t,
                        int64_t hint, const struct values *keys,
                        const struct measurement *grown, uint64_t live);

/* A row of a step: its name, objects, bytes, the map's size after it, what the
 * objects are. */
void step_row(struct table *t, const char *step, int64_t size,
              const struct measurement *m);

/* A table of programs side by side: objects, bytes, what the objects are, and
 * how many entries growths had to move. */
struct table *compare_table(void);
void compare_row(struct table *t, const char *program,
                 const struct measurement *m);

/*
 * Many tasks write to one map: the article's table 4.2.
 */

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
