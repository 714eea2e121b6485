/* Addresses: reserved, looked up, never used before or perhaps dirty. */
#include "alloc/page/arena.h"
#include "alloc/span.h"
#include <criterion/criterion.h>

static struct sysMemStat stat;
static struct arenas arenas;

static void setup(void)
{
    cr_assert(arenas_init(&arenas, heapAddrBits, &stat));
}

TestSuite(arena, .init = setup);

Test(arena, whole_arenas_are_reserved)
{
    size_t size;
    uintptr_t v = arenas_sysAlloc(&arenas, 1, &size);
    cr_assert_neq(v, 0);
    cr_assert_eq(size, heapArenaBytes);
    cr_assert_eq(v % heapArenaBytes, 0);
    cr_assert_not_null(arenas_of(&arenas, v));
    cr_assert_not_null(arenas_of(&arenas, v + size - 1));
    cr_assert_null(arenas_of(&arenas, v + size));
    cr_assert_null(arenas_of(&arenas, v - 1));
    uintptr_t w = arenas_sysAlloc(&arenas, heapArenaBytes + 1, &size);
    cr_assert_eq(size, 2 * (size_t)heapArenaBytes);
    cr_assert_neq(arenas_of(&arenas, v), arenas_of(&arenas, w));
    cr_assert_eq(arenas.nall, 3);
    arenas_check(&arenas);
}

Test(arena, no_address_is_a_fault)
{
    cr_assert_null(arenas_of(&arenas, 0));
    size_t size;
    arenas_sysAlloc(&arenas, 1, &size);
    cr_assert_null(arenas_of(&arenas, 0));
    cr_assert_null(arenas_of(&arenas, UINTPTR_MAX));
    cr_assert_null(arenas_of(&arenas, (uintptr_t)1 << heapAddrBits));
    cr_assert_null(arenas_of(&arenas, (uintptr_t)&size));
}

Test(arena, refusal_leaves_no_trace)
{
    uintptr_t v = 0;
    size_t size;
    for (uint64_t n = 1; v == 0; n++) {
        cr_assert(n < 20);
        int64_t before = stat.bytes;
        sysmem_fail_at(n);
        v = arenas_sysAlloc(&arenas, 2 * (size_t)heapArenaBytes, &size);
        sysmem_fail_at(0);
        if (v == 0) {
            cr_assert_eq(arenas.nall, 0);
            /* The map and all[] may have got memory; records have not. */
            cr_assert(stat.bytes - before < (int64_t)sizeof(struct heapArena));
        }
        arenas_check(&arenas);
    }
    cr_assert_eq(arenas.nall, 2);
}

Test(arena, more_than_the_address_space_is_refused)
{
    size_t size;
    cr_assert_eq(arenas_sysAlloc(&arenas, SIZE_MAX, &size), 0);
    size_t all = (size_t)1 << heapAddrBits;
    cr_assert_eq(arenas_sysAlloc(&arenas, all, &size), 0);
    cr_assert_eq(arenas.nall, 0);
}

/* Under a limit the tables are small, and what lies beyond them is not
 * taken. */
Test(arena, few_addresses_few_tables)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip("AddressSanitizer has the low addresses");
#endif
    cr_expect_eq(heap_addr_bits(UINT64_MAX), heapAddrBits);
    cr_expect_eq(heap_addr_bits((uint64_t)1 << 40), heapAddrBits);
    cr_expect_eq(heap_addr_bits((uint64_t)4 << 30), heapAddrBitsLimited);
    struct arenas few;
    cr_assert(arenas_init(&few, heapAddrBitsLimited, &stat));
    cr_expect_lt(few.table.nelems * few.table.elemsize, 4 << 20);
    size_t size;
    uintptr_t v = arenas_sysAlloc(&few, 1, &size);
    cr_expect(v != 0 && v + size <= (uintptr_t)1 << heapAddrBitsLimited);
    few.hint = (uintptr_t)1 << heapAddrBitsLimited;
    cr_expect_eq(arenas_sysAlloc(&few, 1, &size), 0);
    cr_expect_eq(few.nall, 1);
    arenas_check(&few);
}

Test(arena, memory_is_dirty_once_it_was_given_out)
{
    size_t size;
    uintptr_t v = arenas_sysAlloc(&arenas, 2 * (size_t)heapArenaBytes, &size);
    cr_assert_not(arenas_allocNeedsZero(&arenas, v, 4));
    cr_assert(arenas_allocNeedsZero(&arenas, v, 1));
    cr_assert(arenas_allocNeedsZero(&arenas, v + 3 * PageSize, 2));
    cr_assert_not(arenas_allocNeedsZero(&arenas, v + 5 * PageSize, 1));
    uintptr_t edge = v + heapArenaBytes - PageSize;
    cr_assert_not(arenas_allocNeedsZero(&arenas, edge, 2));
    cr_assert(arenas_allocNeedsZero(&arenas, edge + PageSize, 1));
    cr_assert(arenas_allocNeedsZero(&arenas, edge + PageSize, 7));
    cr_assert_not(arenas_allocNeedsZero(&arenas, edge + 8 * PageSize, 1));
    arenas_check(&arenas);
}

Test(arena, setSpans_enters_every_page)
{
    size_t size;
    uintptr_t v = arenas_sysAlloc(&arenas, 2 * (size_t)heapArenaBytes, &size);
    uintptr_t start = v + heapArenaBytes - 2 * PageSize;
    static struct mspan s;
    arenas_setSpans(&arenas, start, 5, &s);
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(arenas_lastSpanOf(&arenas, start + i * PageSize), &s);
    cr_assert_null(arenas_lastSpanOf(&arenas, start - 1));
    cr_assert_null(arenas_lastSpanOf(&arenas, start + 5 * PageSize));
    cr_assert(arenas_cover(&arenas, v));
    cr_assert_not(arenas_cover(&arenas, v - 1));
    cr_assert_not(arenas_cover(&arenas, v + 2 * (uintptr_t)heapArenaBytes));
}

Test(arena, bitmap_words_do_not_overlap)
{
    size_t size;
    uintptr_t v = arenas_sysAlloc(&arenas, 1, &size);
    uint64_t *first = arenas_bitmapWord(&arenas, v);
    cr_assert_eq(arenas_bitmapWord(&arenas, v + 511), first);
    cr_assert_eq(arenas_bitmapWord(&arenas, v + 512), first + 1);
    uint64_t *last = arenas_bitmapWord(&arenas, v + heapArenaBytes - 1);
    cr_assert_eq(last - first, heapArenaBitmapWords - 1);
    *last = 1; /* it is memory */
}
