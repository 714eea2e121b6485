/*
 * test_sample.c: the distances between samples.
 */
#include "runtime/prof/memprofile.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <math.h>

Test(sample, fastlog2_is_close)
{
    for (double x = 1; x < 1 << 27; x *= 1.0009)
        cr_assert_float_eq(fastlog2(x), log2(x), 2e-4, "at %g", x);
    for (int e = 0; e < 27; e++)
        cr_assert_eq(fastlog2(ldexp(1, e)), e, "exact at powers of two");
}

Test(sample, rate_1_and_rate_0_need_no_distance)
{
    MemProfileRate = 1;
    cr_assert_eq(nextSample(), 0);
    MemProfileRate = 0;
    cr_assert_eq(nextSample(), 0);
}

/* Mean and spread of an exponential distribution are both the rate; 200,000
 * draws put their estimates within a percent. */
Test(sample, distances_are_exponential_around_the_rate)
{
    enum { N = 200000 };
    double sum = 0, squares = 0;
    rand_seed(1);
    for (int i = 0; i < N; i++) {
        double x = (double)nextSample();
        cr_assert_geq(x, 1);
        sum += x;
        squares += x * x;
    }
    double mean = sum / N;
    double spread = sqrt(squares / N - mean * mean);
    cr_assert_float_eq(mean, 524288, 0.01 * 524288, "mean %g", mean);
    cr_assert_float_eq(spread, 524288, 0.01 * 524288, "spread %g", spread);
}

/* The next fastrand() of this thread has nothing but zeros where the step
 * looks: the longest step there is. */
Test(sample, the_longest_step_is_26_halvings)
{
    struct m *m = thread_attach();
    fastrand(); /* this thread has its state */
    for (uint64_t state = 0;; state++) {
        m->fastrand = state;
        if (fastrand() >> 6 == 0) {
            m->fastrand = state;
            break;
        }
    }
    cr_assert_eq(fastexprand(1000), (int32_t)(26 * log(2) * 1000) + 1);
}

Test(sample, the_shortest_step_is_a_byte)
{
    int32_t least = INT32_MAX;
    rand_seed(1);
    for (int i = 0; i < 1000; i++) {
        int32_t step = fastexprand(1);
        least = step < least ? step : least;
    }
    cr_assert_eq(least, 1);
}

Test(sample, huge_rates_do_not_overflow)
{
    rand_seed(1);
    for (int i = 0; i < 100000; i++)
        cr_assert_gt(fastexprand(INT64_MAX), 0);
}

Test(sample, a_seed_repeats)
{
    uint64_t first[50];
    rand_seed(9);
    for (int i = 0; i < 50; i++)
        first[i] = nextSample();
    rand_seed(9);
    for (int i = 0; i < 50; i++)
        cr_assert_eq(nextSample(), first[i]);
}
