/*
 * sync_map.c: the article's table 4.2: G goroutines, W writes each, on three
 * kinds of map.
 */
#include "runtime/sched/godebug.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdio.h>
#include <stdlib.h>

struct outcome {
    struct measurement *m;
    int64_t present;
    uint64_t blocks;
};

static struct table *outcome_table(void)
{
    static const struct column cols[] = {
        {"map", 0},
        {"keys", COL_RIGHT},
        {"objects", COL_RIGHT},
        {"Mallocs", COL_RIGHT},
        {"a write", COL_RIGHT},
        {"bytes", COL_RIGHT},
        {"waits", COL_RIGHT},
    };
    return table_new(cols, ARRAY_LEN(cols));
}

static void outcome_row(struct table *t, const struct crowd *c,
                        enum sharedMap which, const struct outcome *o)
{
    double writes = (double)c->tasks * (double)c->writes;
    table_text(t, "%s", sharedMap_names[which]);
    table_num(t, crowd_keys(c));
    table_num(t, (int64_t)o->m->chains->total.alloc_objects);
    table_num(t, (int64_t)o->m->mallocs);
    table_real(t, (double)o->m->mallocs / writes, 2);
    table_num(t, (int64_t)o->m->bytes);
    table_num(t, (int64_t)o->blocks);
}

/* All three maps under one crowd. Returns how many keys were written and not
 * there afterwards. */
static int64_t run_crowd(struct report *r, struct table *t,
                         const struct crowd *c, struct outcome out[NSHAREDMAPS])
{
    int64_t lost = 0;
    for (int which = 0; which < NSHAREDMAPS; which++) {
        out[which].m = crowd_measure(c, which, r->view, &out[which].present,
                                     &out[which].blocks);
        outcome_row(t, c, which, &out[which]);
        char *name = xprintf("%s%s", sharedMap_names[which],
                             c->ownKeys ? ", own keys" : ", same keys");
        report_cost(r, name, out[which].m);
        free(name);
        lost += crowd_keys(c) - out[which].present;
    }
    return lost;
}

static void report_chains(struct report *r, const char *keys,
                          struct outcome out[NSHAREDMAPS])
{
    for (int which = 0; which < NSHAREDMAPS; which++) {
        char title[80];
        snprintf(title, sizeof title, "%s, %s", sharedMap_names[which], keys);
        report_measurement(r, title, out[which].m);
        measure_free(out[which].m);
    }
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    struct crowd same = {.tasks = a->n, .writes = a->w};
    struct crowd own = {.tasks = a->n, .writes = a->w, .ownKeys = true};
    struct outcome sameOut[NSHAREDMAPS], ownOut[NSHAREDMAPS];
    struct table *t = outcome_table();
    int64_t lost = run_crowd(r, t, &same, sameOut);
    lost += run_crowd(r, t, &own, ownOut);
    report_text(r,
                "%s tasks write %s entries each, on %d workers: first all the "
                "same keys, then each task keys of its own. Keys and values "
                "are ints of 256 and more.",
                commas(a->n), commas(a->w), (int)readGOMAXPROCS());
    report_table(r, NULL, t);
    report_text(r,
                "Objects are what the profile counts, a write is Mallocs for "
                "each write, waits is how often a task slept for a lock. Of "
                "the keys written %s missing afterwards.",
                lost == 0 ? "none was" : commas(lost));
    report_text(r,
                "In a map[any]any each write boxes its key and its value: two "
                "tiny objects, which share a block of 16 bytes, so that the "
                "profile sees one. %s The sharded map keeps ints as ints "
                "and allocates only to grow. The article's table is -n 10000, "
                "which `hmap claims` measures.",
                modelled->syncMap == SYNCMAP_READ_DIRTY
                    ? "sync.Map.Store moves its argument to the heap besides, "
                      "16 bytes a call, and a new key costs an entry and the "
                      "interface in it."
                    : "sync.Map.Store makes a new entry of 48 bytes besides, "
                      "for an old key as for a new one, and where two keys "
                      "meet in one slot a node of 16 children, 160 bytes.");
    report_chains(r, "the same keys", sameOut);
    report_chains(r, "keys of their own", ownOut);
}

static const struct reason reasons[] = {
    {CHANGE_SYNCMAP, "The old sync.Map replaced the value of a known key by "
                     "one object of 16 bytes; the hash trie makes an entry of "
                     "48. New keys cost it fewer objects, and it has no second "
                     "map to fill."},
    {0},
};

const struct scenario scenario_sync_map = {
    .name = "sync-map",
    .lesson = "Writing to a shared map from many goroutines: boxing costs more "
              "objects than the map.",
    .races = "the order in which tasks insert is chance, unless GOMAXPROCS=1",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_W,
    .n = 300,
    .nmax = 1000000,
    .w = 100,
    .run = run,
};
