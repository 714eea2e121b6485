/*
 * test_threemaps.c: many tasks on one map, against twenty runs of the same
 * programs on real Go 1.19 (tests/golden/threemaps.tsv, made by
 * tests/oracle/threemaps). What does not depend on scheduling was the same in
 * all twenty, and must be the same here. The rest lies in their range; since
 * twenty runs do not reach its ends, half its width and one object more is
 * allowed on either side.
 */
#include "tools/cli/cmd.h"
#include "tools/scenarios/fill.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum { Tasks = 1000, Writes = 100, MaxRows = 100 };

/* What real Go allocated in one chain. */
struct range {
    char which[16], keys[16], chain[400];
    int64_t least, most;
    bool seen;
};

static struct range ranges[MaxRows];
static int nranges;

static void read_ranges(void)
{
    FILE *f = fopen("tests/golden/threemaps.tsv", "r");
    cr_assert(f != NULL);
    struct range *g = ranges;
    while (fscanf(f, "%15s %15s %ld %ld %399[^\n]", g->which, g->keys,
                  &g->least, &g->most, g->chain) == 5)
        g++;
    cr_assert(feof(f));
    nranges = (int)(g - ranges);
    cr_assert_gt(nranges, 30);
    fclose(f);
}

static struct range *range_of(const char *which, const char *keys,
                              const char *chain)
{
    for (int i = 0; i < nranges; i++)
        if (strcmp(ranges[i].which, which) == 0 &&
            strcmp(ranges[i].keys, keys) == 0 &&
            strcmp(ranges[i].chain, chain) == 0)
            return &ranges[i];
    return NULL;
}

static void compare(const char *which, const char *keys, const char *chain,
                    uint64_t objects)
{
    struct range *g = range_of(which, keys, chain);
    if (g == NULL) {
        cr_expect_leq(objects, 2, "%s %s: not in Go: %lu %s", which, keys,
                      objects, chain);
        return;
    }
    /* Two boxes share a tiny block; who shares with whom is scheduling too. */
    bool varies = g->most > g->least || strncmp(chain, "main.", 5) == 0;
    int64_t slack = varies ? (g->most - g->least) / 2 + 1 : 0;
    g->seen = true;
    cr_expect_geq((int64_t)objects, g->least - slack, "%s %s %s: %lu, not %ld",
                  which, keys, chain, objects, g->least);
    cr_expect_leq((int64_t)objects, g->most + slack, "%s %s %s: %lu, not %ld",
                  which, keys, chain, objects, g->most);
}

static void run(enum sharedMap which, const char *name, bool ownKeys)
{
    const char *keys = ownKeys ? "own" : "same";
    struct crowd c = {.tasks = Tasks, .writes = Writes, .ownKeys = ownKeys};
    int64_t present;
    uint64_t blocks;
    struct measurement *m =
        crowd_measure(&c, which, FRAMES_GO, &present, &blocks);
    cr_expect_eq(present, crowd_keys(&c), "%s: keys were lost", name);
    for (size_t i = 0; i < m->chains->n; i++)
        compare(name, keys, m->chains->rows[i].text,
                m->chains->rows[i].alloc_objects);
    compare(name, keys, "total", m->chains->total.alloc_objects);
    measure_free(m);
}

static void run_all(uint64_t seed)
{
    static const char *const names[NSHAREDMAPS] = {
        [RWMUTEX_MAP] = "locked",
        [SYNC_MAP] = "sync",
        [SHARDED_MAP] = "sharded",
    };
    setenv("GOMAXPROCS", "2", 1); /* as in the recorded runs */
    setenv("GOGC", "off", 1);
    read_ranges();
    program_start(modelled, seed, 1);
    gc_scan_this_stack(__builtin_frame_address(0));
    for (int which = 0; which < NSHAREDMAPS; which++) {
        run(which, names[which], false);
        run(which, names[which], true);
    }
    for (int i = 0; i < nranges; i++)
        cr_expect(ranges[i].seen || ranges[i].least == 0, "%s %s: missing: %s",
                  ranges[i].which, ranges[i].keys, ranges[i].chain);
}

Test(threemaps, objects_are_gos_in_every_chain, .timeout = 120)
{
    run_all(1);
}

Test(threemaps, with_another_seed_too, .timeout = 120)
{
    run_all(20);
}
