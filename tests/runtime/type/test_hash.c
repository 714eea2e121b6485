/*
 * test_hash.c: what the recorded values of Go (test_typegolden.c) cannot show:
 * chance, panics, keys, and that unequal things are told apart.
 */
#include "runtime/base/goversion.h"
#include "runtime/base/sysmem.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include "runtime/type/type.h"
#include "tests/child.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct type *T(const char *text)
{
    const struct type *t = type_parse(text, NULL);

    cr_assert_not_null(t, "%s", text);
    return t;
}

Test(hash, keys_are_set_exactly_and_odd_from_a_seed)
{
    const uint64_t even[4] = {2, 4, 6, 8};
    uint8_t sched[hashRandomBytes];

    hashkey_set(even);
    cr_expect_arr_eq(hashkey, even, sizeof(even));
    rand_seed(7);
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(hashkey[i] & 1, 1);
    memcpy(sched, aeskeysched, sizeof(sched));
    rand_seed(8);
    cr_expect_arr_neq(aeskeysched, sched, sizeof(sched));
    rand_seed(7);
    cr_expect_arr_eq(aeskeysched, sched, sizeof(sched));
}

Test(hash, keys_from_a_seed_are_any_in_newer_releases)
{
    uint64_t odd = 1;

    goversion_choose(goversion_named("1.23"));
    for (uint64_t seed = 0; seed < 8; seed++) {
        rand_seed(seed);
        odd &= hashkey[0] & hashkey[1] & hashkey[2] & hashkey[3];
    }
    cr_expect_eq(odd, 0);
}

Test(hash, seed_and_key_both_count)
{
    const uint64_t key1[4] = {1, 1, 1, 1}, key3[4] = {3, 1, 1, 1};
    uint64_t x = 42;

    hashkey_set(key1);
    uintptr_t h = memhash64(&x, 5);
    cr_expect_eq(h, memhash(&x, 5, 8));
    cr_expect_neq(h, memhash64(&x, 6));
    hashkey_set(key3);
    cr_expect_neq(h, memhash64(&x, 5));
}

Test(hash, zeros_hash_alike_and_nans_by_chance)
{
    double plus = 0.0, minus = -0.0, nan = NAN;
    float fplus = 0.0F, fminus = -0.0F, fnan = NAN;

    cr_expect_eq(f64hash(&plus, 9), f64hash(&minus, 9));
    cr_expect_eq(f32hash(&fplus, 9), f32hash(&fminus, 9));
    cr_expect_neq(f64hash(&nan, 9), f64hash(&nan, 9));
    cr_expect_neq(f32hash(&fnan, 9), f32hash(&fnan, 9));
    cr_expect_not(typeequal(T("float64"), &nan, &nan));
    cr_expect(typeequal(T("float64"), &plus, &minus));

    rand_seed(3);
    uintptr_t first = f64hash(&nan, 9);
    rand_seed(3);
    cr_expect_eq(f64hash(&nan, 9), first, "a seed repeats even NaN hashes");
}

Test(hash, interfaces_compare_type_then_value)
{
    uint64_t one = 1, uno = 1;
    struct eface a = {type_basic(kindInt64), &one};
    struct eface b = {type_basic(kindInt64), &uno};
    struct eface c = {type_basic(kindUint64), &one};
    struct eface nil = {0}, p = {T("*int"), &one}, q = {T("*int"), &uno};
    const struct type *t = type_eface();

    cr_expect(typeequal(t, &a, &b));
    cr_expect_not(typeequal(t, &a, &c));
    cr_expect_not(typeequal(t, &a, &nil));
    cr_expect(typeequal(t, &nil, &nil));
    cr_expect_not(typeequal(t, &p, &q), "pointers are the value themselves");
    cr_expect_eq(nilinterhash(&a, 3), nilinterhash(&b, 3));
    cr_expect_eq(nilinterhash(&nil, 3), 3);
}

static struct eface boxed_slice(void)
{
    static struct slice s;

    return (struct eface){T("[]int"), &s};
}

static void hash_slice(void)
{
    struct eface e = boxed_slice();

    nilinterhash(&e, 0);
}

/* The struct is named, not the slice in it: that is what was put in. */
static void hash_struct_of_slice(void)
{
    static struct slice s;
    struct eface e = {T("struct{a []int}"), &s};

    nilinterhash(&e, 0);
}

static void compare_slices(void)
{
    struct eface e = boxed_slice();

    typeequal(type_eface(), &e, &e);
}

Test(hash, what_cannot_be_compared_panics_in_gos_words)
{
    expect_panic(hash_slice,
                 "panic: runtime error: hash of unhashable type []int\n");
    expect_panic(hash_struct_of_slice,
                 "panic: runtime error: hash of unhashable type "
                 "struct { a []int }\n");
    expect_panic(compare_slices,
                 "panic: runtime error: comparing uncomparable type []int\n");
}

/* An earlier field that differs decides before a later one can panic. */
Test(hash, fields_are_compared_in_order)
{
    const struct type *t = T("struct{a int; b any}");
    struct {
        int64_t a;
        struct eface b;
    } x = {1, boxed_slice()}, y = {2, boxed_slice()};

    cr_expect_not(typeequal(t, &x, &y));
}

Test(hash, aes_is_chosen_only_on_demand)
{
    uint64_t x = 42;
    uintptr_t fallback = memhash64(&x, 1);

    rand_seed(1);
    cr_expect_not(hash_use_aes(false));
    fallback = memhash64(&x, 1);
    if (!hash_use_aes(true))
        cr_skip_test("this processor has no AES instructions");
    cr_expect_neq(memhash64(&x, 1), fallback);
    hash_use_aes(false);
    cr_expect_eq(memhash64(&x, 1), fallback);
}

Test(hash, without_memory_no_descriptor)
{
    struct typeError err = {.msg = ""};
    char text[64];

    sysmem_fail_from(1);
    for (int i = 0; i < 100000; i++) {
        snprintf(text, sizeof(text), "[%d]int", i);
        if (type_parse(text, &err) == NULL)
            break;
    }
    sysmem_fail_from(0);
    cr_expect_eq(strncmp(err.msg, "out of memory for type [", 24), 0, "%s",
                 err.msg);
    cr_expect_not_null(type_parse(text, &err), "with memory it goes on");
}
