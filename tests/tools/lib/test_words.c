/*
 * test_nearest.c: which name a slip of the fingers meant.
 */
#include "tools/lib/words.h"
#include <criterion/criterion.h>

static const char *const names[] = {"run", "scenarios", "replay", "claims",
                                    "help"};

static const char *near(const char *word)
{
    return nearest(word, names, ARRAY_LEN(names));
}

Test(nearest, one_letter_wrong_missing_or_too_many)
{
    cr_assert_str_eq(near("rum"), "run");
    cr_assert_str_eq(near("claim"), "claims");
    cr_assert_str_eq(near("helpp"), "help");
}

Test(nearest, swapped_neighbours_are_one_slip)
{
    cr_assert_str_eq(near("rnu"), "run");
    cr_assert_str_eq(near("repaly"), "replay");
}

Test(nearest, a_beginning_stands_for_the_whole)
{
    cr_assert_str_eq(near("scen"), "scenarios");
}

Test(nearest, what_is_far_from_all_is_nothing)
{
    cr_assert_null(near("frobnicate"));
    cr_assert_null(near(""));
    cr_assert_null(near("r"));
    cr_assert_null(
        near("a word so long that nobody can have slipped into typing it"));
}
