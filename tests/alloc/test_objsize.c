/*
 * test_objsize.c: the size classes are Go's, the tables agree with one another,
 * and each release has its own slots, headers and spans.
 */
#include "alloc/objsize.h"
#include <criterion/criterion.h>

static const struct goversion *go(const char *name)
{
    const struct goversion *v = goversion_named(name);

    cr_assert_not_null(v, "%s", name);
    return v;
}

/* Recorded from Go 1.19's sizeclasses.go. */
static const uint16_t goSizes[NumSizeClasses] = {
    0,     8,     16,    24,    32,    48,    64,    80,    96,    112,
    128,   144,   160,   176,   192,   208,   224,   240,   256,   288,
    320,   352,   384,   416,   448,   480,   512,   576,   640,   704,
    768,   896,   1024,  1152,  1280,  1408,  1536,  1792,  2048,  2304,
    2688,  3072,  3200,  3456,  4096,  4864,  5376,  6144,  6528,  6784,
    6912,  8192,  9472,  9728,  10240, 10880, 12288, 13568, 14336, 16384,
    18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768};
static const uint8_t goPages[NumSizeClasses] = {
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,  1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2, 1, 3, 2,  3, 1, 3,
    2, 3, 4, 5, 6, 1, 7, 6, 5, 4, 3, 5, 7, 2, 9, 7, 5, 8, 3, 10, 7, 4};

Test(objsize, sizes_and_pages_are_go_s)
{
    /* objsize.1 */
    cr_assert_arr_eq(class_to_size, goSizes, sizeof goSizes);
    cr_assert_arr_eq(class_to_allocnpages, goPages, sizeof goPages);
}

Test(objsize, every_size_gets_the_smallest_class_that_holds_it)
{
    uint8_t class = 0; /* objsize.2 */
    for (size_t size = 0; size <= MaxSmallSize; size++) {
        if (size > class_to_size[class])
            class ++;
        cr_assert_eq(size_to_class(size), class, "size %zu", size);
    }
    cr_assert_eq(class, NumSizeClasses - 1);
}

Test(objsize, multiplying_divides_exactly)
{
    for (int c = 1; c < NumSizeClasses; c++) { /* objsize.3 */
        uint32_t bytes = class_to_allocnpages[c] * PageSize;
        for (uint32_t n = 0; n <= bytes; n++)
            cr_assert_eq((uint64_t)n * class_to_divmagic[c] >> 32,
                         n / class_to_size[c]);
    }
}

Test(objsize, slots_without_pointers_are_the_same_in_all_releases)
{
    for (const struct goversion *v = goversions; v->name != NULL; v++) {
        cr_expect_eq(objsize_slot(v, 0, true), 0);
        cr_expect_eq(objsize_slot(v, 1, true), 8);
        cr_expect_eq(objsize_slot(v, 33, true), 48);
        cr_expect_eq(objsize_slot(v, 1024, true), 1024);
        cr_expect_eq(objsize_slot(v, 1025, true), 1152);
        cr_expect_eq(objsize_slot(v, 32760, true), 32768);
        cr_expect_eq(objsize_slot(v, 32761, true), 32768);
        cr_expect_eq(objsize_slot(v, 32768, true), 32768);
        cr_expect_eq(objsize_slot(v, 32769, true), 40960);
        cr_expect_eq(objsize_slot(v, SIZE_MAX, true), SIZE_MAX);
        cr_expect_eq(objsize_slot(v, SIZE_MAX - PageSize, true),
                     SIZE_MAX - PageSize + 1);
    }
}

/* Measured: 65, 128, 1024 and 4095 pointers in each release. */
Test(objsize, a_header_is_added_above_512_bytes_before_rounding)
{
    static const struct {
        size_t size, bare, header;
    } want[] = {{8, 8, 8},
                {504, 512, 512},
                {512, 512, 512},
                {513, 576, 576},
                {520, 576, 576},
                {568, 576, 576},
                {569, 576, 640},
                {1024, 1024, 1152},
                {8192, 8192, 9472},
                {32752, 32768, 32768},
                {32760, 32768, 32768},
                {32761, 32768, 32768},
                {32768, 32768, 32768},
                {32769, 40960, 40960}};
    for (const struct goversion *v = goversions; v->name != NULL; v++)
        for (size_t i = 0; i < ARRAY_LEN(want); i++) {
            size_t slot = v->headerBytes > 0 ? want[i].header : want[i].bare;
            cr_expect_eq(objsize_slot(v, want[i].size, false), slot, "%s: %zu",
                         v->name, want[i].size);
        }
}

Test(objsize, rounding_leaves_the_header_out)
{
    const struct goversion *old = go("1.19"), *new = go("1.22");

    cr_expect_eq(objsize_round(old, 520, false), 576);
    cr_expect_eq(objsize_round(new, 520, false), 568);
    cr_expect_eq(objsize_round(new, 520, true), 576);
    cr_expect_eq(objsize_round(new, 512, false), 512);
    cr_expect_eq(objsize_round(new, 32760, false), 32760);
    cr_expect_eq(objsize_round(new, 32761, false), 32768, "a large object");
    cr_expect_eq(roundupsize(520, false), 576, "the first release, unasked");
    goversion_choose(new);
    cr_expect_eq(roundupsize(520, false), 568);
}

/* What rounding promises takes no larger slot when it is asked for. */
Test(objsize, what_was_rounded_is_not_rounded_again)
{
    for (const struct goversion *v = goversions; v->name != NULL; v++)
        for (size_t size = 1; size <= 70000; size++)
            for (int noscan = 0; noscan < 2; noscan++) {
                size_t up = objsize_round(v, size, noscan);
                cr_assert_geq(up, size);
                cr_assert_eq(objsize_slot(v, up, noscan),
                             objsize_slot(v, size, noscan), "%s: %zu", v->name,
                             size);
            }
}

/* Class for class as measured in spans of one page (class 8 without pointers of
 * the newest: from the rule). */
enum { NumShown = 17 };
static const uint16_t shown[NumShown] = {
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 208, 256, 288, 416, 512, 576};
static const uint16_t elements[][NumShown] = {
    {1024, 512, 341, 256, 170, 128, 102, 85, 73, 64, 56, 39, 32, 28, 19, 16,
     14},
    {1008, 504, 336, 252, 168, 126, 100, 84, 72, 63, 56, 38, 31, 28, 19, 15,
     14},
    {1024, 504, 336, 252, 168, 126, 100, 84, 72, 63, 56, 38, 31, 28, 19, 15,
     14},
    {1008, 496, 330, 248, 165, 124, 99, 82, 70, 62, 55, 38, 31, 27, 19, 15, 14},
};
static const struct {
    const char *release;
    int noscan, scan; /* rows of elements */
} rows[] = {{"1.19", 0, 0}, {"1.22", 0, 1}, {"1.23", 0, 1}, {"1.24", 0, 1},
            {"1.25", 0, 1}, {"1.26", 2, 3}, {"1.27", 2, 3}};

Test(objsize, elements_in_a_span)
{
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        const struct goversion *v = go(rows[r].release);
        for (int i = 0; i < NumShown; i++) {
            uint8_t c = size_to_class(shown[i]);
            cr_assert_eq(class_to_size[c], shown[i]);
            cr_assert_eq(class_to_allocnpages[c], 1);
            cr_expect_eq(objsize_nelems(v, 1, c, true),
                         elements[rows[r].noscan][i]);
            cr_expect_eq(objsize_nelems(v, 1, c, false),
                         elements[rows[r].scan][i]);
        }
    }
    cr_expect_null(goversions[ARRAY_LEN(rows)].name, "all releases are here");
}

Test(objsize, spans_of_larger_classes_are_full_in_all_releases)
{
    for (const struct goversion *v = goversions; v->name != NULL; v++)
        for (uint8_t c = size_to_class(576); c < NumSizeClasses; c++) {
            size_t npages = class_to_allocnpages[c];
            uint32_t n = (uint32_t)(npages * PageSize / class_to_size[c]);
            cr_expect_eq(objsize_nelems(v, npages, c, false), n);
            cr_expect_eq(objsize_nelems(v, npages, c, true), n);
        }
}
