/* Three numbers in a word, and the merger of neighbours. */
#include "alloc/page/pallocbits.h"
#include <criterion/criterion.h>

static void expect_parts(pallocSum s, uint32_t start, uint32_t max,
                         uint32_t end)
{
    cr_assert_eq(pallocSum_start(s), start);
    cr_assert_eq(pallocSum_max(s), max);
    cr_assert_eq(pallocSum_end(s), end);
}

Test(pallocsum, packs_and_unpacks)
{
    expect_parts(packPallocSum(0, 0, 0), 0, 0, 0);
    expect_parts(packPallocSum(1, 17, 4), 1, 17, 4);
    uint32_t most = maxPackedValue - 1;
    expect_parts(packPallocSum(most, most, most), most, most, most);
    cr_assert_eq(packPallocSum(0, 0, 0), 0, "zero must mean: nothing free");
}

Test(pallocsum, the_maximum_is_one_bit)
{
    pallocSum s = packPallocSum(maxPackedValue, maxPackedValue, maxPackedValue);
    cr_assert_eq(s, (uint64_t)1 << 63);
    expect_parts(s, maxPackedValue, maxPackedValue, maxPackedValue);
}

enum { log16 = 4 };

static pallocSum merge3(pallocSum a, pallocSum b, pallocSum c)
{
    pallocSum sums[3] = {a, b, c};
    return mergeSummaries(sums, 3, log16);
}

Test(pallocsum, merging_joins_end_and_start)
{
    pallocSum s = merge3(packPallocSum(0, 3, 2), packPallocSum(5, 5, 0),
                         packPallocSum(1, 4, 4));
    expect_parts(s, 0, 7, 4);
}

Test(pallocsum, free_neighbours_lengthen_start_and_end)
{
    pallocSum all = packPallocSum(16, 16, 16);
    expect_parts(merge3(all, packPallocSum(2, 9, 3), all), 18, 19, 19);
    expect_parts(merge3(all, all, packPallocSum(2, 9, 3)), 34, 34, 3);
    expect_parts(merge3(all, all, all), 48, 48, 48);
}

Test(pallocsum, nothing_merges_to_nothing)
{
    cr_assert_eq(merge3(0, 0, 0), 0);
}
