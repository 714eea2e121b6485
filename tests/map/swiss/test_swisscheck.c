/*
 * test_swisscheck.c: each invariant, broken by hand, is noticed.
 */
#include "map/swiss/swisstable.h"
#include "tests/mapmodel.h"
#include <criterion/parameterized.h>
#include <signal.h>

static const struct maptype *t;

/* A map of n entries. */
static struct swissMap *resting(int64_t n)
{
    release_setup("1.27", 1);
    seed64_pin(42);
    t = maptype_must("map[int]int");
    struct gomap *g = map_make_small(t);
    for (int64_t k = 0; k < n; k++)
        map_assign(t, g, &k);
    map_check(t, g);
    return swiss(g);
}

static struct swissTable *first_table(struct swissMap *m)
{
    return swissMap_directoryAt(m, 0);
}

/* The control byte of some entry of the first table. */
static uint8_t *some_entry(struct swissMap *m)
{
    for (struct swissGroup *g = first_table(m)->groups;;
         g = (struct swissGroup *)((char *)g + t->groupsize))
        for (int i = 0; i < groupSlots; i++)
            if (g->ctrl[i] < 128)
                return &g->ctrl[i];
}

static void map_counts_too_many(struct swissMap *m)
{
    m->used++;
}

static void table_counts_too_many(struct swissMap *m)
{
    first_table(m)->used++;
    m->used++;
}

static void wrong_h2(struct swissMap *m)
{
    *some_entry(m) ^= 1;
}

static void unknown_mark(struct swissMap *m)
{
    *some_entry(m) = 0xff;
}

static void another_seed(struct swissMap *m)
{
    m->seed++;
}

static void wrong_room(struct swissMap *m)
{
    first_table(m)->growthLeft--;
}

static void wrong_capacity(struct swissMap *m)
{
    first_table(m)->capacity /= 2;
}

static void wrong_depth(struct swissMap *m)
{
    first_table(m)->localDepth++;
}

static void wrong_index(struct swissMap *m)
{
    first_table(m)->index = -1;
}

static void wrong_global_depth(struct swissMap *m)
{
    m->globalDepth++;
}

static void wrong_shift(struct swissMap *m)
{
    m->globalShift--;
}

static void tables_exchanged(struct swissMap *m)
{
    struct swissTable **d = m->dirPtr, *first = d[0];
    d[0] = d[1];
    d[1] = first;
    d[0]->index = 0;
    d[1]->index = 1;
}

/* A tombstone beside empty slots. */
static void tombstone_with_room(struct swissMap *m)
{
    m->tombstonePossible = true;
    for (uint64_t i = 0;; i++) {
        struct swissGroup *g = swissTable_group(t, first_table(m), i);
        uint64_t empty = ctrls_matchEmpty(swissGroup_ctrls(g));
        if ((empty & (empty - 1)) == 0)
            continue; /* has not two */
        g->ctrl[bytes8_first(empty)] = ctrlDeleted;
        first_table(m)->growthLeft--;
        return;
    }
}

/* A tombstone where none is possible, as the map says. */
static void tombstone_unknown(struct swissMap *m)
{
    for (uint64_t i = 0;; i++) {
        struct swissGroup *g = swissTable_group(t, first_table(m), i);
        if (ctrls_matchEmpty(swissGroup_ctrls(g)) != 0)
            continue;
        g->ctrl[0] = ctrlDeleted;
        first_table(m)->used--;
        m->used--;
        return;
    }
}

/* The same key a second time: the first hides it. */
static void hidden_key(struct swissMap *m)
{
    for (uint64_t i = 0;; i++) {
        struct swissGroup *g = swissTable_group(t, first_table(m), i);
        uint64_t empty = ctrls_matchEmpty(swissGroup_ctrls(g));
        if (empty == 0 || g->ctrl[0] >= 128)
            continue;
        uintptr_t k = bytes8_first(empty);
        memcpy(key_place(t, g, k), key_place(t, g, 0), t->slotsize);
        g->ctrl[k] = g->ctrl[0];
        first_table(m)->used++;
        first_table(m)->growthLeft--;
        m->used++;
        return;
    }
}

/* An entry out of reach: before it a group has an empty slot. */
static void out_of_reach(struct swissMap *m)
{
    struct swissTable *tab = first_table(m);
    for (uint64_t i = 0;; i++) {
        struct swissGroup *g = swissTable_group(t, tab, i);
        struct swissGroup *next =
            swissTable_group(t, tab, (i + 1) & tab->lengthMask);
        uint64_t empty = ctrls_matchEmpty(swissGroup_ctrls(next));
        if (ctrls_matchEmpty(swissGroup_ctrls(g)) == 0 || g->ctrl[0] >= 128 ||
            empty == 0)
            continue;
        uintptr_t k = bytes8_first(empty);
        memcpy(key_place(t, next, k), key_place(t, g, 0), t->slotsize);
        next->ctrl[k] = g->ctrl[0];
        g->ctrl[0] = ctrlEmpty;
        return;
    }
}

static void small_with_tables(struct swissMap *m)
{
    m->dirLen = 0;
    m->globalDepth = 1;
}

static void still_written(struct swissMap *m)
{
    m->writing = 1;
}

static void small_counts_too_many(struct swissMap *m)
{
    m->used++;
}

static void small_with_tombstone(struct swissMap *m)
{
    ((struct swissGroup *)m->dirPtr)->ctrl[0] = ctrlDeleted;
    m->used--;
}

static void small_wrong_h2(struct swissMap *m)
{
    ((struct swissGroup *)m->dirPtr)->ctrl[0] ^= 1;
}

static void entries_without_group(struct swissMap *m)
{
    m->dirPtr = NULL;
}

static const struct {
    const char *invariant;
    void (*breach)(struct swissMap *m);
    int64_t n; /* entries of the map that is broken */
} breaches[] = {
    {"swissany.1", entries_without_group, 5},
    {"swissany.2", small_counts_too_many, 5},
    {"swissany.2", small_with_tombstone, 5},
    {"swissany.2", small_wrong_h2, 5},
    {"swissdir.1", small_with_tables, 1200},
    {"swissdir.2", wrong_global_depth, 1200},
    {"swissdir.2", wrong_shift, 1200},
    {"swissdir.3", wrong_depth, 1200},
    {"swissdir.3", wrong_index, 1200},
    {"swissdir.4", map_counts_too_many, 1200},
    {"swissdir.5", tombstone_unknown, 1200},
    {"swisstable.1", table_counts_too_many, 1200},
    {"swisstable.1", unknown_mark, 1200},
    {"swisstable.2", wrong_room, 1200},
    {"swisstable.2", wrong_capacity, 1200},
    {"swisstable.3", wrong_h2, 1200},
    {"swisstable.3", another_seed, 1200},
    {"swisstable.3", out_of_reach, 1200},
    {"swisstable.4", hidden_key, 1200},
    {"swisstable.5", tombstone_with_room, 1200},
    {"swisstable.6", tables_exchanged, 1200},
    {"at rest", still_written, 1200},
};

ParameterizedTestParameters(swisscheck, notices)
{
    static size_t index[ARRAY_LEN(breaches)];
    for (size_t i = 0; i < ARRAY_LEN(index); i++)
        index[i] = i;
    return cr_make_param_array(size_t, index, ARRAY_LEN(index));
}

/* The map is sound before the breach; swisscheck must not survive it. */
ParameterizedTest(size_t *i, swisscheck, notices, .signal = SIGABRT)
{
    struct swissMap *m = resting(breaches[*i].n);
    breaches[*i].breach(m);
    swisscheck(t, m);
    cr_log_error("%s: not noticed", breaches[*i].invariant);
}
