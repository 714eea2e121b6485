/*
 * test_hashgolden.c: the fallback hash of each release against what that
 * release's own runtime answered, as tests/oracle/hashes recorded it. Values
 * are made by the same rules on both sides (tests/oracle/hashes/main.go).
 */
#include "runtime/base/goversion.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include "runtime/type/type.h"
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed_of(int i)
{
    return mix(1000 + (uint64_t)i);
}

/* n bytes at an odd address, exactly as long: a read past the end is an error
 * under ASan. Freed by the process's end. */
static char *bytes(int n)
{
    char *buf = malloc((size_t)n + 1);

    for (int i = 0; i <= n; i++)
        buf[i] = (char)mix((uint64_t)i);
    return buf + 1;
}

static double float_of(int i)
{
    if (i < 2)
        return 0;
    return (double)((int64_t)mix((uint64_t)i) >> 44) / 8;
}

static uint64_t hash_of_string(int n)
{
    struct gostring s = {bytes(n), n};
    uint64_t hash = strhash(&s, seed_of(n));

    cr_expect_eq(strhash_fast(&s, seed_of(n)), hash);
    return hash;
}

static uint64_t hash_of_plain(const char *kind, int i)
{
    uint64_t x = mix((uint64_t)i);

    if (strcmp(kind, "mem") == 0)
        return memhash(bytes(i), seed_of(i), (size_t)i);
    if (strcmp(kind, "str") == 0)
        return hash_of_string(i);
    if (strcmp(kind, "mem32") == 0)
        return memhash32_fast((uint32_t)x, seed_of(i));
    cr_assert_str_eq(kind, "mem64");
    return memhash64_fast(x, seed_of(i));
}

static uint64_t hash_of_float(const char *kind, int i)
{
    double d = float_of(i);
    float f = (float)d;

    return strcmp(kind, "f64") == 0 ? f64hash(&d, seed_of(i))
                                    : f32hash(&f, seed_of(i));
}

static uint64_t hash_of_iface(int which, int i)
{
    static const char *const types[] = {"int64",    "int32",
                                        "float64",  "string",
                                        "[2]int64", "struct{a int8; s string}"};
    int64_t x = (int64_t)mix((uint64_t)i), two[2] = {x, i};
    double d = float_of(i);
    struct gostring s = {bytes(i), i};
    struct {
        int8_t a;
        struct gostring s;
    } pair = {(int8_t)x, s};
    const void *values[] = {&x, &x, &d, &s, two, &pair};
    struct eface e = {NULL, NULL};

    if (which < (int)ARRAY_LEN(types))
        e = (struct eface){type_parse(types[which], NULL), values[which]};
    return nilinterhash(&e, seed_of(i));
}

static uint64_t hash_of(const char *kind, int i)
{
    if (strncmp(kind, "iface", 5) == 0)
        return hash_of_iface(atoi(kind + 5), i);
    if (kind[0] == 'f')
        return hash_of_float(kind, i);
    return hash_of_plain(kind, i);
}

static void expect_hashes_of(const char *release)
{
    static const uint64_t key[4] = {0x1234567890abcdef, 0xfedcba0987654321,
                                    0x5a5a5a5a5a5a5a5a, 0x0123456789abcdee};
    char path[64], line[128], kind[16];
    uint64_t want;
    int i, n = 0;

    goversion_choose(goversion_named(release));
    hashkey_set(key);
    snprintf(path, sizeof(path), "tests/golden/hashes/go%s.tsv", release);
    FILE *f = fopen(path, "r");
    cr_assert_not_null(f, "%s", path);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "%15s %d %" SCNx64, kind, &i, &want) != 3)
            continue;
        cr_expect_eq(hash_of(kind, i), want, "%s: %s %d", release, kind, i);
        n++;
    }
    fclose(f);
    cr_expect_eq(n, 482);
}

Test(hashgolden, go_1_22)
{
    expect_hashes_of("1.22");
}

Test(hashgolden, go_1_23)
{
    expect_hashes_of("1.23");
}

Test(hashgolden, go_1_24)
{
    expect_hashes_of("1.24");
}

Test(hashgolden, go_1_27)
{
    expect_hashes_of("1.27");
}
