/*
 * test_heapbits.c: pointer bits, written for one object, are that object's and
 * no other's; arrays beside spans.
 */
#include "alloc/heapbits.h"
#include "runtime/sched/rand.h"
#include "tests/testheap.h"
#include <criterion/criterion.h>

TestSuite(heapbits, .init = testheap_setup);

/* Which words of size bytes of typ are pointers, word by word. */
static uint64_t model_mask(const struct type *typ, size_t size)
{
    uint64_t mask = 0;

    for (size_t w = 0; w < size / PtrSize; w++) {
        size_t at = w % (typ->size / PtrSize);
        if (at < typ->ptrdata / PtrSize && gcbits_get(typ->gcdata, at))
            mask |= 1ull << w;
    }
    return mask;
}

static const char *const texts[] = {
    "*int",
    "string",
    "[]int",
    "interface {}",
    "struct{a int; b *int}",
    "struct{a *int; b int; c string; d [3]int}",
    "[7]string",
    "struct{a [11]*int; b [20]int; c *int}",
    "[64]*int",
};

Test(heapbits, the_mask_of_an_array_repeats_its_element_s)
{
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const struct type *typ = type_parse(texts[i], NULL);
        cr_assert_not_null(typ, "%s", texts[i]);
        for (size_t n = 1; n * typ->size <= minSizeForMallocHeader; n++)
            cr_assert_eq(heapBits_mask(typ, n * typ->size),
                         model_mask(typ, n * typ->size), "%zu %s", n, texts[i]);
    }
}

Test(heapbits, an_object_larger_than_its_data_has_no_pointers_in_its_tail)
{
    const struct type *typ = type_parse("[7]*int", NULL);
    uintptr_t x = take_typed(typ, 56); /* a slot of 64 */

    uintptr_t filler = take_typed(type_parse("[8]*int", NULL), 64);
    cr_assert_eq(heapBits_read(&heap.mheap.arenas, x, 8), 0x7f);
    cr_assert_eq(heapBits_read(&heap.mheap.arenas, filler, 8), 0xff);
}

Test(heapbits, neighbours_keep_their_bits)
{
    const struct arenas *a = &heap.mheap.arenas;
    uintptr_t base = take(class_of(8192, false));
    static uint64_t model[1024]; /* a word each */
    uint64_t seed = 47;

    cr_log_info("seed %lu", seed);
    for (int round = 0; round < 20000; round++) {
        size_t n = 1 + mix(seed++) % 64, at = mix(seed++) % (1024 - n + 1);
        uint64_t mask = mix(seed++) & low_bits(n);
        heapBits_write(a, base + at * PtrSize, n, mask);
        for (size_t i = 0; i < n; i++)
            model[at + i] = mask >> i & 1;
        size_t m = 1 + mix(seed++) % 64, from = mix(seed++) % (1024 - m + 1);
        uint64_t got = heapBits_read(a, base + from * PtrSize, m);
        for (size_t i = 0; i < m; i++)
            cr_assert_eq(got >> i & 1, model[from + i]);
        cr_assert_eq(got & ~low_bits(m), 0);
    }
}

/* Takes all slots of a span: of typ, where that is foreseen, or of a type that
 * is as large and nothing but pointers. */
static void foresee_among_others(const struct type *typ, uint64_t seed)
{
    static char of_all[512];
    snprintf(of_all, sizeof(of_all), "[%zu]*int", typ->size / PtrSize);
    const struct type *all = type_parse(of_all, NULL);
    struct mspan *s = span_of(take_typed(all, typ->size));
    uint32_t n = s->nelems;
    static bool is_all[1024];

    is_all[0] = true;
    for (uint32_t i = 1; i < n; i++) {
        if (mix(seed++) % 50 == 0)
            heapBits_foresee(s, typ);
        heapBits_checkForeseen(s);
        is_all[i] =
            s->foreseen != typ || s->nextSlot == 0 || mix(seed++) % 2 == 0;
        uintptr_t x = is_all[i] ? take_typed(all, typ->size)
                                : take(class_of(typ->size, false));
        cr_assert_eq(mspan_objIndex(s, x), i);
    }
    for (uint32_t i = 0; i < n; i++)
        cr_assert_eq(heapBits_readSlot(&heap.mheap.arenas, s,
                                       s->startAddr + i * s->elemsize),
                     heapBits_maskOfOne(is_all[i] ? all : typ), "%s, slot %u",
                     typ->str, i);
}

Test(heapbits, what_is_foreseen_is_for_free_slots_alone)
{
    static const char *const firsts[] = {
        "struct{a *int}", /* of 8, 16, 24, 48, 64, 144 and 512 bytes */
        "struct{a int; b *int}",
        "struct{a *int; b int; c int}",
        "struct{a *int; b [4]int; c *int}",
        "struct{a [3]int; b *int; c [4]int}",
        "struct{a *int; b [16]int; c *int}",
        "struct{a [63]int; b *int}",
    };
    uint64_t seed = 48;

    cr_log_info("seed %lu", seed);
    for (size_t i = 0; i < ARRAY_LEN(firsts); i++)
        foresee_among_others(type_parse(firsts[i], NULL), seed + 1000 * i);
}

/* A group with holes: only what is free is written. */
Test(heapbits, foresight_leaves_taken_slots_behind_the_first_free_one_alone)
{
    const struct type *all = type_parse("[6]*int", NULL);
    const struct type *typ = type_parse("struct{a [5]int; b *int}", NULL);
    struct mspan *s = span_of(take_typed(all, 48));

    for (int i = 1; i < 64; i++)
        take_typed(all, 48);
    mspan_endRun(s); /* as if swept: 5 and 60 are free */
    s->allocCount -= 2;
    s->allocCache = 1ull << 5 | 1ull << 60;
    s->freeindex = 0;
    mspan_nextRun(s);
    heapBits_foresee(s, typ);
    for (uint32_t i = 0; i < 64; i++)
        cr_assert_eq(heapBits_readSlot(&heap.mheap.arenas, s,
                                       s->startAddr + i * s->elemsize),
                     i == 5 || i == 60 ? 0x20 : 0x3f);
}

Test(heapbits, bits_that_were_foreseen_and_are_gone, .signal = SIGABRT)
{
    const struct type *typ = type_parse("struct{a *int; b int}", NULL);
    struct mspan *s = span_of(take_typed(typ, 16));

    heapBits_foresee(s, typ);
    s->heapBits[0] ^= 1ull << 20;
    heapBits_checkForeseen(s);
}

Test(heapbits, above_512_bytes_the_type_is_kept)
{
    const struct type *typ = type_parse("*int", NULL);
    uintptr_t small = take_typed(typ, 512), large = take_typed(typ, 520);

    cr_assert_null(span_of(small)->types);
    cr_assert_eq(heapBits_read(&heap.mheap.arenas, small, 64), UINT64_MAX);
    const struct mspan *s = span_of(large);
    cr_assert_eq(s->types[mspan_objIndex(s, large)], typ);
    heap_check(&heap);
}

/*
 * Arrays beside spans: zeroed, used again, refused without harm.
 */

static struct sideArrays sides;

static void setup(void)
{
    sideArrays_init(&sides, &sysstats.other_sys);
}

TestSuite(sidearrays, .init = setup);

static bool all_null(void **array, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (array[i] != NULL)
            return false;
    return true;
}

Test(sidearrays, every_length_is_zeroed_and_comes_back_zeroed)
{
    for (uint32_t n = 1; n <= 1024; n += n < 40 ? 1 : 61) {
        void **a = sideArrays_alloc(&sides, n);
        cr_assert(all_null(a, n));
        for (uint32_t i = 0; i < n; i++)
            a[i] = &sides;
        sideArrays_free(&sides, a, n);
        void **b = sideArrays_alloc(&sides, n);
        cr_assert_eq(a, b, "the array freed last is used again");
        cr_assert(all_null(b, n));
        sideArrays_check(&sides);
    }
}

Test(sidearrays, lengths_share_a_power_of_two)
{
    void *a = sideArrays_alloc(&sides, 5);

    sideArrays_free(&sides, a, 5);
    cr_assert_eq(sideArrays_alloc(&sides, 8), a);
    cr_assert_neq(sideArrays_alloc(&sides, 4), a);
    cr_assert_eq(sides.made[3], 1);
    cr_assert_eq(sides.inuse[3], 1);
}

Test(sidearrays, no_memory_is_said_and_changes_nothing)
{
    sysmem_fail_from(1);
    cr_assert_null(sideArrays_alloc(&sides, 1024));
    sysmem_fail_from(0);
    sideArrays_check(&sides);
    cr_assert_not_null(sideArrays_alloc(&sides, 1024));
    sideArrays_check(&sides);
}
