/*
 * test_swissgrow.c: which tombstones are turned back to empty slots.
 */
#include "map/mapview.h"
#include "map/swiss/swisstable.h"
#include "tests/chosenhash.h"

static struct swissMap *m;
static struct swissTable *tab;

/* A table of four groups and 32 slots: 28 may be taken. */
static void table_of_four(void)
{
    m = chosen_map("1.25");
    for (uint64_t i = 0; i < 15; i++)
        put(m, in_group(3, i));
    for (uint64_t i = 0; i < 15; i++)
        take(m, in_group(3, i));
    swiss_mapclear(t, m);
    tab = swissMap_directoryAt(m, 0);
    cr_assert_eq(tab->capacity, 32);
    cr_assert_eq(tab->growthLeft, 28);
}

static void put_many(uint64_t group, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        put(m, in_group(group, i));
}

static void take_many(uint64_t group, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        take(m, in_group(group, i));
}

static void prune(uint16_t tombstones_before, uint16_t tombstones_after)
{
    uint16_t growthLeft = tab->growthLeft;
    cr_expect_eq(swissTable_tombstones(tab), tombstones_before, "%u",
                 swissTable_tombstones(tab));
    swissTable_pruneTombstones(tab, t, m);
    cr_expect_eq(swissTable_tombstones(tab), tombstones_after, "%u",
                 swissTable_tombstones(tab));
    cr_expect_eq(tab->growthLeft,
                 growthLeft + tombstones_before - tombstones_after);
    swisscheck(t, m);
}

/* No search goes on from group 2: its tombstones are good for nothing. */
Test(swissgrow, what_no_search_passes, .init = table_of_four)
{
    put_many(2, 8);
    take_many(2, 6);
    prune(6, 0);
}

/* A ninth key went on from there to group 3. */
Test(swissgrow, what_a_search_passes_stays, .init = table_of_four)
{
    put_many(2, 9);
    take_many(2, 6);
    prune(6, 6);
}

/* … and when it is deleted, nobody passes any more. */
Test(swissgrow, what_no_search_passes_any_more, .init = table_of_four)
{
    put_many(2, 9);
    take_many(2, 6);
    take(m, in_group(2, 8));
    prune(6, 0);
}

/* A tenth of 32 is 3.2. */
Test(swissgrow, three_of_32_are_too_few, .init = table_of_four)
{
    put_many(2, 8);
    take_many(2, 3);
    prune(3, 3);
}

Test(swissgrow, four_are_enough, .init = table_of_four)
{
    put_many(2, 8);
    take_many(2, 4);
    prune(4, 0);
}

/* Of eight, six are needed: what is left is too little. */
Test(swissgrow, two_that_could_go_are_too_few, .init = table_of_four)
{
    put_many(2, 9);
    put_many(0, 8);
    take_many(2, 6);
    take_many(0, 2);
    prune(8, 8);
}

/* All of a group's go, or none. */
Test(swissgrow, group_by_group, .init = table_of_four)
{
    put_many(2, 9);
    put_many(0, 8);
    take_many(2, 3);
    take_many(0, 5);
    prune(8, 3);
}

/* A key that is not equal to itself is never searched for. */
static bool equal_but_for_one(const struct type *typ, const void *a,
                              const void *b)
{
    (void)typ;
    return *(const uint64_t *)a == *(const uint64_t *)b &&
           *(const uint64_t *)a != in_group(2, 8);
}

Test(swissgrow, nan_needs_no_tombstones, .init = table_of_four)
{
    put_many(2, 9);
    take_many(2, 6);
    chosenKey.equal = equal_but_for_one;
    chosenKey.reflexiveKey = false;
    prune(6, 0);
}

/* The write that finds growthLeft 0 takes the empty slot that its search found,
 * and the table keeps its size. */
static size_t capacity_after_queue(const char *release, const char *text)
{
    release_setup(release, 1);
    const struct maptype *type = maptype_must(text);
    struct gomap *g = map_make(type, 100, NULL);
    for (uint64_t i = 0; i < 3000; i++) {
        uint64_t old = i - 50;
        map_assign(type, g, &i);
        if (i >= 50)
            map_delete(type, g, &old);
    }
    map_check(type, g);
    return swissview_counts(type, swissview_map(g)).capacity;
}

Test(swissgrow, a_queue_keeps_its_table)
{
    cr_expect_eq(capacity_after_queue("1.25", "map[uint64]int"), 128);
}

Test(swissgrow, unless_nobody_prunes)
{
    cr_expect_gt(capacity_after_queue("1.24", "map[uint64]int"), 128);
}
