/*
 * dirtymap.h: sync.Map as two maps in one, which it is up to Go 1.23.
 *
 *     read   a map that nobody writes to: looked into without a lock
 *     dirty  a map under a mutex: all of read's entries, and the new keys
 *
 *            read --------> +------+         +------+ <-------- dirty
 *         (atomic)          | key *-+--> e <-+-* key |     (under mu)
 *        amended: dirty     | key *-+--> e <-+-* key |     may be nil
 *        has keys that      +------+     e <-+-* new |
 *        read lacks                          +------+
 *
 * Both maps point to the same entries, so a value is replaced for both at once,
 * by one compare-and-swap and without the lock, if its key is in read.
 *
 * What it costs in objects. A new key: its entry, the box of its value's
 * interface, and a growing dirty map. Any Store: 16 bytes, because the value's
 * address is taken and so the argument moves to the heap. A Load that must look
 * into dirty counts a miss; when there are as many as dirty has keys, dirty
 * becomes the read map (promotion: one readOnly, no copy), and the next new key
 * copies all of read into a new dirty map: that is the spike.
 *
 * Deleting sets an entry's p to nil. When dirty is copied such entries are left
 * out, and marked expunged in read: a Store to one must add it to dirty again.
 *
 * From Go 1.20 on a Store is a Swap (modelled->syncMapSwaps), one more frame in
 * its chains, and the read map hangs on a plain pointer instead of an
 * interface, so that a sync.Map has 32 bytes and not 40. Go: sync/map.go
 */
#ifndef MAP_SYNC_DIRTYMAP_H
#define MAP_SYNC_DIRTYMAP_H

#include "runtime/sched/gosync.h"
#include "runtime/type/type.h"

struct readOnly;

/* Zeroed memory is an empty map. */
struct dirtyMap {
    struct Mutex mu;
    struct readOnly *_Atomic read; /* NULL at first */
    struct hmap *dirty; /* under mu; NULL: the next new key copies read */
    intptr_t misses;    /* under mu: loads since read was replaced that had to
                           look into dirty */
};

const struct type *dirtyMap_type(void); /* "sync.Map": 40 bytes, or 32 */

/* The value of key; *ok: it is there. The nil interface when it is not.
 * Go: sync/map.go (*Map).Load. */
struct eface dirtyMap_Load(struct dirtyMap *m, struct eface key, bool *ok);
/* m[key] = value. Go: sync/map.go (*Map).Store. */
void dirtyMap_Store(struct dirtyMap *m, struct eface key, struct eface value);
/* The value of key if it is there (*loaded), else stores value and returns it.
 * Go: sync/map.go (*Map).LoadOrStore. */
struct eface dirtyMap_LoadOrStore(struct dirtyMap *m, struct eface key,
                                  struct eface value, bool *loaded);
/* Go: sync/map.go (*Map).LoadAndDelete, (*Map).Delete. */
struct eface dirtyMap_LoadAndDelete(struct dirtyMap *m, struct eface key,
                                    bool *loaded);
void dirtyMap_Delete(struct dirtyMap *m, struct eface key);
/* Stores value and returns what was there; *loaded: something was. Of releases
 * where Store swaps. Go: sync/map.go (*Map).Swap. */
struct eface dirtyMap_Swap(struct dirtyMap *m, struct eface key,
                           struct eface value, bool *loaded);
/* Calls f for each key until it returns false; ctx is f's own. A dirty map with
 * new keys is promoted first. f may call anything on m.
 * Go: sync/map.go (*Map).Range. */
void dirtyMap_Range(struct dirtyMap *m,
                    bool (*f)(void *ctx, struct eface key, struct eface value),
                    void *ctx);

/* What m is like inside. No other thread may be at work on it. */
struct dirtyMapView {
    intptr_t read, dirty, misses; /* keys in each map; loads */
    intptr_t expunged, deleted;   /* entries of read without a value */
    bool amended;
    const struct hmap *readMap, *dirtyMap; /* either may be NULL */
};
struct dirtyMapView dirtyMap_view(const struct dirtyMap *m);

#endif
