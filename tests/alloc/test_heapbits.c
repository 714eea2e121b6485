/* Pointer bits: written for one object, they are that object's and no
 * other's. */
#include "alloc/heapbits.h"
#include "runtime/sched/rand.h"
#include "tests/testheap.h"

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
