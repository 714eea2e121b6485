/* Spans: their slots, and the lists they stand on. */
#include "alloc/span.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

static const uintptr_t base = (uintptr_t)0xc0 << 32;
static uint64_t bits[2][16];

static struct mspan span_of(uint8_t sizeclass, size_t npages)
{
    struct mspan s = {0};
    spanClass sc = makeSpanClass(sizeclass, true);
    mspan_init(&s, base, npages, sc, mspan_nelems(npages, sc));
    s.allocBits = (uint8_t *)bits[0];
    s.gcmarkBits = (uint8_t *)bits[1];
    return s;
}

Test(span, every_class_is_laid_out_soundly)
{
    for (uint8_t c = 1; c < NumSizeClasses; c++) {
        struct mspan s = span_of(c, class_to_allocnpages[c]);
        mspan_check(&s);
        cr_assert_eq(mspan_objIndex(&s, mspan_limit(&s) - 1), s.nelems - 1);
        cr_assert_eq(mspan_objIndex(&s, base + s.elemsize - 1), 0);
    }
}

Test(span, every_class_is_laid_out_soundly_in_all_releases)
{
    for (const struct goversion *v = goversions; v->name != NULL; v++) {
        goversion_choose(v);
        for (spanClass sc = 2; sc < NumSpanClasses; sc++) {
            size_t npages = class_to_allocnpages[spanClass_sizeclass(sc)];
            struct mspan s = {0};
            mspan_init(&s, base, npages, sc, mspan_nelems(npages, sc));
            s.allocBits = (uint8_t *)bits[0];
            mspan_check(&s);
            cr_assert_eq(s.nelems, mspan_nelems(npages, sc));
            cr_assert_leq(mspan_limit(&s), base + npages * PageSize);
        }
    }
}

Test(span, a_large_span_is_one_slot)
{
    struct mspan s = span_of(0, 1000);
    mspan_check(&s);
    cr_assert_eq(s.nelems, 1);
    cr_assert_eq(s.elemsize, 1000 * PageSize);
    cr_assert_eq(mspan_objIndex(&s, mspan_limit(&s) - 1), 0);
}

Test(span, spanclass_holds_class_and_noscan)
{
    spanClass sc = makeSpanClass(67, true);
    cr_assert_eq(spanClass_sizeclass(sc), 67);
    cr_assert(spanClass_noscan(sc));
    cr_assert_not(spanClass_noscan(makeSpanClass(67, false)));
    cr_assert(sc < NumSpanClasses);
}

Test(span, a_bit_behind_the_last_slot_is_found, .signal = SIGABRT)
{
    struct mspan s = span_of(size_to_class(48), 1); /* 170 slots */
    bits[0][170 / 64] = (uint64_t)1 << (170 % 64);
    mspan_check(&s);
}

Test(span, more_taken_slots_than_slots_is_found, .signal = SIGABRT)
{
    struct mspan s = span_of(size_to_class(48), 1);
    s.allocCount = 171;
    mspan_check(&s);
}

static struct mspan spans[4];

/* The list as letters: span 0 is 'a'. */
static const char *letters(const struct spanList *l)
{
    static char out[ARRAY_LEN(spans) + 1];
    size_t n = 0;
    for (const struct mspan *s = l->first; s != NULL; s = s->next)
        out[n++] = (char)('a' + (s - spans));
    out[n] = '\0';
    cr_assert_eq(spanList_check(l), n);
    return out;
}

Test(spanlist, what_was_put_there_last_comes_first)
{
    struct spanList l = {0};
    spanList_insert(&l, &spans[0]);
    spanList_insert(&l, &spans[1]);
    cr_assert_str_eq(letters(&l), "ba");
    cr_assert_eq(spanList_pop(&l), &spans[1]);
    cr_assert_str_eq(letters(&l), "a");
    cr_assert_null(spans[1].list);
    spanList_insert(&l, &spans[2]);
    cr_assert_str_eq(letters(&l), "ca");
    cr_assert_eq(spanList_pop(&l), &spans[2]);
    cr_assert_eq(spanList_pop(&l), &spans[0]);
    cr_assert(spanList_isEmpty(&l));
    cr_assert_null(spanList_pop(&l));
}

Test(spanlist, a_span_on_two_lists_throws, .signal = SIGABRT)
{
    struct spanList l = {0}, other = {0};
    spanList_insert(&l, &spans[0]);
    spanList_insert(&other, &spans[0]);
}
