/*
 * test_bits.c: the word as a set, compared with loops over its bits.
 */
#include "runtime/base/bits.h"
#include "runtime/sched/rand.h"
#include <criterion/criterion.h>

static bool bit(uint64_t x, uint32_t i)
{
    return x >> i & 1;
}

static uint32_t slow_find(uint64_t c, uint32_t n)
{
    uint32_t run = 0;
    for (uint32_t i = 0; i < 64; i++) {
        run = bit(c, i) ? run + 1 : 0;
        if (run == n)
            return i + 1 - n;
    }
    return 64;
}

Test(bits, edges)
{
    cr_assert_eq(ctz64(0), 64);
    cr_assert_eq(ctz64(1), 0);
    cr_assert_eq(ctz64(1ULL << 63), 63);
    cr_assert_eq(clz64(0), 64);
    cr_assert_eq(clz64(1), 63);
    cr_assert_eq(bits_len64(0), 0);
    cr_assert_eq(bits_len64(255), 8);
    cr_assert_eq(bits_len64(256), 9);
    cr_assert_eq(popcount64(0), 0);
    cr_assert_eq(popcount64(~0ULL), 64);
    cr_assert_eq(bits_low(0), 0);
    cr_assert_eq(bits_low(3), 7);
    cr_assert_eq(bits_low(64), ~0ULL);
}

Test(bits, runs_at_the_edges)
{
    cr_assert_eq(findBitRange64(~0ULL, 64), 0);
    cr_assert_eq(findBitRange64(~0ULL << 1, 64), 64);
    cr_assert_eq(findBitRange64(~0ULL << 1, 63), 1);
    cr_assert_eq(findBitRange64(0, 1), 64);
    cr_assert_eq(findBitRange64(1ULL << 63, 1), 63);
    cr_assert_eq(findBitRange64(0x6, 2), 1);
}

Test(bits, runs_are_those_a_loop_finds)
{
    uint64_t seed = 11;
    cr_log_info("seed %lu", seed);
    for (uint64_t i = 0; i < 20000; i++) {
        /* Or-ing words makes long runs likely, and-ing them short ones. */
        uint64_t c = mix(seed + 3 * i);
        c = i % 3 == 0   ? c
            : i % 3 == 1 ? c | mix(seed + 3 * i + 1)
                         : c | mix(c) | mix(c + 1) | mix(c + 2);
        uint32_t n = (uint32_t)(mix(c) % 64 + 1) >> i % 5;
        n = n ? n : 1;
        cr_assert_eq(findBitRange64(c, n), slow_find(c, n), "%lx, %u", c, n);
    }
}
