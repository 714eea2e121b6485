/*
 * test_values.c: ranges of keys.
 */
#include "tools/measure/values.h"
#include <criterion/criterion.h>
#include <string.h>

Test(values, are_numbered_from_the_start_of_the_range)
{
    struct values *v = values_make(type_basic(kindInt32), 7, 3);
    cr_assert_eq(*(const int32_t *)value_at(v, 0), 7);
    cr_assert_eq(*(const int32_t *)value_at(v, 2), 9);
    values_free(v);
}

Test(values, strings_keep_their_text)
{
    struct values *v = values_make(type_basic(kindString), 9, 100000);
    const struct gostring *s = value_at(v, 99999);
    cr_assert_eq(s->len, 9);
    cr_assert(memcmp(s->str, "key100008", 9) == 0);
    s = value_at(v, 0);
    cr_assert(memcmp(s->str, "key9", 4) == 0);
    values_free(v);
}

Test(values, the_first_of_a_range_are_the_same)
{
    struct values *v = values_make(type_basic(kindInt64), 0, 10);
    struct values some = values_first(v, 4);
    cr_assert_eq(some.n, 4);
    cr_assert_eq(value_at(&some, 3), value_at(v, 3));
    values_free(v);
}

Test(values, a_range_may_be_empty_and_values_too)
{
    struct values *none = values_make(type_basic(kindInt64), 0, 0);
    cr_assert_eq(none->n, 0);
    values_free(none);
    struct values *empty = values_make(type_parse("struct{}", NULL), 0, 5);
    cr_assert_eq(empty->n, 5);
    cr_assert_eq(value_at(empty, 4), value_at(empty, 0));
    values_free(empty);
}

Test(values, an_element_is_stored_as_far_as_it_has_room)
{
    uint8_t slot[8] = {0};
    store_elem(type_basic(kindInt16), slot, 0x12345);
    cr_assert_eq(slot[0], 0x45);
    cr_assert_eq(slot[1], 0x23);
    cr_assert_eq(slot[2], 0);
    struct gostring s = {0};
    store_elem(type_basic(kindString), &s, 5);
    cr_assert_null(s.str);
}
