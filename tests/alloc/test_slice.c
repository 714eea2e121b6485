/* make and append: Go's growth, Go's words. */
#include "alloc/malloc.h"
#include "tests/child.h"
#include <stdio.h>

static const struct type *byte, *i64, *ptr, *str;

static void setup(void)
{
    setenv("GOGC", "off", 1);
    mallocinit();
    byte = type_parse("uint8", NULL);
    i64 = type_parse("int64", NULL);
    ptr = type_parse("*int", NULL);
    str = type_parse("string", NULL);
}

TestSuite(slice, .init = setup);

/* The capacities that append one by one goes through, up to n elements. */
static const char *caps(const struct type *et, intptr_t n)
{
    static char out[512];
    struct slice s = {0};
    size_t at = 0;

    for (; s.len < n; s.len++) {
        if (s.len < s.cap)
            continue;
        s = growslice(et, s, s.len + 1);
        at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%ld",
                               at ? " " : "", (long)s.cap);
    }
    return out;
}

/* Recorded from Go 1.19: s = append(s, x), cap(s) whenever it changes. */
Test(slice, append_grows_as_in_go)
{
    cr_assert_str_eq(caps(byte, 3000),
                     "8 16 32 64 128 256 512 896 1408 2048 3072");
    cr_assert_str_eq(caps(i64, 3000),
                     "1 2 4 8 16 32 64 128 256 512 848 1280 1792 2560 3408");
    cr_assert_str_eq(caps(str, 2000),
                     "1 2 4 8 16 32 64 128 256 512 848 1280 1792 2560");
    cr_assert_str_eq(caps(type_parse("[5]int64", NULL), 600),
                     "1 2 4 8 16 32 67 134 272 544 1024");
}

/* Objects and bytes of n appends, one by one. */
static const char *appended(const struct type *et, intptr_t n)
{
    static char out[64];
    struct MemStats before, after;

    readmemstats(&before);
    caps(et, n);
    readmemstats(&after);
    snprintf(out, sizeof(out), "%llu, %llu",
             (unsigned long long)(after.Mallocs - before.Mallocs),
             (unsigned long long)(after.TotalAlloc - before.TotalAlloc));
    return out;
}

/* Recorded from Go 1.19, and from Go 1.22 in all that follow. */
Test(slice, append_grows_as_in_a_release_without_headers)
{
    cr_assert_str_eq(appended(ptr, 1000), "12, 25208");
}

Test(slice, append_grows_as_in_a_release_with_headers)
{
    goversion_choose(goversion_named("1.22"));
    cr_assert_str_eq(appended(ptr, 1000), "11, 17528");
    cr_assert_str_eq(caps(ptr, 1000), "1 2 4 8 16 32 64 143 287 607 1023");
    cr_assert_str_eq(caps(i64, 3000),
                     "1 2 4 8 16 32 64 128 256 512 848 1280 1792 2560 3408");
}

/* 1365 of 24 bytes are 32,760: small, where all of the slot would be large. */
Test(slice, append_asks_for_whole_elements)
{
    const struct type *et = type_parse("[3]int64", NULL);
    struct tierStats t;

    goversion_choose(goversion_named("1.22"));
    struct slice s = growslice(et, (struct slice){0}, 1300);
    readtierstats(&t);
    cr_assert_eq(s.cap, 1365);
    cr_assert_eq(t.largeObjects, 0);
    growslice(i64, (struct slice){0}, 4000);
    readtierstats(&t);
    cr_assert_eq(t.largeObjects, 1, "32,768 bytes are a large object");
}

Test(slice, more_than_double_is_taken_as_wanted)
{
    struct slice s = {makeslice(i64, 2, 2), 2, 2};

    cr_assert_eq(growslice(i64, s, 5).cap, 6, "48 bytes are a class");
    cr_assert_eq(growslice(i64, s, 1000).cap, 1024);
}

/* 40 bytes wanted, 48 taken: append writes the five, nobody the sixth. Every
 * other slice lives on, so that the memory of their neighbours stays. */
Test(slice, what_is_behind_is_clear_where_others_were)
{
    enum { Slices = 1000 };
    static void *kept[Slices];

    gc_add_roots(kept, sizeof(kept));
    for (int i = 0; i < Slices; i++)
        kept[i] = memset(makeslice(i64, 6, 6), 0xff, 6 * sizeof(int64_t));
    for (int i = 0; i < Slices; i += 2)
        kept[i] = NULL;
    gc();
    for (int i = 0; i < Slices; i += 2) {
        struct slice s = growslice(i64, (struct slice){0}, 5);
        cr_assert_eq(s.cap, 6);
        cr_assert_eq(((int64_t *)s.array)[5], 0, "slice %d", i);
    }
    gc_remove_roots(kept);
}

Test(slice, elements_are_carried_over_and_the_rest_is_clear)
{
    struct slice s = {makeslice(i64, 3, 3), 3, 3};
    int64_t *a = s.array;

    a[0] = 7;
    a[2] = 9;
    struct slice t = growslice(i64, s, 4);
    int64_t *b = t.array;
    cr_assert_eq(t.len, 3);
    cr_assert(b[0] == 7 && b[1] == 0 && b[2] == 9);
    for (intptr_t i = 4; i < t.cap; i++)
        cr_assert_eq(b[i], 0);
    struct slice p = growslice(ptr, (struct slice){0}, 100);
    for (intptr_t i = 0; i < p.cap; i++)
        cr_assert_null(((void **)p.array)[i]);
}

Test(slice, elements_without_size_need_no_memory)
{
    const struct type *none = type_parse("struct{}", NULL);
    struct slice s = growslice(none, (struct slice){0}, 10);

    cr_assert_eq(s.array, &zerobase);
    cr_assert_eq(s.cap, 10);
    cr_assert_eq(makeslice(none, 1l << 60, 1l << 60), &zerobase);
}

static void negative_len(void)
{
    makeslice(i64, -1, 10);
}
static void huge_len(void)
{
    makeslice(i64, 1l << 60, 1l << 60);
}
static void huge_cap(void)
{
    makeslice(i64, 1, 1l << 60);
}
static void cap_below_len(void)
{
    makeslice(i64, 10, 5);
}
static void growth_overflows(void)
{
    growslice(i64, (struct slice){0}, 1l << 60);
}
static void growth_backwards(void)
{
    growslice(i64, (struct slice){makeslice(i64, 4, 4), 4, 4}, 3);
}

Test(slice, go_s_words_for_lengths_that_cannot_be)
{
    const char *len = "panic: runtime error: makeslice: len out of range\n";
    const char *cap = "panic: runtime error: makeslice: cap out of range\n";
    const char *grow = "panic: runtime error: growslice: cap out of range\n";

    expect_panic(negative_len, len);
    expect_panic(huge_len, len);
    expect_panic(huge_cap, cap);
    expect_panic(cap_below_len, cap);
    expect_panic(growth_overflows, grow);
    expect_panic(growth_backwards, grow);
}
