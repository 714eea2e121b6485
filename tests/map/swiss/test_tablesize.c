/*
 * test_tablesize.c: what a hint makes.
 */
#include "map/swiss/tablesize.h"
#include "tests/mapmodel.h"

static const struct maptype *t;

static void expect_sizes(intptr_t hint, uint64_t dirSize, uint16_t capacity)
{
    struct tableSizes s = table_sizes(t, hint);
    cr_expect_eq(s.dirSize, dirSize, "hint %zd: %zu tables", hint,
                 (size_t)s.dirSize);
    cr_expect_eq(s.capacity, capacity, "hint %zd: %u slots", hint, s.capacity);
}

Test(tablesize, limits)
{
    cr_expect_eq(table_limit(16), 14);
    cr_expect_eq(table_limit(32), 28);
    cr_expect_eq(table_limit(1024), 896);
}

Test(tablesize, of_hints)
{
    release_setup("1.24", 1);
    t = maptype_must("map[int]int");
    expect_sizes(-1, 0, 0);
    expect_sizes(0, 0, 0);
    expect_sizes(8, 0, 0);
    expect_sizes(9, 1, 16);
    expect_sizes(14, 1, 16);
    expect_sizes(15, 1, 32);
    expect_sizes(28, 1, 32);
    expect_sizes(29, 1, 64);
    expect_sizes(448, 1, 512);
    expect_sizes(449, 1, 1024);
    expect_sizes(896, 1, 1024);
    expect_sizes(897, 2, 512); /* just past a full table: half the room */
    expect_sizes(898, 2, 1024);
    expect_sizes(1792, 2, 1024);
    expect_sizes(1793, 4, 512);
    expect_sizes(3585, 8, 512);
    expect_sizes(10000, 16, 1024);
    expect_sizes(100000, 128, 1024);
}

/* What no memory could hold is as if unsaid: 2^48 bytes are the most. Go
 * counts a group for each slot here. */
Test(tablesize, beyond_all_memory)
{
    release_setup("1.24", 1);
    t = maptype_must("map[int]int");
    expect_sizes(INTPTR_MAX, 0, 0);
    expect_sizes((intptr_t)1 << 61, 0, 0);
    expect_sizes((intptr_t)7 << 37, (uint64_t)1 << 30, 1024);
    expect_sizes(((intptr_t)7 << 37) + 1, 0, 0);
}
