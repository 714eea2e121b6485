/*
 * test_measure.c: what lies between begin and end, and nothing else.
 */
#include "tools/cli/cmd.h"
#include "tools/measure/measure.h"
#include <criterion/criterion.h>

static GOFRAME void objects(int n)
{
    for (int i = 0; i < n; i++)
        newobject(type_basic(kindComplex128));
}
GOFRAME_MAIN(objects);

static GOFRAME void tiny(int n)
{
    for (int i = 0; i < n; i++)
        newobject(type_basic(kindInt64));
}
GOFRAME_MAIN(tiny);

static GOFRAME void fill(int64_t from, int64_t to, struct gomap **m)
{
    const struct maptype *t = maptype_parse("map[int]int", NULL);
    if (*m == NULL)
        *m = map_make_small(t);
    for (int64_t i = from; i < to; i++)
        map_assign(t, *m, &i);
}
GOFRAME_MAIN(fill);

static void start(void)
{
    program_start(modelled, DefaultSeed, 1);
}
TestSuite(measure, .init = start);

Test(measure, counts_begin_at_zero)
{
    objects(100);
    measure_begin();
    objects(3);
    struct measurement *m = measure_end(FRAMES_GO);
    objects(100);
    cr_assert_eq(m->mallocs, 3);
    cr_assert_eq(m->bytes, 48);
    cr_assert_eq(m->chains->n, 1);
    cr_assert_eq(m->chains->total.alloc_objects, 3);
    cr_assert_str_eq(m->chains->rows[0].text, "main.objects");
    measure_free(m);
}

Test(measure, tiny_objects_are_mallocs_and_blocks_are_profiled)
{
    measure_begin();
    tiny(100);
    struct measurement *m = measure_end(FRAMES_GO);
    cr_assert_eq(m->mallocs, 100);
    cr_assert_eq(m->chains->total.alloc_objects, 50);
    cr_assert_eq(m->chains->total.tier_objects[TIER_TINY], 50);
    cr_assert_eq(m->tiers.tinyHits, 50);
    cr_assert_eq(m->tiers.tinyBlocks, 50);
    measure_free(m);
}

Test(measure, growth_is_logged_by_insert)
{
    struct gomap *h = NULL;
    measure_begin();
    fill(0, 30, &h);
    struct measurement *m = measure_end(FRAMES_GO);
    cr_assert_eq(m->ngrowths, 3);
    cr_assert_eq(m->steps[0], 9);
    cr_assert_eq(m->steps[1], 14);
    cr_assert_eq(m->steps[2], 27);
    cr_assert_eq(m->growths[2].oldB, 2);
    cr_assert_eq(m->growths[2].newB, 3);
    cr_assert_eq(m->growths[0].bytes, 288);
    measure_free(m);
}

Test(measure, steps_that_a_program_counts_itself)
{
    struct gomap *h = NULL;
    measure_begin();
    for (int64_t i = 0; i < 9; i++) {
        measure_step(100 + i);
        fill(i, i + 1, &h);
    }
    struct measurement *m = measure_end(FRAMES_GO);
    cr_assert_eq(m->ngrowths, 1);
    cr_assert_eq(m->steps[0], 108);
    measure_free(m);
}

Test(measure, a_growth_log_of_any_length)
{
    struct gomap *h = NULL;
    measure_begin();
    fill(0, 1 << 17, &h);
    struct measurement *m = measure_end(FRAMES_GO);
    cr_assert_eq(m->ngrowths, 15);
    for (size_t i = 1; i < m->ngrowths; i++)
        cr_assert_eq(m->growths[i].oldB, m->growths[i - 1].newB);
    measure_free(m);
}
