/*
 * test_chains.c: the profile of real allocations as a chain table.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "tools/cli/cmd.h"
#include "tools/measure/measure.h"
#include <criterion/criterion.h>
#include <string.h>

static GOFRAME void ints(int n)
{
    for (int i = 0; i < n; i++)
        newobject(type_basic(kindComplex128)); /* 16 bytes: never tiny */
}
GOFRAME_MAIN(ints);

static GOFRAME void bytes(size_t size, int n)
{
    for (int i = 0; i < n; i++)
        makeslice(type_basic(kindUint8), (intptr_t)size, (intptr_t)size);
}
GOFRAME_MAIN(bytes);

static GOFRAME void fill(const struct maptype *t, int64_t n)
{
    struct gomap *m = map_make_small(t);
    for (int64_t i = 0; i < n; i++)
        map_assign(t, m, &i);
}
GOFRAME_MAIN(fill);

/* Ends the stacks: its callees are the last frames. */
static NOINLINE void begin(void)
{
    mprof_reset();
    callstack_enter();
}

static void start(void)
{
    program_start(modelled, DefaultSeed, 1);
}
TestSuite(chains, .init = start);

static const struct chainRow *row_called(const struct chains *c,
                                         const char *text)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->rows[i].text, text) == 0)
            return &c->rows[i];
    cr_assert_fail("no chain %s", text);
    return NULL;
}

Test(chains, rows_add_up_every_size_of_one_chain)
{
    begin();
    bytes(16, 3);
    bytes(1024, 2);
    struct chains *c = chains_collect(FRAMES_GO);
    cr_assert_eq(c->n, 1);
    const struct chainRow *row = row_called(c, "main.bytes");
    cr_assert_eq(row->alloc_objects, 5);
    cr_assert_eq(row->alloc_bytes, 3 * 16 + 2 * 1024);
    cr_assert_eq(row->inuse_objects, 5);
    cr_assert_eq(row->minsize, 16);
    cr_assert_eq(row->maxsize, 1024);
    cr_assert_eq(row->part_objects[PART_OTHER], 5);
    chains_free(c);
}

Test(chains, the_full_view_begins_in_mallocgc)
{
    begin();
    ints(1);
    struct chains *c = chains_collect(FRAMES_FULL);
    cr_assert_eq(c->n, 1);
    cr_assert_str_eq(c->rows[0].text,
                     "runtime.mallocgc < runtime.newobject < main.ints");
    cr_assert_eq(c->rows[0].nframes, 3);
    cr_assert_eq(c->rows[0].type, type_basic(kindComplex128));
    chains_free(c);
}

Test(chains, orders)
{
    begin();
    bytes(4096, 2);
    ints(3);
    struct chains *c = chains_collect(FRAMES_GO);
    cr_assert_eq(c->n, 2);
    cr_assert_str_eq(c->rows[0].text, "main.ints"); /* more objects */
    chains_sort(c, CHAINS_SPACE);
    cr_assert_str_eq(c->rows[0].text, "main.bytes"); /* more bytes */
    chains_sort(c, CHAINS_OBJECTS);
    cr_assert_str_eq(c->rows[0].text, "main.ints");
    chains_sort(c, CHAINS_NAME);
    cr_assert_str_eq(c->rows[0].text, "main.bytes");
    chains_sort(c, CHAINS_OBJECTS);
    chains_sort(c, CHAINS_FIRST);
    cr_assert_str_eq(c->rows[0].text, "main.bytes"); /* came first */
    chains_free(c);
}

Test(chains, totals_are_the_sums_of_the_rows)
{
    begin();
    fill(maptype_parse("map[int]int", NULL), 1000);
    bytes(100000, 3);
    struct chains *c = chains_collect(FRAMES_GO);
    struct chainRow sum = {0};
    uint64_t tiers = 0, parts = 0;
    for (size_t i = 0; i < c->n; i++) {
        sum.alloc_objects += c->rows[i].alloc_objects;
        sum.alloc_bytes += c->rows[i].alloc_bytes;
    }
    for (int i = 0; i < NTIERS; i++)
        tiers += c->total.tier_objects[i];
    for (int i = 0; i < NPARTS; i++)
        parts += c->total.part_objects[i];
    cr_assert_eq(c->total.alloc_objects, sum.alloc_objects);
    cr_assert_eq(c->total.alloc_bytes, sum.alloc_bytes);
    cr_assert_eq(tiers, sum.alloc_objects);
    cr_assert_eq(parts, sum.alloc_objects);
    cr_assert_geq(c->total.tier_objects[TIER_MHEAP], 3);
    chains_free(c);
}

Test(chains, parts_of_a_map)
{
    begin();
    fill(maptype_parse("map[int]int", NULL), 14);
    struct chains *c = chains_collect(FRAMES_GO);
    cr_assert_eq(c->total.part_objects[PART_HEADER], 1);
    cr_assert_eq(c->total.part_bytes[PART_HEADER], 48);
    cr_assert_eq(c->total.part_objects[PART_FIRST], 1);
    cr_assert_eq(c->total.part_bytes[PART_FIRST], 144);
    cr_assert_eq(c->total.part_objects[PART_ARRAY], 2);
    cr_assert_eq(c->total.part_bytes[PART_ARRAY], 288 + 576);
    chains_free(c);
}

Test(chains, values_kept_by_pointer_are_no_part_of_the_map)
{
    begin();
    fill(maptype_parse("map[int][129]uint8", NULL), 8);
    struct chains *c = chains_collect(FRAMES_GO);
    cr_assert_eq(c->total.part_objects[PART_OTHER], 8);
    cr_assert_eq(c->total.part_objects[PART_FIRST], 1);
    char what[80];
    chains_what(&c->total, what, sizeof what);
    cr_assert_str_eq(what, "hmap 1, first bucket 1, other 8");
    chains_what(&c->total, what, 6); /* cut, not overrun */
    cr_assert_str_eq(what, "hmap ");
    chains_free(c);
}

Test(chains, nothing_since_the_reset_is_no_row)
{
    begin();
    ints(10);
    mprof_reset();
    struct chains *c = chains_collect(FRAMES_FULL);
    cr_assert_eq(c->n, 0);
    cr_assert_eq(c->total.alloc_objects, 0);
    chains_free(c);
}
