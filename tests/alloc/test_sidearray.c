/* Arrays beside spans: zeroed, used again, refused without harm. */
#include "alloc/sidearray.h"
#include <criterion/criterion.h>

static struct sideArrays sides;

static void setup(void)
{
    sideArrays_init(&sides, &sysstats.other_sys);
}

TestSuite(sidearray, .init = setup);

static bool all_null(void **array, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (array[i] != NULL)
            return false;
    return true;
}

Test(sidearray, every_length_is_zeroed_and_comes_back_zeroed)
{
    for (uint32_t n = 1; n <= 1024; n += n < 40 ? 1 : 61) {
        void **a = sideArrays_alloc(&sides, n);
        cr_assert(all_null(a, n));
        for (uint32_t i = 0; i < n; i++)
            a[i] = &sides;
        sideArrays_free(&sides, a, n);
        void **b = sideArrays_alloc(&sides, n);
        cr_assert_eq(a, b, "the array freed last is used again");
        cr_assert(all_null(b, n));
        sideArrays_check(&sides);
    }
}

Test(sidearray, lengths_share_a_power_of_two)
{
    void *a = sideArrays_alloc(&sides, 5);

    sideArrays_free(&sides, a, 5);
    cr_assert_eq(sideArrays_alloc(&sides, 8), a);
    cr_assert_neq(sideArrays_alloc(&sides, 4), a);
    cr_assert_eq(sides.made[3], 1);
    cr_assert_eq(sides.inuse[3], 1);
}

Test(sidearray, no_memory_is_said_and_changes_nothing)
{
    sysmem_fail_from(1);
    cr_assert_null(sideArrays_alloc(&sides, 1024));
    sysmem_fail_from(0);
    sideArrays_check(&sides);
    cr_assert_not_null(sideArrays_alloc(&sides, 1024));
    sideArrays_check(&sides);
}
