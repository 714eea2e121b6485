/*
 * test_pool.c: a table from bytes to pointers, beside an array that says the
 * same.
 */
#include "tools/lib/pool.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Keys = 600, Steps = 200000 };

/* Key number i: 0 to 24 bytes, zeroes among them. */
static size_t key_of(unsigned i, char key[32])
{
    memset(key, 0, 32);
    memcpy(key + i % 3, &i, sizeof i);
    return i == 0 ? 0 : 5 + i % 20;
}

Test(bytemap, does_what_an_array_does)
{
    static char values[Keys];
    void *model[Keys] = {NULL};
    struct byteMap *m = bytemap_new();
    uint32_t random = 1;
    for (int step = 0; step < Steps; step++) {
        random = random * 1664525 + 1013904223;
        unsigned i = (random >> 8) % Keys;
        char key[32];
        size_t len = key_of(i, key);
        cr_assert_eq(bytemap_get(m, key, len), model[i], "step %d", step);
        if (random >> 31) {
            model[i] = &values[(random >> 20) % Keys];
            bytemap_put(m, key, len, model[i]);
        } else {
            model[i] = NULL;
            bytemap_remove(m, key, len);
        }
    }
    for (unsigned i = 0; i < Keys; i++) {
        char key[32];
        size_t len = key_of(i, key);
        cr_assert_eq(bytemap_get(m, key, len), model[i]);
    }
    bytemap_free(m);
}

/* Keys that differ in high bits alone, or in one bit anywhere. */
Test(bytemap, many_keys_of_one_pattern, .timeout = 60)
{
    enum { Many = 200000 };
    for (int shift = 0; shift <= 40; shift += 20) {
        struct byteMap *m = bytemap_new();
        for (uint64_t i = 1; i <= Many; i++) {
            uint64_t key = i << shift;
            bytemap_put(m, &key, sizeof key, (void *)(uintptr_t)i);
        }
        for (uint64_t i = 1; i <= Many; i++) {
            uint64_t key = i << shift;
            cr_assert_eq((uintptr_t)bytemap_get(m, &key, sizeof key), i);
        }
        bytemap_free(m);
    }
}
