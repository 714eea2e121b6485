/*
 * test_mapshared.c: zeroed memory of any size to answer with.
 */
#include "map/mapshared.h"
#include <criterion/criterion.h>

static void expect_zeros(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(p[i], 0);
}

Test(mapshared, of_every_size)
{
    for (size_t n = 0; n < 100000; n = n * 2 + 1)
        expect_zeros(zero_value(n), n);
}

Test(mapshared, small_ones_are_one_block)
{
    cr_assert_eq(zero_value(1), zero_value(maxZero));
}

Test(mapshared, a_large_block_serves_smaller_ones)
{
    const void *large = zero_value(1 << 20);
    cr_assert_eq(zero_value(maxZero + 1), large);
    cr_assert_neq(zero_value((1 << 20) + 1), large);
    expect_zeros(large, 1 << 20);
}
