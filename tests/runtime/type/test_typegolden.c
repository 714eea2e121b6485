/*
 * test_typegolden.c: our types against what Go 1.19 itself says of them, as
 * tests/oracle/typedump recorded it. Values are made by the same rules on both
 * sides (tests/oracle/typedump/value.go).
 */
#include "map/map.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include "runtime/type/type.h"
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Another recording, of another seed, may be named by TYPES_GOLDEN. */
static const char *golden_path(void)
{
    const char *path = getenv("TYPES_GOLDEN");

    return path != NULL ? path : "tests/golden/types/go1.19.tsv";
}

static const struct type *T(const char *text)
{
    struct typeError err = {.msg = ""};
    const struct type *t = type_parse(text, &err);

    cr_assert(t != NULL, "%s: at %zu: %s", text, err.at, err.msg);
    return t;
}

/* Everything a line of the file needed, freed when it is done. */
static void *owned[10000];
static size_t nowned;

static void *own(size_t size)
{
    cr_assert_lt(nowned, ARRAY_LEN(owned));
    return owned[nowned++] = calloc(1, size);
}

static void free_owned(void)
{
    while (nowned > 0)
        free(owned[--nowned]);
}

/* "-" for none, else a digit a word. */
static char *mask_of(const struct type *t)
{
    size_t n = t->ptrdata / PtrSize;
    char *out = own(n + 2);

    for (size_t i = 0; i < n; i++)
        out[i] = (t->gcdata[i / 8] >> i % 8 & 1) ? '1' : '0';
    if (n == 0)
        out[0] = '-';
    return out;
}

static uint64_t next(uint64_t *r)
{
    *r += 1;
    return mix(*r);
}

static double next_float(uint64_t *r)
{
    uint64_t x = next(r);

    if (x % 4 < 2)
        return x % 4 == 0 ? 0.0 : -0.0;
    return (double)((int64_t)x >> 44) / 8;
}

static struct gostring next_text(uint64_t *r)
{
    uint64_t x = next(r);
    uint64_t n = (x >> 8) % (x % 4 == 0 ? 300 : 20);
    char *s = own(n + 1);

    for (uint64_t i = 0; i < n; i++)
        s[i] = (char)mix(x + i);
    return (struct gostring){.str = s, .len = (intptr_t)n};
}

static struct eface next_boxed(uint64_t *r)
{
    struct eface e = {0};
    uint64_t which = next(r) % 3;

    if (which == 1) {
        uint64_t *box = own(sizeof(*box));
        *box = next(r);
        e = (struct eface){type_basic(kindInt64), box};
    } else if (which == 2) {
        struct gostring *box = own(sizeof(*box));
        *box = next_text(r);
        e = (struct eface){type_basic(kindString), box};
    }
    return e;
}

static void fill(const struct type *t, char *p, uint64_t *r);

static void fill_floats(const struct type *t, char *p, uint64_t *r)
{
    bool narrow = t->kind == kindFloat32 || t->kind == kindComplex64;
    size_t size = narrow ? sizeof(float) : sizeof(double);

    for (size_t i = 0; i < t->size; i += size) {
        double d = next_float(r);
        float f = (float)d;
        memcpy(p + i, narrow ? (void *)&f : (void *)&d, size);
    }
}

static void fill_word(const struct type *t, char *p, uint64_t *r)
{
    uint64_t x = next(r);

    if (t->kind == kindBool)
        x &= 1;
    memcpy(p, &x, t->size);
}

static void fill(const struct type *t, char *p, uint64_t *r)
{
    struct gostring s;
    struct eface e;

    switch (t->kind) {
    case kindFloat32:
    case kindFloat64:
    case kindComplex64:
    case kindComplex128:
        fill_floats(t, p, r);
        return;
    case kindString:
        s = next_text(r);
        memcpy(p, &s, sizeof(s));
        return;
    case kindInterface:
        e = next_boxed(r);
        memcpy(p, &e, sizeof(e));
        return;
    case kindArray:
        for (size_t i = 0; i < t->len; i++)
            fill(t->elem, p + i * t->elem->size, r);
        return;
    case kindStruct:
        for (size_t i = 0; i < t->nfields; i++)
            fill(t->fields[i].typ, p + t->fields[i].offset, r);
        return;
    default:
        fill_word(t, p, r);
    }
}

static void *new_value(const struct type *t, uint64_t v, uint64_t garbage)
{
    uint64_t *buf = own((t->size / 8 + 1) * sizeof(*buf));
    uint64_t r = v << 32;

    for (size_t i = 0; i < t->size / 8 + 1; i++)
        buf[i] = mix(garbage + i);
    fill(t, (char *)buf, &r);
    return buf;
}

/* The lines of the recorded file. */

enum { MaxColumns = 12 };

static size_t split(char *line, char *column[MaxColumns])
{
    size_t n = 0;

    line[strcspn(line, "\n")] = '\0';
    for (char *c; n < MaxColumns && (c = strsep(&line, "\t")) != NULL;)
        column[n++] = c;
    return n;
}

/* Calls check for each line whose first column is kind; returns how many. */
static int each(const char *kind, void (*check)(char *column[MaxColumns]))
{
    FILE *f = fopen(golden_path(), "r");
    char *line = NULL;
    size_t size = 0;
    int n = 0;

    cr_assert(f != NULL, "%s: run the tests from the top of the tree",
              golden_path());
    while (getline(&line, &size, f) > 0) {
        char *column[MaxColumns] = {0};

        if (split(line, column) > 1 && strcmp(column[0], kind) == 0) {
            check(column);
            free_owned();
            n++;
        }
    }
    free(line);
    fclose(f);
    return n;
}

static void check_type(char *c[])
{
    const struct type *t = T(c[1]);
    char ours[8192];
    char *mask = mask_of(t);

    snprintf(ours, sizeof(ours), "%s %zu %d %d %zu %s %d %d %d", t->str,
             t->size, t->align, t->kind, t->ptrdata, mask,
             type_is_direct_iface(t), t->regularMemory, t->equal != NULL);
    char go[8192];
    snprintf(go, sizeof(go), "%s %s %s %s %s %s %s %s %s", c[2], c[3], c[4],
             c[5], c[6], c[7], c[8], c[9], c[10]);
    cr_expect_str_eq(ours, go, "type %s:\n  ours %s\n  Go   %s", c[1], ours,
                     go);
}

Test(typegolden, layout)
{
    cr_expect_gt(each("type", check_type), 300);
}

/* Go: maptype.flags, type.go. */
static unsigned map_flags(const struct maptype *t)
{
    return (unsigned)t->indirectkey | (unsigned)t->indirectelem << 1 |
           (unsigned)t->key->reflexiveKey << 2 |
           (unsigned)t->key->needKeyUpdate << 3 |
           (unsigned)t->key->hashMightPanic << 4;
}

static void check_map(char *c[])
{
    static const char *const names[] = {
        [MAP_SLOW] = "mapassign",
        [MAP_FAST32] = "mapassign_fast32",
        [MAP_FAST32PTR] = "mapassign_fast32ptr",
        [MAP_FAST64] = "mapassign_fast64",
        [MAP_FAST64PTR] = "mapassign_fast64ptr",
        [MAP_FASTSTR] = "mapassign_faststr",
    };
    struct typeError err = {.msg = ""};
    const struct maptype *t = maptype_of(T(c[1]), T(c[2]), &err);

    cr_assert(t != NULL, "map[%s]%s: %s", c[1], c[2], err.msg);
    char ours[2048], go[2048];
    char *mask = mask_of(t->bucket);
    snprintf(ours, sizeof(ours), "%d %d %d %u %zu %s %s", t->keysize,
             t->elemsize, t->bucketsize, map_flags(t), t->bucket->ptrdata, mask,
             names[t->fast]);
    snprintf(go, sizeof(go), "%s %s %s %s %s %s %s", c[3], c[4], c[5], c[6],
             c[7], c[8], c[9]);
    cr_expect_str_eq(ours, go, "map[%s]%s:\n  ours %s\n  Go   %s", c[1], c[2],
                     ours, go);
}

Test(typegolden, buckets)
{
    cr_expect_gt(each("map", check_map), 200);
}

static void use_keys_of_typedump(void)
{
    uint64_t key[4] = {0x1234567890abcdef, 3, 5, 7};
    uint8_t sched[hashRandomBytes];

    for (size_t i = 0; i < sizeof(sched); i++)
        sched[i] = (uint8_t)mix(1000 + i);
    hashkey_set(key);
    memcpy(aeskeysched, sched, sizeof(aeskeysched));
}

struct hashes {
    uint64_t map, iface;
};

static struct hashes hash_value(const struct type *t, const void *value,
                                uint64_t seed)
{
    struct eface e = {t, value};

    if (type_is_direct_iface(t))
        memcpy(&e.data, value, sizeof(e.data));
    return (struct hashes){t->hash(t, value, seed), nilinterhash(&e, seed)};
}

/* n bytes that begin at an odd address. Exactly as long: a read past the end
 * is an error under ASan. */
static void check_mem(char *c[])
{
    size_t n = strtoull(c[1], NULL, 10);
    char *buf = own(n + 1);

    for (size_t i = 0; i < n + 1; i++)
        buf[i] = (char)mix(i);
    hash_use_aes(false);
    cr_expect_eq(memhash(buf + 1, mix(n), n), strtoull(c[2], NULL, 16),
                 "fallback of %zu bytes", n);
    if (hash_use_aes(true))
        cr_expect_eq(memhash(buf + 1, mix(n), n), strtoull(c[3], NULL, 16),
                     "AES of %zu bytes", n);
}

Test(typegolden, memory_of_any_length)
{
    use_keys_of_typedump();
    cr_expect_eq(each("mem", check_mem), 300);
}

static void check_fallback(char *c[])
{
    const struct type *t = T(c[1]);
    uint64_t v = strtoull(c[2], NULL, 10);
    void *value = new_value(t, v, 1);
    struct hashes h = hash_value(t, value, mix(v + 99));

    cr_expect_eq(h.map, strtoull(c[3], NULL, 16), "map hash of %s", c[1]);
    cr_expect_eq(h.iface, strtoull(c[4], NULL, 16), "interface hash of %s",
                 c[1]);
    cr_expect_eq(t->equal(t, value, new_value(t, v, 2)), *c[7] == '1',
                 "%s with other padding", c[1]);
    cr_expect_eq(t->equal(t, value, new_value(t, v + 1, 1)), *c[8] == '1',
                 "%s with other value", c[1]);
}

Test(typegolden, fallback_hashes_and_equality)
{
    use_keys_of_typedump();
    cr_expect_gt(each("hash", check_fallback), 600);
}

static void check_aes(char *c[])
{
    const struct type *t = T(c[1]);
    uint64_t v = strtoull(c[2], NULL, 10);
    struct hashes h = hash_value(t, new_value(t, v, 1), mix(v + 99));

    cr_expect_eq(h.map, strtoull(c[5], NULL, 16), "map hash of %s", c[1]);
    cr_expect_eq(h.iface, strtoull(c[6], NULL, 16), "interface hash of %s",
                 c[1]);
}

Test(typegolden, aes_hashes)
{
    use_keys_of_typedump();
    if (!hash_use_aes(true))
        cr_skip_test("this processor has no AES instructions");
    cr_expect_gt(each("hash", check_aes), 600);
}
