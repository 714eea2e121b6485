/*
 * test_grouptype.c: the layout of groups: GO-MODERN's table, and by the rules
 * of structs for the rest; what a hint makes.
 */
#include "map/swiss/swissgroup.h"
#include "map/swiss/swissmap.h"
#include "map/swiss/swisstable.h"
#include "tests/mapmodel.h"

static const struct {
    const char *text;
    uint32_t slot, elemoff, group;
    bool pointers;
} layouts[] = {
    {"map[int]int", 16, 8, 136, false},
    {"map[string]int", 24, 16, 200, true},
    {"map[int32]bool", 8, 4, 72, false},
    {"map[int8]bool", 2, 1, 24, false},
    {"map[struct{}]int", 8, 0, 72, false},
    {"map[struct{}]struct{}", 0, 0, 16, false},
    {"map[int]struct{}", 16, 8, 136, false},
    {"map[int8]struct{}", 2, 1, 24, false},
    {"map[struct{a, b int64}]int", 24, 16, 200, false},
    {"map[interface{}]int", 24, 16, 200, true},
    {"map[int32]int", 16, 8, 136, false},
    {"map[int32][3]int32", 16, 4, 136, false},
    {"map[int][128]byte", 136, 8, 1096, false},
    {"map[int][129]byte", 16, 8, 136, true},
    {"map[[128]byte]int", 136, 128, 1096, false},
    {"map[[129]byte]int", 16, 8, 136, true},
    {"map[[129]byte][129]byte", 16, 8, 136, true},
};

Test(grouptype, layout)
{
    release_setup("1.24", 1);
    for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
        const struct maptype *t = maptype_must(layouts[i].text);
        cr_expect_eq(t->kind, MAPKIND_SWISS);
        cr_expect_eq(t->slotsize, layouts[i].slot, "%s: %u", t->typ.str,
                     t->slotsize);
        cr_expect_eq(t->elemoff, layouts[i].elemoff, "%s", t->typ.str);
        cr_expect_eq(t->groupsize, layouts[i].group, "%s", t->typ.str);
        cr_expect_eq(t->group->size, layouts[i].group, "%s", t->typ.str);
        cr_expect_eq(t->group->ptrdata > 0, layouts[i].pointers, "%s",
                     t->typ.str);
    }
}

Test(grouptype, names_and_pointers)
{
    release_setup("1.24", 1);
    const struct maptype *t = maptype_must("map[string]*int");
    cr_assert_str_eq(t->group->str, "map.group[string]*int");
    /* Word 0 is the control word; of a slot's three words, 0 and 2 point. */
    cr_assert_eq(t->group->ptrdata, 8 + 8 * 24);
    cr_assert_eq(t->group->gcdata[0], 0xda);
}

/* What the compiler's families rely on. */
Test(grouptype, elements_follow_8_bytes_and_strings_at_once)
{
    release_setup("1.27", 1);
    static const char *const elems[] = {"bool",     "int32",     "string",
                                        "struct{}", "[128]byte", "float64"};
    for (size_t i = 0; i < ARRAY_LEN(elems); i++) {
        char text[64];
        snprintf(text, sizeof(text), "map[uint64]%s", elems[i]);
        cr_expect_eq(maptype_must(text)->elemoff, 8);
        snprintf(text, sizeof(text), "map[string]%s", elems[i]);
        cr_expect_eq(maptype_must(text)->elemoff, 16);
    }
}

Test(grouptype, families)
{
    release_setup("1.27", 1);
    cr_expect_eq(maptype_must("map[int32]int")->fast, SWISS_FAST32);
    cr_expect_eq(maptype_must("map[int]int")->fast, SWISS_FAST64);
    cr_expect_eq(maptype_must("map[*int]int")->fast, SWISS_FAST64PTR);
    cr_expect_eq(maptype_must("map[string]int")->fast, SWISS_FASTSTR);
    cr_expect_eq(maptype_must("map[int][129]byte")->fast, SWISS_SLOW);
    cr_expect_eq(maptype_must("map[float64]int")->fast, SWISS_SLOW);
}

/*
 * What a hint makes.
 */

static const struct maptype *t;

static void expect_sizes(intptr_t hint, uint64_t dirSize, uint16_t capacity)
{
    struct tableSizes s = table_sizes(t, hint);
    cr_expect_eq(s.dirSize, dirSize, "hint %zd: %zu tables", hint,
                 (size_t)s.dirSize);
    cr_expect_eq(s.capacity, capacity, "hint %zd: %u slots", hint, s.capacity);
}

Test(tablesize, limits)
{
    cr_expect_eq(table_limit(16), 14);
    cr_expect_eq(table_limit(32), 28);
    cr_expect_eq(table_limit(1024), 896);
}

Test(tablesize, of_hints)
{
    release_setup("1.24", 1);
    t = maptype_must("map[int]int");
    expect_sizes(-1, 0, 0);
    expect_sizes(0, 0, 0);
    expect_sizes(8, 0, 0);
    expect_sizes(9, 1, 16);
    expect_sizes(14, 1, 16);
    expect_sizes(15, 1, 32);
    expect_sizes(28, 1, 32);
    expect_sizes(29, 1, 64);
    expect_sizes(448, 1, 512);
    expect_sizes(449, 1, 1024);
    expect_sizes(896, 1, 1024);
    expect_sizes(897, 2, 512); /* just past a full table: half the room */
    expect_sizes(898, 2, 1024);
    expect_sizes(1792, 2, 1024);
    expect_sizes(1793, 4, 512);
    expect_sizes(3585, 8, 512);
    expect_sizes(10000, 16, 1024);
    expect_sizes(100000, 128, 1024);
}

/* What no memory could hold is as if unsaid: 2^48 bytes are the most. Go
 * counts a group for each slot here. */
Test(tablesize, beyond_all_memory)
{
    release_setup("1.24", 1);
    t = maptype_must("map[int]int");
    expect_sizes(INTPTR_MAX, 0, 0);
    expect_sizes((intptr_t)1 << 61, 0, 0);
    expect_sizes((intptr_t)7 << 37, (uint64_t)1 << 30, 1024);
    expect_sizes(((intptr_t)7 << 37) + 1, 0, 0);
}
