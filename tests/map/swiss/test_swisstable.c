/*
 * test_swisstable.c: tables and the directory: capacities, growth, splits, and
 * where tables stand.
 */
#include "map/mapview.h"
#include "tests/chosenhash.h"

/* "0:1/16+9 …": each table's index, localDepth, capacity and entries. */
static const char *picture(const struct swissMap *m)
{
    static char text[512];
    struct swissWalk w;
    struct tableView v;
    size_t n = 0;
    text[0] = '\0';
    swissview_begin(&w, t, m);
    while (swissview_next(&w, &v))
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%zu:%u/%u+%u",
                              n > 0 ? " " : "", v.index, v.localDepth,
                              v.capacity, v.used);
    return text;
}

Test(swisstable, grows_by_doubling_up_to_1024_slots)
{
    static const struct {
        size_t entries;
        const char *tables;
    } steps[] = {
        {1, "0:0/8+1"},       {8, "0:0/8+8"},        {9, "0:0/16+9"},
        {14, "0:0/16+14"},    {15, "0:0/32+15"},     {28, "0:0/32+28"},
        {29, "0:0/64+29"},    {57, "0:0/128+57"},    {113, "0:0/256+113"},
        {225, "0:0/512+225"}, {449, "0:0/1024+449"}, {896, "0:0/1024+896"},
    };
    struct swissMap *m = chosen_map("1.27");
    for (size_t i = 0, n = 0; i < ARRAY_LEN(steps); i++) {
        for (; n < steps[i].entries; n++)
            put(m, mix(n));
        cr_expect_str_eq(picture(m), steps[i].tables);
        swisscheck(t, m);
    }
}

Test(swisstable, splits_by_the_first_bit_of_the_hash)
{
    struct swissMap *m = chosen_map("1.27");
    for (uint64_t i = 0; i < 600; i++)
        put(m, with_top(0, 1, i));
    for (uint64_t i = 0; i < 296; i++)
        put(m, with_top(1, 1, i));
    cr_expect_str_eq(picture(m), "0:0/1024+896");
    put(m, with_top(1, 1, 296));
    cr_expect_str_eq(picture(m), "0:1/1024+600 1:1/1024+297");
    cr_expect_eq(m->dirLen, 2);
    swisscheck(t, m);
}

/* All entries go to one half, which is full at once: split again, and again. */
Test(swisstable, a_split_may_leave_one_half_full)
{
    struct swissMap *m = chosen_map("1.27");
    for (uint64_t i = 0; i < 896; i++)
        put(m, with_top(4, 3, i)); /* 100 */
    put(m, with_top(5, 3, 0));     /* 101 */
    swisscheck(t, m);
    cr_expect_eq(m->globalDepth, 3);
    cr_expect_str_eq(picture(m),
                     "0:1/1024+0 4:3/1024+896 5:3/1024+1 6:2/1024+0");
}

/* Of four places, a table that was never split has two. */
Test(swisstable, a_table_may_stand_in_several_places)
{
    struct swissMap *m = chosen_map("1.27");
    for (uint64_t i = 0; i < 448; i++)
        put(m, with_top(0, 1, i));
    for (uint64_t i = 0; i < 449; i++)
        put(m, with_top(1, 1, i));
    cr_expect_str_eq(picture(m), "0:1/1024+448 1:1/1024+449");
    for (uint64_t i = 449; i < 900; i++)
        put(m, with_top(1, 1, i));
    cr_expect_eq(m->globalDepth, 2);
    cr_expect_eq(swissMap_directoryAt(m, 0), swissMap_directoryAt(m, 1));
    swisscheck(t, m);
    /* Now that one is split: no new directory, its two places part. */
    void *directory = m->dirPtr;
    for (uint64_t i = 448; i < 900; i++)
        put(m, with_top(0, 1, i));
    cr_expect_eq(m->dirPtr, directory);
    cr_expect_neq(swissMap_directoryAt(m, 0), swissMap_directoryAt(m, 1));
    cr_expect_eq(swissview_counts(t, m).tables, 4);
    swisscheck(t, m);
}

/* What control bytes are asked, by SSE2 and by the word, agrees; and a byte is
 * written as it is, with the others left alone. */
Test(swisstable, words_and_vectors_answer_alike)
{
    static const uint8_t bytes[] = {0, 1, 0x7e, 0x7f, ctrlEmpty, ctrlDeleted};
    struct swissGroup *g = malloc(sizeof(*g) + groupSlots);
    uint64_t state = 1;
    cr_assert_not_null(g);
    for (int round = 0; round < 20000; round++) {
        uint8_t want[groupSlots];
        swissGroup_setEmpty(g);
        memset(want, ctrlEmpty, sizeof(want));
        for (int writes = round % 20; writes > 0; writes--) {
            state = mix(state);
            uintptr_t i = state % groupSlots;
            want[i] = bytes[(state >> 8) % ARRAY_LEN(bytes)];
            swissGroup_setCtrl(g, i, want[i]);
        }
        cr_assert_arr_eq(g->ctrl, want, sizeof(want));
        struct bytes8 ctrls = swissGroup_ctrls(g);
        uint64_t empty = word_matchEmpty(g->word);
        uint64_t vacant = word_matchEmptyOrDeleted(g->word);
        for (uintptr_t i = 0; i < groupSlots; i++) {
            uint64_t bit = (uint64_t)0x80 << (8 * i);
            cr_assert_eq((empty & bit) != 0, want[i] == ctrlEmpty);
            cr_assert_eq((vacant & bit) != 0, want[i] >= ctrlEmpty);
        }
        uint64_t same = ctrls_matchEmpty(ctrls);
        cr_assert_eq(empty != 0, same != 0);
        if (empty != 0)
            cr_assert_eq(word_first(empty), bytes8_first(same));
        same = ctrls_matchEmptyOrDeleted(ctrls);
        cr_assert_eq(vacant != 0, same != 0);
        if (vacant != 0)
            cr_assert_eq(word_first(vacant), bytes8_first(same));
    }
    free(g);
}

/* The directory's index is the hash's top bits, as Go's shift gives them. */
Test(swisstable, directory_index_is_the_top_bits)
{
    uint64_t hash = 1;
    for (uint8_t depth = 0; depth < 40; depth++)
        for (int i = 0; i < 100; i++) {
            struct swissMap m = {.dirLen = (intptr_t)1 << depth,
                                 .globalDepth = depth};
            hash = mix(hash);
            cr_assert_eq(swissMap_directoryIndex(&m, hash),
                         depth == 0 ? 0 : hash >> (64 - depth));
        }
}

/* A slot of any size is moved whole, and nothing beside it. */
Test(swisstable, slots_move_whole)
{
    for (size_t n = 0; n <= 80; n++) {
        uint8_t from[80], to[96], want[96];
        for (size_t i = 0; i < sizeof(from); i++)
            from[i] = (uint8_t)(i + 1);
        memset(to, 0xaa, sizeof(to));
        memset(want, 0xaa, sizeof(want));
        memcpy(want + 8, from, n);
        slot_move(to + 8, from, n);
        cr_assert_arr_eq(to, want, sizeof(to), "%zu bytes", n);
    }
}

/* The search goes 1, 2, 3 … groups further, and comes by each once. */
Test(swisstable, probes_every_group_once)
{
    for (uint64_t n = 2; n <= 128; n *= 2) {
        bool seen[128] = {false};
        struct probeSeq seq = makeProbeSeq(n - 1, (uintptr_t)77 << 7);
        cr_expect_eq(seq.offset, 77 & (n - 1));
        for (uint64_t i = 0; i < n; i++, probeSeq_next(&seq)) {
            cr_assert_not(seen[seq.offset]);
            seen[seq.offset] = true;
        }
    }
}

/* Nine keys of one group: the ninth stands in the next. */
Test(swisstable, a_full_group_sends_on)
{
    struct swissMap *m = chosen_map("1.27");
    for (uint64_t i = 0; i < 20; i++)
        put(m, in_group(0, i));
    struct swissWalk w;
    struct tableView v;
    struct groupView g;
    swissview_begin(&w, t, m);
    cr_assert(swissview_next(&w, &v));
    cr_assert_eq(v.groups, 4);
    static const size_t entries[] = {8, 8, 0, 4}; /* 0, 1, 3 */
    for (size_t i = 0; i < v.groups; i++) {
        size_t n = 0;
        swissview_group(&w, &v, i, &g);
        for (size_t k = 0; k < groupSlots; k++)
            n += g.key[k] != NULL;
        cr_expect_eq(n, entries[i], "group %zu: %zu", i, n);
    }
    swisscheck(t, m);
}

/* Only from a full group a deletion leaves a mark, and a new key takes it. */
Test(swisstable, tombstones)
{
    struct swissMap *m = chosen_map("1.27");
    for (uint64_t i = 0; i < 10; i++)
        put(m, in_group(0, i)); /* eight in group 0, two in group 1 */
    struct swissTable *tab = swissMap_directoryAt(m, 0);
    cr_assert_eq(tab->growthLeft, 4);
    take(m, in_group(0, 8));
    cr_expect_eq(tab->growthLeft, 5);
    cr_expect_not(m->tombstonePossible);
    take(m, in_group(0, 3));
    cr_expect_eq(tab->growthLeft, 5);
    cr_expect_eq(swissTable_tombstones(tab), 1);
    cr_expect(m->tombstonePossible);
    swisscheck(t, m);
    put(m, in_group(0, 10));
    cr_expect_eq(tab->growthLeft, 5);
    cr_expect_eq(swissTable_tombstones(tab), 0);
    swisscheck(t, m);
}
