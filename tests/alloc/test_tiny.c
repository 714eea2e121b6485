/* The tiny allocator: what shares a block, by Go's alignment rules. */
#include "alloc/heap.h"
#include "alloc/malloc.h"
#include "alloc/mcache.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void setup(void)
{
    setenv("GOGC", "off", 1);
    MemProfileRate = 1;
    mallocinit();
}

TestSuite(tiny, .init = setup);

static char *tiny(size_t size)
{
    return mallocgc(size, NULL, true);
}

/* Allocates objects of the sizes listed, one after another; the result says for
 * each where it lies: the number of its block and the offset in it. */
static const char *placed(const char *sizes)
{
    static char out[256];
    uintptr_t blocks[16] = {0};
    size_t nblocks = 0, at = 0;
    char *rest;

    for (; *sizes != 0; sizes = rest) {
        uintptr_t p = (uintptr_t)tiny(strtoul(sizes, &rest, 10));
        uintptr_t block = align_down(p, 16);
        size_t b = 0;
        while (b < nblocks && blocks[b] != block)
            b++;
        if (b == nblocks)
            blocks[nblocks++] = block;
        at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%zu:%zu",
                               at ? " " : "", b, (size_t)(p - block));
    }
    return out;
}

Test(tiny, objects_are_packed_in_order)
{
    cr_assert_str_eq(placed("1 1 1 1"), "0:0 0:1 0:2 0:3");
}

/* Of two blocks with as much room left the older one stays open.
 * Go: malloc.go mallocgc, size < c.tinyoffset */
Test(tiny, a_block_is_replaced_by_one_with_more_room_only)
{
    cr_assert_str_eq(placed("12 12 4"), "0:0 1:0 0:12");
    cr_assert_str_eq(placed("16 12 8 4 4"), "0:0 1:0 2:0 2:8 2:12");
}

Test(tiny, the_size_decides_the_alignment)
{
    cr_assert_str_eq(placed("1 8"), "0:0 0:8");
}

Test(tiny, twelve_bytes_are_aligned_to_four)
{
    cr_assert_str_eq(placed("1 12"), "0:0 0:4");
}

Test(tiny, six_bytes_are_aligned_to_two)
{
    cr_assert_str_eq(placed("1 6 3 5"), "0:0 0:2 0:8 0:11");
}

Test(tiny, the_new_block_is_kept_when_it_has_more_room)
{
    /* 15 fill a block of their own; the open one, with 15 left, stays. */
    cr_assert_str_eq(placed("1 15 15 1"), "0:0 0:1 1:0 1:15");
}

Test(tiny, the_old_block_is_kept_when_it_has_more_room)
{
    cr_assert_str_eq(placed("4 13 4 8"), "0:0 1:0 0:4 0:8");
}

Test(tiny, sixteen_bytes_and_pointers_are_not_tiny)
{
    const struct type *ptr = type_parse("*int", NULL);
    struct tierStats t;

    mallocgc(16, NULL, true);
    mallocgc(8, ptr, true);
    readtierstats(&t);
    cr_assert_eq(t.tinyBlocks + t.tinyHits, 0);
    tiny(15);
    readtierstats(&t);
    cr_assert_eq(t.tinyBlocks, 1);
}

Test(tiny, counters_disagree_as_in_go)
{
    struct MemStats m;
    uint64_t profiled = 0;

    for (int i = 0; i < 1000; i++)
        makeslice(type_parse("uint8", NULL), 8, 8);
    for (int i = 0; i < 100; i++)
        newobject(type_parse("int32", NULL));
    readmemstats(&m);
    for (const struct bucket *b = mprof_buckets(); b; b = b->allnext)
        profiled += mprof_total(b).allocs;
    cr_assert_eq(m.Mallocs, 1100);
    cr_assert_eq(profiled, 525);
    cr_assert_eq(m.TotalAlloc, 525 * 16);
    cr_assert_eq(m.Mallocs - m.Frees, 525);
    cr_assert_eq(m.BySize[2].Mallocs, 525);
}

Test(tiny, a_block_is_zeroed_when_it_is_opened)
{
    static char *keep[2];

    gc_add_roots(keep, sizeof(keep));
    keep[0] = mallocgc(16, NULL, true); /* holds the span */
    char *p = tiny(15);
    memset(p, 0x7f, 15);
    gc();
    gc();
    char *q = tiny(1);
    cr_assert_eq(q, p);
    for (int i = 0; i < 16; i++)
        cr_assert_eq(q[i], 0);
}
