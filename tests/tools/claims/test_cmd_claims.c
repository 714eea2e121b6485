/* test_cmd_claims.c: verdicts of several releases, a column each. */
#include "tests/hmaprun.h"
#include <jansson.h>

Test(cmd_claims, a_column_a_release)
{
    struct ran r = hmap("claims -go 1.19,1.24,1.27 1 3 5 29 -tsv");
    cr_expect_eq(r.status, 0);
    cr_expect_str_eq(
        r.out,
        "claim\t1.19\t1.24\t1.27\tabout\n"
        "1\tholds\tdiffers\tdiffers\ta map grows above a load factor of about "
        "6.5, or with too many overflow buckets\n"
        "3\tdiffers\tdiffers\tdiffers\teach growth allocates once\n"
        "5\tholds\tholds\tholds\tmake(map[int]int, 0)\n"
        "29\tholds\tno such thing\tno such thing\tsync.Map after a miss "
        "promotion\n");
    ran_free(&r);
    r = hmap("claims -go 1.19,1.27 5");
    expect_part(r.out, "    5  yes   yes   make(map[int]int, 0)\n");
    ran_free(&r);
}

Test(cmd_claims, as_json_the_words_are_whole)
{
    struct ran r = hmap("claims -go all 29 -json");
    json_t *doc = json_loads(r.out, 0, NULL);
    cr_assert_not_null(doc, "%s", r.out);
    json_t *row = json_array_get(json_object_get(doc, "claims"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(row, "1.23")), "holds");
    cr_expect_str_eq(json_string_value(json_object_get(row, "1.26")),
                     "no such thing");
    json_decref(doc);
    ran_free(&r);
}
