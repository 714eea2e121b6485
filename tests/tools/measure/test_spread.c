/*
 * test_spread.c: the least, middle and greatest of some figures.
 */
#include "tools/measure/measure.h"
#include <criterion/criterion.h>

/* -seed 2 measures under other seeds than -seed 1, whose first is 1. */
Test(spread, seeds_of_two_runs_do_not_meet)
{
    cr_expect_eq(spread_first_seed(1, 10), 1);
    cr_expect_eq(spread_first_seed(2, 10), 11);
    cr_expect_eq(spread_first_seed(3, 10), 21);
}

Test(spread, of_one_value_is_that_value_three_times)
{
    double values[] = {7};
    struct spread s = spread_of(values, 1);
    cr_assert(s.min == 7 && s.median == 7 && s.max == 7);
}

Test(spread, does_not_depend_on_the_order_of_the_values)
{
    double values[] = {3, -1, 9, 2, 5};
    struct spread s = spread_of(values, ARRAY_LEN(values));
    cr_assert(s.min == -1 && s.median == 3 && s.max == 9);
}

Test(spread, median_of_an_even_number_is_the_upper_of_the_middle_two)
{
    double values[] = {4, 1, 3, 2};
    struct spread s = spread_of(values, ARRAY_LEN(values));
    cr_assert(s.min == 1 && s.median == 3 && s.max == 4);
}
