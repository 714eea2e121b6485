/*
 * claims_threads.c: chapter 4.2: maps that many goroutines write to.
 */
#include "tools/claims/claims.h"
#include "tools/scenarios/threemaps.h"

/* What the article measured, in objects: 12.8K, 34.2K, 9.5K. */
static bool within_a_tenth(uint64_t objects, double claimed)
{
    return (double)objects > claimed * 0.9 && (double)objects < claimed * 1.1;
}

void claim_three_maps(struct measured *f)
{
    static const double claimed[NSHAREDMAPS] = {12840, 34200, 9500};
    const struct crowd c = {.tasks = 10000, .writes = 100};
    uint64_t objects[NSHAREDMAPS], blocks;
    bool holds = true;
    for (int which = 0; which < NSHAREDMAPS; which++) {
        int64_t present;
        struct measurement *m =
            crowd_measure(&c, which, FRAMES_GO, &present, &blocks);
        objects[which] = m->chains->total.alloc_objects;
        holds = holds && within_a_tenth(objects[which], claimed[which]);
        measure_free(m);
    }
    found(f, holds, VERDICT_DIFFERS,
          "RWMutex map %.2fM, sync.Map %.2fM, 32 shards of map[int]int %lu",
          (double)objects[RWMUTEX_MAP] / 1e6, (double)objects[SYNC_MAP] / 1e6,
          objects[SHARDED_MAP]);
}

void claim_dirty_copy(struct measured *f)
{
    enum { Keys = 1000 };
    static struct dirtyMap *m;
    gc_add_roots(&m, sizeof m);
    m = newobject(dirtyMap_type());
    for (int64_t k = 0; k < Keys; k++) {
        struct eface key = eface_int(k);
        dirtyMap_Store(m, key, key);
    }
    for (int64_t k = 0; k < Keys; k++) {
        bool ok;
        dirtyMap_Load(m, eface_int(k), &ok);
    }
    struct dirtyMapView promoted = dirtyMap_view(m);
    struct eface key = eface_int(Keys);
    dirtyMap_Store(m, key, key);
    struct dirtyMapView copied = dirtyMap_view(m);
    found(
        f,
        promoted.read == Keys && promoted.dirty == 0 &&
            copied.dirty == Keys + 1,
        VERDICT_DIFFERS,
        "after %d misses read has %ld keys, dirty %ld; one new key: dirty %ld",
        Keys, promoted.read, promoted.dirty, copied.dirty);
    gc_remove_roots(&m);
    m = NULL;
}
