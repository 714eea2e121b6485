/*
 * test_keyvalue.c: numbers as values of any type, and the digest of values.
 */
#include "tools/measure/keyvalue.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char at[1024];
static struct textpool pool;

static const void *value(const char *text, uint64_t k)
{
    const struct type *t = type_parse(text, NULL);
    cr_assert_not_null(t, "%s", text);
    memset(at, 0xee, sizeof at);
    value_set(t, at, k, &pool);
    for (size_t i = t->size; i < sizeof at; i++)
        cr_assert_eq((uint8_t)at[i], 0xee, "%s: written past its end", text);
    return at;
}

static uint64_t digest_of(const char *text, uint64_t k)
{
    uint64_t d = DigestStart;
    digest_value(&d, type_parse(text, NULL), value(text, k));
    return d;
}

Test(keyvalue, numbers)
{
    cr_expect_eq(*(const int8_t *)value("int8", 0x1ff), -1);
    cr_expect_eq(*(const uint32_t *)value("uint32", 0x1234567890), 0x34567890);
    cr_expect_eq(*(const bool *)value("bool", 6), false);
    cr_expect_eq(*(const bool *)value("bool", 7), true);
    cr_expect_eq(*(const double *)value("float64", UINT64_MAX), 0x1p64);
    cr_expect_eq(*(const float *)value("float32", 3), 3);
    const double *parts = value("complex128", 5);
    cr_expect_eq(parts[0], 5);
    cr_expect_eq(parts[1], 6);
}

Test(keyvalue, strings_and_boxes)
{
    const struct gostring *s = value("string", UINT64_MAX);
    cr_expect_eq(s->len, 23);
    cr_expect_eq(memcmp(s->str, "key18446744073709551615", 23), 0);
    const struct eface *e = value("interface{}", 77);
    cr_expect_str_eq(e->_type->str, "int64");
    cr_expect_eq(*(const int64_t *)e->data, 77);
}

Test(keyvalue, composites_count_on)
{
    const uint8_t *bytes = value("[12]byte", 0x0102);
    cr_expect_eq(bytes[0], 2);
    cr_expect_eq(bytes[1], 1);
    cr_expect_eq(bytes[11], 0);
    const uint8_t *few = value("[3]byte", 0x01020304);
    cr_expect_eq(few[2], 2);
    const int16_t *array = value("[3]int16", 40);
    cr_expect_eq(array[2], 42);
    const struct {
        int8_t a;
        int32_t blank;
        int64_t c;
    } *s = value("struct{a int8; _ int32; c int64}", 9);
    cr_expect_eq(s->a, 9);
    cr_expect_eq(s->blank, 0);
    cr_expect_eq(s->c, 11);
}

Test(keyvalue, pointers_point_to_nothing)
{
    cr_expect_eq(*(const uint64_t *)value("*int", 2), 0x100000000020);
    cr_expect_eq(*(const uint64_t *)value("chan int", 1u << 24),
                 0x100000000000);
    const struct slice *s = value("[]int", 3);
    cr_expect_null(s->array);
}

Test(keyvalue, digest_reads_values_not_addresses)
{
    cr_expect_eq(digest_of("string", 5), digest_of("string", 5));
    cr_expect_neq(digest_of("string", 5), digest_of("string", 6));
    cr_expect_eq(digest_of("interface{}", 5), digest_of("interface{}", 5));
    cr_expect_neq(digest_of("struct{a int; b string}", 5),
                  digest_of("struct{a int; b string}", 6));
    cr_expect_eq(digest_of("int64", 5), digest_of("interface{}", 5));
}

Test(keyvalue, an_array_of_nothing_takes_no_time, .timeout = 10)
{
    for (int i = 0; i < 100; i++)
        digest_of("[1073741824]struct{}", 7);
    cr_expect_eq(digest_of("[1073741824][0]string", 7), DigestStart);
}

Test(keyvalue, many_strings_keep_their_text)
{
    enum { N = 200000 }; /* several chunks of the pool */
    static struct gostring strings[N];
    char want[32];
    for (int i = 0; i < N; i++)
        value_set(type_basic(kindString), &strings[i], (uint64_t)i, &pool);
    for (int i = 0; i < N; i += 997) {
        int n = snprintf(want, sizeof want, "key%d", i);
        cr_assert_eq(strings[i].len, n);
        cr_assert_eq(memcmp(strings[i].str, want, (size_t)n), 0);
    }
    textpool_free(&pool);
    cr_expect_null(pool.chunks);
}

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
