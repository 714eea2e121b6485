/*
 * test_rand.c: one seed, the same numbers.
 */
#include "runtime/sched/rand.h"
#include "runtime/sched/thread.h"
#include "runtime/type/hash.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

enum { N = 100 };

static void draw(uint32_t out[N])
{
    for (int i = 0; i < N; i++)
        out[i] = fastrand();
}

Test(rand, a_seed_repeats)
{
    uint32_t a[N], b[N], c[N];
    uint64_t keyA[4], keyC[4];
    rand_seed(7);
    memcpy(keyA, hashkey, sizeof(keyA));
    draw(a);
    rand_seed(8);
    memcpy(keyC, hashkey, sizeof(keyC));
    draw(c);
    rand_seed(7);
    draw(b);
    cr_assert_arr_eq(a, b, sizeof(a));
    cr_assert_arr_eq(keyA, hashkey, sizeof(keyA));
    cr_assert_arr_neq(a, c, sizeof(a));
    cr_assert_arr_neq(keyA, keyC, sizeof(keyA));
    cr_assert_eq(rand_current_seed(), 7);
}

Test(rand, hash_keys_are_odd)
{
    for (uint64_t seed = 0; seed < 100; seed++) {
        rand_seed(seed);
        for (int i = 0; i < 4; i++)
            cr_assert_eq(hashkey[i] & 1, 1);
    }
}

/* Go's wyrand step on a state of 1, computed by hand from its constants. */
Test(rand, fastrand_is_wyrand)
{
    rand_seed(1);
    fastrand();
    getm()->fastrand = 1;
    uint64_t s = 1 + 0xa0761d6478bd642f;
    unsigned __int128 p = (unsigned __int128)s * (s ^ 0xe7037ed1a0b428db);
    cr_assert_eq(fastrand(), (uint32_t)((uint64_t)(p >> 64) ^ (uint64_t)p));
    cr_assert_eq(getm()->fastrand, s);
}

Test(rand, fastrandn_stays_below_n_and_reaches_every_number)
{
    int seen[10] = {0};
    rand_seed(3);
    for (int i = 0; i < 10000; i++) {
        uint32_t n = fastrandn(10);
        cr_assert_lt(n, 10);
        seen[n]++;
    }
    for (int i = 0; i < 10; i++)
        cr_assert(seen[i] > 800 && seen[i] < 1200, "%d: %d times", i, seen[i]);
}

/* The values the workload format's definition gives (splitmix64 from 0 and 1,
 * as its authors publish them). */
Test(rand, mix_is_splitmix64)
{
    cr_assert_eq(mix(0), 0xe220a8397b1dcdaf);
    cr_assert_eq(mix(0x9e3779b97f4a7c15), 0x6e789e6aa1b965f4);
}

static void *draw_here(void *out)
{
    draw(out);
    return NULL;
}

Test(rand, threads_draw_different_numbers_that_repeat)
{
    uint32_t mine[N], other[2][N];
    pthread_t t;
    rand_seed(5);
    draw(mine);
    pthread_create(&t, NULL, draw_here, other[0]);
    pthread_join(t, NULL);
    cr_assert_arr_neq(mine, other[0], sizeof(mine));

    getm()->id = 2; /* as the other thread was */
    rand_seed(5);
    draw(other[1]);
    cr_assert_arr_eq(other[0], other[1], sizeof(mine));
}

Test(rand, a_pinned_hash0_is_given_until_unpinned)
{
    rand_seed(1);
    hash0_pin(0x5eed1234);
    cr_assert_eq(newhash0(), 0x5eed1234);
    cr_assert_eq(newhash0(), 0x5eed1234);
    hash0_unpin();
    uint32_t a = newhash0();
    cr_assert(a != 0x5eed1234 || newhash0() != a);
}

Test(rand, a_pinned_64_bit_seed_is_given_until_unpinned_and_repeats)
{
    rand_seed(1);
    seed64_pin(0x5eed12345678abcd);
    cr_assert_eq(newseed64(), 0x5eed12345678abcd);
    seed64_unpin();
    uint64_t a = newseed64(), b = newseed64();
    cr_assert(a != b && a >> 32 != 0 && b >> 32 != 0);
    rand_seed(1);
    cr_assert_eq(newseed64(), a);
}
