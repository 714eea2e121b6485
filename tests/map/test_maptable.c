/* test_maptable.c: bucket layout and the family chosen for a key. */
#include "map/classic/mapbucket.h"
#include "map/maptype.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct maptype *M(const char *text)
{
    struct typeError err = {.msg = ""};
    const struct maptype *t = maptype_parse(text, &err);

    cr_assert(t != NULL, "%s: at %zu: %s", text, err.at, err.msg);
    return t;
}

Test(maptable, one_a_pair)
{
    cr_expect_eq(M("map[string]int"), M("map[string] int"));
    cr_expect_eq(M("map[string]int"),
                 maptype_of(type_basic(kindString), type_basic(kindInt), NULL));
    cr_expect_neq(M("map[string]int"), M("map[int]string"));
    cr_expect_str_eq(M("map[any]byte")->typ.str, "map[interface {}]uint8");
    cr_expect_str_eq(M("map[any]byte")->bucket->str,
                     "map.bucket[interface {}]uint8");
}

Test(maptable, bucket_sizes)
{
    static const struct {
        const char *text;
        uint16_t bucketsize;
        uint8_t keysize, elemsize;
        bool indirectkey, indirectelem;
    } cases[] = {
        {"map[int]int", 144, 8, 8, false, false},
        {"map[string]int", 208, 16, 8, false, false},
        {"map[int8]bool", 32, 1, 1, false, false},
        {"map[int64]struct{}", 80, 8, 0, false, false},
        {"map[struct{}]struct{}", 16, 0, 0, false, false},
        {"map[[128]byte][128]byte", 2064, 128, 128, false, false},
        {"map[[129]byte][128]byte", 1104, 8, 128, true, false},
        {"map[[129]byte][129]byte", 144, 8, 8, true, true},
        {"map[int][17]int", 144, 8, 8, false, true},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct maptype *t = M(cases[i].text);

        cr_expect_eq(t->bucketsize, cases[i].bucketsize, "%s", cases[i].text);
        cr_expect_eq(t->bucket->size, t->bucketsize);
        cr_expect_eq(t->keysize, cases[i].keysize);
        cr_expect_eq(t->elemsize, cases[i].elemsize);
        cr_expect_eq(t->indirectkey, cases[i].indirectkey);
        cr_expect_eq(t->indirectelem, cases[i].indirectelem);
    }
}

/* "...1": word 0 first, only as many as ptrdata has. */
static const char *mask_of(const struct type *t)
{
    static char out[512];
    size_t n = t->ptrdata / PtrSize;

    for (size_t i = 0; i < n; i++)
        out[i] = (t->gcdata[i / 8] >> i % 8 & 1) ? '1' : '.';
    out[n] = '\0';
    return out;
}

Test(maptable, bucket_pointers)
{
    cr_expect_str_eq(mask_of(M("map[int]int")->bucket), "");
    cr_expect_str_eq(mask_of(M("map[*int]int")->bucket), ".11111111........1");
    cr_expect_str_eq(mask_of(M("map[string]bool")->bucket),
                     ".1.1.1.1.1.1.1.1..1");
    cr_expect_str_eq(mask_of(M("map[int64]any")->bucket),
                     "..........1.1.1.1.1.1.1.11");
    cr_expect_str_eq(mask_of(M("map[[129]byte]int8")->bucket), ".11111111.1");
}

Test(maptable, families)
{
    static const struct {
        const char *text;
        enum mapfast fast;
    } cases[] = {
        {"map[int32]int", MAP_FAST32},
        {"map[uint32][128]byte", MAP_FAST32},
        {"map[uint32][129]byte", MAP_SLOW},
        {"map[[4]byte]int", MAP_FAST32},
        {"map[struct{a, b int16}]int", MAP_FAST32},
        {"map[struct{a int8; b int16}]int", MAP_SLOW},
        {"map[float32]int", MAP_SLOW},
        {"map[int]int", MAP_FAST64},
        {"map[*int]int", MAP_FAST64PTR},
        {"map[chan int]int", MAP_FAST64PTR},
        {"map[struct{p unsafe.Pointer}]int", MAP_FAST64PTR},
        {"map[struct{_ int}]int", MAP_SLOW},
        {"map[float64]int", MAP_SLOW},
        {"map[complex64]int", MAP_SLOW},
        {"map[string]int", MAP_FASTSTR},
        {"map[struct{s string}]int", MAP_FASTSTR},
        {"map[[1]string]int", MAP_FASTSTR},
        {"map[[2]string]int", MAP_SLOW},
        {"map[any]int", MAP_SLOW},
        {"map[bool]int", MAP_SLOW},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_eq(M(cases[i].text)->fast, cases[i].fast, "%s",
                     cases[i].text);
}

Test(maptable, errors)
{
    struct typeError err;

    cr_expect_null(maptype_parse("int", &err));
    cr_expect_str_eq(err.msg, "int is no map type; write map[KEY]ELEM");
    cr_expect_null(maptype_parse("map[func()]int", &err));
    cr_expect_str_eq(err.msg,
                     "not comparable, so it cannot be a map key: func()");
    cr_expect_eq(err.at, 4);
    cr_expect_null(maptype_of(type_parse("[]int", NULL), type_eface(), &err));
}

Test(maptable, what_the_runtime_allocates)
{
    cr_expect_str_eq(mask_of(hmap_type()), "..11.1");
    cr_expect_eq(hmap_type()->size, 48);
    cr_expect_str_eq(mask_of(mapextra_type()), "111");
    cr_expect_str_eq(mask_of(bmapSlice_type()), "1");
    cr_expect_eq(bmapSlice_type()->elem, bmapPtr_type());
}
