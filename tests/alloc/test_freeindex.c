/* Which slot comes next: drawn bitmaps, and a walk beside a plain model. */
#include "alloc/span.h"
#include "runtime/sched/rand.h"
#include <criterion/criterion.h>
#include <string.h>

static uint64_t bits[16];
static struct mspan span;

/* A span whose bitmap is the picture: 'X' taken, '.' free. */
static struct mspan *span_of(const char *picture)
{
    memset(bits, 0, sizeof(bits));
    span = (struct mspan){
        .startAddr = 0x10000,
        .elemsize = 16,
        .nelems = (uint16_t)strlen(picture),
        .allocBits = (uint8_t *)bits,
    };
    for (uint32_t i = 0; i < span.nelems; i++)
        if (picture[i] == 'X')
            bits[i / 64] |= 1ull << i % 64;
    mspan_refillAllocCache(&span, 0);
    return &span;
}

static uintptr_t index_of(const struct mspan *s, uintptr_t slot)
{
    return (slot - s->startAddr) / 16;
}

/* The index of the next slot, which is there. */
static uintptr_t take(struct mspan *s)
{
    uintptr_t v = nextFreeFast(s);

    return index_of(s, v != 0 ? v : mspan_nextFree(s));
}

/* Takes every free slot; the result is drawn: a digit for each, in order. */
static const char *taken_in_order(struct mspan *s)
{
    static char out[1024];
    int order = 0;

    memset(out, 'X', s->nelems);
    out[s->nelems] = 0;
    for (;;) {
        uintptr_t v = nextFreeFast(s);
        if (v == 0)
            v = mspan_nextFree(s);
        if (v == 0)
            return out;
        uintptr_t i = index_of(s, v);
        cr_assert_lt(i, s->nelems);
        out[i] = (char)('0' + order++ % 10);
    }
}

Test(freeindex, free_slots_come_in_rising_order)
{
    cr_assert_str_eq(taken_in_order(span_of("....")), "0123");
    cr_assert_str_eq(taken_in_order(span_of("X.XX.")), "X0XX1");
    cr_assert_str_eq(taken_in_order(span_of("XXXX")), "XXXX");
    cr_assert_str_eq(taken_in_order(span_of(".")), "0");
    cr_assert_eq(span.freeindex, 1, "full");
}

Test(freeindex, a_full_group_of_64_is_stepped_over)
{
    char picture[200], want[200];

    memset(picture, 'X', sizeof(picture));
    picture[130] = '.';
    picture[131] = 0;
    memcpy(want, picture, sizeof(want));
    want[130] = '0';
    cr_assert_str_eq(taken_in_order(span_of(picture)), want);
}

Test(freeindex, the_last_slot_of_a_group_is_found)
{
    char picture[129];

    for (uint32_t n = 63; n <= 128; n++) {
        memset(picture, 'X', n);
        picture[n] = 0;
        picture[n - 1] = '.';
        struct mspan *s = span_of(picture);
        cr_assert_eq(taken_in_order(s)[n - 1], '0', "of %u", n);
        cr_assert_eq(s->freeindex, n);
    }
}

/* Fills picture, of n slots, with free and taken ones in rows of up to most. */
static void draw_rows(char *picture, uint32_t n, uint32_t most, uint64_t *seed)
{
    bool taken = mix((*seed)++) % 2 == 0;

    picture[n] = 0;
    for (uint32_t i = 0; i < n; taken = !taken)
        for (uint64_t row = 1 + mix((*seed)++) % most; row > 0 && i < n; row--)
            picture[i++] = taken ? 'X' : '.';
}

/* In rows that are handed out together and in rows that are not. */
Test(freeindex, rows_of_any_length_come_in_rising_order)
{
    char picture[301], want[301];
    uint64_t seed = 52;

    cr_log_info("seed %lu", seed);
    for (uint32_t round = 0; round < 2000; round++) {
        uint32_t n = 1 + (uint32_t)(mix(seed++) % 300), order = 0;
        draw_rows(picture, n, 1 + round % 100, &seed);
        for (uint32_t i = 0; i <= n; i++)
            want[i] =
                picture[i] == '.' ? (char)('0' + order++ % 10) : picture[i];
        cr_assert_str_eq(taken_in_order(span_of(picture)), want);
    }
}

/* A span may go back at any time and come again. */
Test(freeindex, a_span_that_goes_back_keeps_its_free_slots)
{
    char picture[301];
    uint64_t seed = 53;

    cr_log_info("seed %lu", seed);
    for (uint32_t round = 0; round < 300; round++) {
        draw_rows(picture, 300, 1 + round % 100, &seed);
        struct mspan *s = span_of(picture);
        for (uint32_t i = 0; i < 300; i++) {
            if (picture[i] == 'X')
                continue;
            if (mix(seed++) % 8 == 0)
                mspan_endRun(s);
            cr_assert_not(mspan_isAllocated(s, i));
            cr_assert_eq(take(s), i);
            cr_assert(mspan_isAllocated(s, i));
        }
        cr_assert_eq(nextFreeFast(s), 0);
        cr_assert_eq(mspan_nextFree(s), 0);
    }
}

Test(freeindex, isAllocated_knows_both_sides_of_freeindex)
{
    struct mspan *s = span_of("..X..");

    cr_assert(!mspan_isAllocated(s, 0));
    cr_assert(mspan_isAllocated(s, 2));
    cr_assert_eq(take(s), 0);
    cr_assert_eq(take(s), 1);
    cr_assert(mspan_isAllocated(s, 0) && mspan_isAllocated(s, 1));
    cr_assert(mspan_isAllocated(s, 2) && !mspan_isAllocated(s, 3));
}

Test(freeindex, what_was_handed_out_is_allocated_in_every_group)
{
    char picture[301];

    memset(picture, '.', 300);
    picture[300] = 0;
    struct mspan *s = span_of(picture);
    for (uint32_t taken = 0; taken < 300; taken++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < 300; i++)
            cr_assert_eq(mspan_isAllocated(s, i), i < taken, "%u of %u", i,
                         taken);
        for (uint32_t i = 0; i < 300; i += 64)
            n += (uint32_t)__builtin_popcountll(mspan_takenWord(s, i));
        cr_assert_eq(n, taken);
        cr_assert_eq(take(s), taken);
    }
}

Test(freeindex, the_fast_and_the_slow_way_agree)
{
    char picture[513];
    uint64_t seed = 20221123;

    cr_log_info("seed %lu", seed);
    for (int round = 0; round < 2000; round++) {
        uint32_t n = 1 + (uint32_t)(mix(seed++) % 512), nfree = 0;
        uint64_t fullness = mix(seed++) % 9;
        for (uint32_t i = 0; i < n; i++)
            picture[i] = mix(seed++) % 8 < fullness ? 'X' : '.';
        picture[n] = 0;
        const char *order = taken_in_order(span_of(picture));
        for (uint32_t i = 0; i < n; i++) {
            char want = picture[i] == 'X' ? 'X' : (char)('0' + nfree++ % 10);
            cr_assert_eq(order[i], want, "slot %u of %s", i, picture);
        }
    }
}
