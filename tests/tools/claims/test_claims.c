/*
 * test_claims.c: the claims are measured, and come out as they did on real Go.
 */
#include "runtime/base/throw.h"
#include "tools/claims/claims.h"
#include "tools/cli/cmd.h"
#include <criterion/criterion.h>
#include <ctype.h>
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
