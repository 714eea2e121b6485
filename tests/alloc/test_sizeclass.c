/* The size classes are Go's, and the tables agree with one another. */
#include "alloc/sizeclass.h"
#include <criterion/criterion.h>

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

Test(sizeclass, sizes_and_pages_are_go_s)
{
    cr_assert_arr_eq(class_to_size, goSizes, sizeof goSizes);
    cr_assert_arr_eq(class_to_allocnpages, goPages, sizeof goPages);
}

Test(sizeclass, every_size_gets_the_smallest_class_that_holds_it)
{
    uint8_t class = 0;
    for (size_t size = 0; size <= MaxSmallSize; size++) {
        if (size > class_to_size[class])
            class ++;
        cr_assert_eq(size_to_class(size), class, "size %zu", size);
    }
    cr_assert_eq(class, NumSizeClasses - 1);
}

Test(sizeclass, multiplying_divides_exactly)
{
    for (int c = 1; c < NumSizeClasses; c++) {
        uint32_t bytes = class_to_allocnpages[c] * PageSize;
        for (uint32_t n = 0; n <= bytes; n++)
            cr_assert_eq((uint64_t)n * class_to_divmagic[c] >> 32,
                         n / class_to_size[c]);
    }
}

Test(sizeclass, roundupsize)
{
    cr_assert_eq(roundupsize(0), 0);
    cr_assert_eq(roundupsize(1), 8);
    cr_assert_eq(roundupsize(33), 48);
    cr_assert_eq(roundupsize(1024), 1024);
    cr_assert_eq(roundupsize(1025), 1152);
    cr_assert_eq(roundupsize(32768), 32768);
    cr_assert_eq(roundupsize(32769), 40960);
    cr_assert_eq(roundupsize(SIZE_MAX), SIZE_MAX);
    cr_assert_eq(roundupsize(SIZE_MAX - PageSize), SIZE_MAX - PageSize + 1);
}
