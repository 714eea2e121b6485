/*
 * dirty_copy.c: sync.Map's cycle, phase by phase: new keys go to dirty, misses
 * make dirty the read map, and the next new key copies all of it.
 */
#include "tools/scenarios/fill.h"
#include <stdio.h>

static struct dirtyMap *m;

/* for k := from; k < to; k++ { m.Store(k, k) } */
static GOFRAME void storeKeys(int64_t from, int64_t to)
{
    for (int64_t k = from; k < to; k++) {
        struct eface key = eface_int(k);
        dirtyMap_Store(m, key, eface_int(k));
    }
}
GOFRAME_MAIN(storeKeys);

/* for k := from; k < to; k++ { m.Load(k) }: the key stays on the stack. */
static GOFRAME void loadKeys(int64_t from, int64_t to)
{
    for (int64_t k = from; k < to; k++) {
        bool ok;
        dirtyMap_Load(m, (struct eface){type_basic(kindInt), &k}, &ok);
    }
}
GOFRAME_MAIN(loadKeys);

/* for k := from; k < to; k++ { m.Delete(k) } */
static GOFRAME void deleteKeys(int64_t from, int64_t to)
{
    for (int64_t k = from; k < to; k++)
        dirtyMap_Delete(m, (struct eface){type_basic(kindInt), &k});
}
GOFRAME_MAIN(deleteKeys);

struct phase {
    const char *what;
    void (*run)(int64_t from, int64_t to);
    int64_t from, to;
    bool chains; /* worth seeing chain by chain */
};

/* Objects that dirtyLocked allocated. */
static uint64_t copied_objects(const struct measurement *done)
{
    uint64_t n = 0;
    for (size_t i = 0; i < done->chains->n; i++)
        if (strstr(done->chains->rows[i].text, ".dirtyLocked") != NULL)
            n += done->chains->rows[i].alloc_objects;
    return n;
}

static struct table *phase_table(void)
{
    static const struct column cols[] = {
        {"phase", COL_WRAP},   {"objects", COL_RIGHT},  {"bytes", COL_RIGHT},
        {"copy", COL_RIGHT},   {"read", COL_RIGHT},     {"dirty", COL_RIGHT},
        {"misses", COL_RIGHT}, {"expunged", COL_RIGHT},
    };
    return table_new(cols, ARRAY_LEN(cols));
}

static void phase_row(struct table *t, const struct phase *p,
                      const struct measurement *done)
{
    struct dirtyMapView v = dirtyMap_view(m);
    table_text(t, "%s", p->what);
    table_num(t, (int64_t)done->mallocs);
    table_num(t, (int64_t)done->bytes);
    table_num(t, (int64_t)copied_objects(done));
    table_num(t, v.read);
    table_num(t, v.dirty);
    table_num(t, v.misses);
    table_num(t, v.expunged);
}

static struct measurement *measure_phase(const struct report *r,
                                         const struct phase *p)
{
    measure_begin();
    p->run(p->from, p->to);
    return measure_end(r->view);
}

static void run_phases(struct report *r, const struct phase *p, int n)
{
    struct table *t = phase_table();
    struct measurement *done[16];
    for (int i = 0; i < n; i++) {
        done[i] = measure_phase(r, &p[i]);
        phase_row(t, &p[i], done[i]);
        if (p[i].chains)
            report_cost(r, p[i].what, done[i]);
    }
    report_table(r, NULL, t);
    for (int i = 0; i < n; i++) {
        if (p[i].chains)
            report_measurement(r, p[i].what, done[i]);
        measure_free(done[i]);
    }
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    const int64_t n = a->n;
    const struct phase phases[] = {
        {"store n new keys", storeKeys, 0, n, false},
        {"load: n misses, promoted", loadKeys, 0, n, false},
        {"store the same: read", storeKeys, 0, n, false},
        {"store one: read copied", storeKeys, n, n + 1, true},
        {"store another", storeKeys, n + 1, n + 2, true},
        {"load one: a miss", loadKeys, n, n + 1, false},
        {"n + 1 misses: promoted", loadKeys, n + 1, 2 * n + 2, false},
        {"delete half", deleteKeys, 0, n / 2, false},
        {"store one: rest copied", storeKeys, n + 2, n + 3, true},
        {"store a deleted one", storeKeys, 0, 1, true},
    };
    gc_add_roots(&m, sizeof m);
    m = newobject(dirtyMap_type());
    report_text(r,
                "One goroutine and one sync.Map. Objects are Mallocs, copy "
                "those of them that dirtyLocked allocated. Read, dirty and "
                "expunged are keys, after the phase. A load that does not find "
                "its key in read is a miss; with as many misses as dirty has "
                "keys dirty is promoted: it becomes read.");
    run_phases(r, phases, ARRAY_LEN(phases));
    report_text(r,
                "The copy costs no object a key: it makes a map with room for "
                "all, whose bucket array is one object, and puts the old "
                "entries in. But it takes time in proportion to the map, while "
                "the lock is held, and it comes again after each promotion: a "
                "program that now and then adds a key and reads the others "
                "pays for it over and over.");
    gc_remove_roots(&m);
}

static bool has_dirty_map(const struct goversion *v)
{
    return v->syncMap == SYNCMAP_READ_DIRTY;
}

static const struct reason reasons[] = {
    {CHANGE_SYNCMAP, "The newer sync.Map is a trie of hashes: one map, with "
                     "nothing to promote and nothing to copy. A new key costs "
                     "its entry, and a node where two keys share a slot."},
    {0},
};

const struct scenario scenario_dirty_copy = {
    .name = "dirty-copy",
    .lesson = "sync.Map copies its whole read map when a key is added after a "
              "promotion.",
    .reasons = reasons,
    .on = has_dirty_map,
    .elsewhere =
        "In this release sync.Map is a trie of hashes: it has no dirty "
        "map, and so there is nothing to copy. `hmap run sync-map` "
        "has what it costs instead.",
    .takes = TAKES_N,
    .n = 1000,
    .nmax = 1000000,
    .run = run,
};
