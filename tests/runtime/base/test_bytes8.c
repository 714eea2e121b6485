/*
 * test_bytes8.c: eight bytes compared at once, beside a loop over them.
 */
#include "runtime/base/bytes8.h"
#include "runtime/sched/rand.h"
#include <criterion/criterion.h>

/* Which byte a set names with bit i of the result. */
static uint32_t plain(uint64_t set)
{
    uint32_t bits = 0;
    for (; set != 0; set &= set - 1)
        bits |= (uint32_t)1 << bytes8_first(set);
    return bits;
}

static uint32_t equal_one_by_one(const uint8_t *p, uint8_t byte)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < 8; i++)
        bits |= (uint32_t)(p[i] == byte) << i;
    return bits;
}

static uint32_t high_one_by_one(const uint8_t *p)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < 8; i++)
        bits |= (uint32_t)(p[i] >> 7) << i;
    return bits;
}

static uint32_t upto_one_by_one(const uint8_t *p, uint8_t most)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < 8; i++)
        bits |= (uint32_t)(p[i] <= most) << i;
    return bits;
}

static void compare_upto(uint64_t word)
{
    uint8_t p[8];
    memcpy(p, &word, sizeof(word));
    for (uint8_t most = 0; most < 128; most++) {
        uint64_t set = bytes8_upto(bytes8_of(word), most);
        cr_assert_eq(plain(set), upto_one_by_one(p, most), "%lx, %x", word,
                     most);
        cr_assert_eq(bytes8_bits(set), plain(set));
    }
}

static void compare(uint64_t word)
{
    static const uint8_t wanted[] = {0, 1, 2, 0x7f, 0x80, 0x81, 0xfe, 0xff};
    uint8_t p[16] = {0}; /* what stands behind the eight does not matter */
    memcpy(p, &word, sizeof(word));
    struct bytes8 b = bytes8_load(p);
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        cr_assert_eq(plain(bytes8_equal(b, bytes8_all(wanted[i]))),
                     equal_one_by_one(p, wanted[i]), "%lx, %x", word,
                     wanted[i]);
    uint32_t high = high_one_by_one(p);
    cr_assert_eq(plain(bytes8_high(b)), high);
    cr_assert_eq(plain(bytes8_others(bytes8_high(b))), ~high & 0xff);
    for (uint32_t i = 0; i < 8; i++) {
        cr_assert_eq(plain(bytes8_from(bytes8_high(b), i)),
                     high & (0xffU << i));
        cr_assert_eq(plain(bytes8_after(bytes8_high(b), i)),
                     high & (0xffU << i << 1));
    }
}

/* Among them what deceives the usual trick for finding a zero byte: a byte one
 * greater above an equal one. */
Test(bytes8, chosen_words)
{
    compare(0);
    compare(UINT64_MAX);
    compare(0x0302010003020100);
    compare(0x0100010001000100);
    compare(0x8180818081808180);
    compare(0xfefe8080fefe8080);
    compare(0x7f7f7f7f80808080);
}

/* The marks of a bucket's slots and their neighbours, at the edges too. */
Test(bytes8, up_to)
{
    compare_upto(0);
    compare_upto(UINT64_MAX);
    compare_upto(0x0504030201000504);
    compare_upto(0x7f7e80817f00ff01);
    for (uint64_t i = 0; i < 2000; i++)
        compare_upto(mix(i) & 0x8787878787878787);
}

Test(bytes8, random_words)
{
    for (uint64_t i = 0; i < 20000; i++) {
        compare(mix(i));
        compare(mix(i) & 0x8383838383838383);
    }
}
