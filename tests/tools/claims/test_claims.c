/*
 * test_claims.c: the claims are measured, and come out as they did on real Go.
 */
#include "runtime/base/throw.h"
#include "tests/hmaprun.h"
#include "tools/claims/claims.h"
#include "tools/cli/cmd.h"
#include <criterion/criterion.h>
#include <ctype.h>
#include <jansson.h>
#include <string.h>

static const struct claim *const parts[] = {claims_growth, claims_alloc,
                                            claims_hints};

/* What measuring real Go 1.19 gave, claim by claim. A small letter: maps of
 * 10,000 entries and more, too slow where each operation checks all of it. */
static const char verdicts[] = "hnDNHDDHHDDNHDHHDdddHDdDHDDdHHHDdN";
/* The same claims where maps are swiss. */
static const char swiss_verdicts[] = "dnDNHDDHNnnNHDDDDdddHNdDHDDdNHHDdN";

static char letter(enum claimVerdict v)
{
    static const char letters[NVERDICTS] = {'H', 'D', 'N'};
    return letters[v];
}

static void measure_all(const struct goversion *v, uint64_t seed)
{
    int number = 0;
    const char *want = v->map == MAPKIND_SWISS ? swiss_verdicts : verdicts;
    program_start(v, seed, 1);
    gc_set_percent(-1);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        for (const struct claim *c = parts[i]; c->measure != NULL; c++) {
            struct measured f = {0};
            cr_expect_eq(c->number, ++number);
            if (CHECK >= 3 && islower((unsigned char)want[number - 1]))
                continue;
            claim_measure(c, &f);
            gc();
            cr_expect_eq(letter(f.verdict),
                         toupper((unsigned char)want[number - 1]),
                         "claim %d: %s: %s", c->number,
                         verdict_names[f.verdict], f.ours);
            cr_expect_gt(strlen(f.ours), 3);
            cr_expect_lt(strlen(f.ours), sizeof f.ours - 1, "cut: %s", f.ours);
            cr_expect_leq(strlen(claim_why(c)), 100, "claim %d: one line",
                          number);
        }
    }
    cr_expect_eq(number, 34);
}

Test(claims, verdicts_with_the_default_seed, .timeout = 120)
{
    measure_all(modelled, DefaultSeed);
}

Test(claims, verdicts_with_another_seed, .timeout = 120)
{
    measure_all(modelled, 987654321);
}

Test(claims, verdicts_where_maps_are_swiss, .timeout = 120)
{
    measure_all(goversion_newest(), DefaultSeed);
}

Test(claims, verdicts_of_the_first_swiss_maps, .timeout = 120)
{
    measure_all(goversion_named("1.24"), 987654321);
}

/*
 * Verdicts of several releases, a column each.
 */

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
    expect_said("claims -go 1.19,1.27 5",
                "    5  yes   yes   make(map[int]int, 0)\n");
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
