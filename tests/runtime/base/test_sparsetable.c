/* Large arrays with memory only where they are covered. */
#include "runtime/base/sysmem.h"
#include <criterion/criterion.h>
#include <string.h>

static struct sysMemStat stat;
static struct sparsetable t;

Test(sparsetable, covers_what_was_asked_and_counts_it)
{
    cr_assert(sparsetable_init(&t, 8, (size_t)1 << 25, &stat));
    cr_assert_eq(t.granule, 64 << 10); /* 256 MiB in 4096 parts */
    cr_assert_eq(stat.bytes, 0);
    size_t i = 5000000;
    cr_assert_not(sparsetable_has(&t, i));
    cr_assert(sparsetable_cover(&t, i, i + 8));
    cr_assert(sparsetable_has(&t, i));
    cr_assert_eq(stat.bytes, (int64_t)t.granule);
    uint64_t *v = (uint64_t *)(void *)t.base;
    cr_assert_eq(v[i], 0);
    v[i] = 7;
    cr_assert(sparsetable_cover(&t, i - 8, i + 1)); /* keeps what is there */
    cr_assert_eq(v[i], 7);
}

Test(sparsetable, a_range_fills_its_gaps)
{
    cr_assert(sparsetable_init(&t, 8, 1 << 20, &stat));
    size_t per = t.granule / 8;
    cr_assert(sparsetable_cover(&t, per, per + 1));
    cr_assert(sparsetable_cover(&t, 3 * per, 3 * per + 1));
    uint64_t requests = sysmem_requests();
    cr_assert(sparsetable_cover(&t, 0, 6 * per));
    cr_assert_eq(sysmem_requests() - requests, 3); /* 0, 2, and 4 with 5 */
    cr_assert_eq(stat.bytes, 6 * (int64_t)t.granule);
    cr_assert_not(sparsetable_has(&t, 6 * per));
}

Test(sparsetable, refusal_keeps_what_there_was)
{
    cr_assert(sparsetable_init(&t, 8, 1 << 20, &stat));
    size_t per = t.granule / 8;
    cr_assert(sparsetable_cover(&t, per, per + 1));
    sysmem_fail_at(2);
    cr_assert_not(sparsetable_cover(&t, 0, 3 * per));
    sysmem_fail_at(0);
    cr_assert(sparsetable_has(&t, per));
    cr_assert_not(sparsetable_has(&t, 2 * per));
    cr_assert(sparsetable_cover(&t, 0, 3 * per));
    cr_assert(sparsetable_has(&t, 2 * per));
}

Test(sparsetable, free_settles_the_account)
{
    cr_assert(sparsetable_init(&t, 16, 1 << 20, &stat));
    cr_assert(sparsetable_cover(&t, 100, 5000));
    cr_assert(stat.bytes > 0);
    sparsetable_free(&t);
    cr_assert_eq(stat.bytes, 0);
    sparsetable_free(&t); /* of nothing: nothing */
}

Test(sparsetable, no_address_space)
{
    sysmem_fail_at(1);
    cr_assert_not(sparsetable_init(&t, 8, 1024, &stat));
    sysmem_fail_at(0);
    sparsetable_free(&t);
}
