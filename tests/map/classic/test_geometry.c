/*
 * test_geometry.c: buckets for entries and bytes for buckets, by arithmetic
 * alone.
 */
#include "alloc/malloc.h"
#include "map/classic/geometry.h"
#include <criterion/criterion.h>

static const struct goversion *go(const char *name)
{
    const struct goversion *v = goversion_named(name);

    cr_assert_not_null(v);
    return v;
}

/* geometry.1, geometry.2. */
Test(geometry, the_hint_that_fills_b_gets_b_and_one_more_gets_the_next)
{
    cr_expect_eq(geometry_capacity(0), 8);
    cr_expect_eq(geometry_capacity(1), 13);
    cr_expect_eq(geometry_capacity(10), 6656);
    for (uint8_t B = 0; B < 40; B++) {
        intptr_t n = (intptr_t)geometry_capacity(B);
        cr_expect_not(overLoadFactor(n, B));
        cr_expect(overLoadFactor(n + 1, B));
        cr_expect_eq(geometry_hintB(1, n), B);
        cr_expect_eq(geometry_hintB(1, n + 1), B + 1);
    }
}

Test(geometry, a_hint_beyond_memory_is_none)
{
    cr_expect_eq(geometry_hintB(144, -5), 0);
    cr_expect_eq(geometry_hintB(144, INTPTR_MAX), 0);
    cr_expect_eq(geometry_hintB(128, (intptr_t)(maxAlloc / 128) + 1), 0);
    cr_expect_gt(geometry_hintB(128, (intptr_t)(maxAlloc / 128)), 0);
}

static void expect_array(const char *release, size_t bucket, bool noscan,
                         uint8_t B, size_t spares, size_t rounded)
{
    struct mapArray a = geometry_array(go(release), bucket, noscan, B);

    cr_expect_eq(a.buckets, (size_t)1 << B);
    cr_expect_eq(a.bytes, (a.buckets + spares) * bucket);
    cr_expect_eq(a.spares, spares, "%s: %zu spares", release, a.spares);
    cr_expect_eq(a.rounded, rounded, "%s: %zu bytes", release, a.rounded);
}

/* geometry.3; map[int]int's bucket is 144 bytes and map[int]*T's too. */
Test(geometry, arrays_of_pointers_carry_a_header_where_the_release_has_one)
{
    expect_array("1.19", 144, false, 2, 0, 576);
    expect_array("1.22", 144, true, 2, 0, 576);
    expect_array("1.22", 144, false, 2, 0, 640);
    expect_array("1.23", 144, false, 3, 0, 1280);
    expect_array("1.19", 144, false, 4, 2, 2688);
    expect_array("1.22", 144, false, 4, 2, 2688);
    expect_array("1.19", 208, false, 5, 7, 8192);
    expect_array("1.22", 208, false, 5, 7, 8192);
    expect_array("1.19", 208, false, 8, 19, 57344);
    expect_array("1.22", 208, false, 8, 19, 57344);
}

/* 38 buckets of 128 bytes fill a slot of 4864 to the last byte. */
Test(geometry, a_header_may_cost_a_spare)
{
    expect_array("1.19", 128, false, 5, 6, 4864);
    expect_array("1.22", 128, true, 5, 6, 4864);
    expect_array("1.22", 128, false, 5, 5, 4864);
}

Test(geometry, spares_are_what_the_slot_has_room_for)
{
    const struct goversion *v = go("1.22");

    for (uint8_t B = 4; B < 20; B++)
        for (size_t bucket = 16; bucket <= 2064; bucket += 8) {
            struct mapArray a = geometry_array(v, bucket, false, B);
            size_t header =
                a.bytes > v->maxSmall ? 0 : objsize_header(v, a.bytes, false);
            cr_assert_geq(a.spares, a.buckets / 16); /* geometry.3 */
            cr_assert_geq(a.rounded, a.bytes + header);
            cr_assert_lt(a.rounded - a.bytes - header, bucket);
        }
}
