/* Bitmaps that live for two epochs. */
#include "alloc/gcbits.h"
#include "alloc/page/limits.h"
#include <criterion/criterion.h>
#include <string.h>

static struct sysMemStat stat;
static struct gcBitsArenas bits;

static void setup(void)
{
    gcBitsArenas_init(&bits, &stat);
}

TestSuite(gcbits, .init = setup);

static bool is_zero(const uint8_t *p, size_t n)
{
    while (n > 0)
        if (p[--n] != 0)
            return false;
    return true;
}

Test(gcbits, are_zero_aligned_and_apart)
{
    uint8_t *a = newMarkBits(&bits, 1), *b = newMarkBits(&bits, 65);
    uint8_t *c = newMarkBits(&bits, 64);
    cr_assert_eq((uintptr_t)a % 8, 0);
    cr_assert_eq(b - a, 8);
    cr_assert_eq(c - b, 16, "65 bits take two words");
    cr_assert(is_zero(a, 32));
    gcbits_testAndSet(b, 64);
    cr_assert(gcbits_get(b, 64));
    cr_assert_not(gcbits_get(b, 63));
    cr_assert_eq(gcbits_word(b, 64), 1);
    cr_assert_eq(gcbits_word(c, 0), 0);
}

Test(gcbits, survive_one_epoch_and_come_back_zeroed_after_two)
{
    uint8_t *a = newMarkBits(&bits, 64);
    memset(a, 0xff, 8);
    nextMarkBitArenaEpoch(&bits);
    uint8_t *b = newMarkBits(&bits, 64);
    cr_assert_neq(a, b);
    nextMarkBitArenaEpoch(&bits);
    cr_assert_eq(gcbits_word(a, 0), UINT64_MAX);
    nextMarkBitArenaEpoch(&bits);
    uint8_t *c = newMarkBits(&bits, 64);
    cr_assert_eq(c, a, "the oldest chunk is used again");
    cr_assert_eq(gcbits_word(c, 0), 0);
    cr_assert_eq(bits.nchunks, 2);
    gcBitsArenas_check(&bits);
}

Test(gcbits, full_chunks_are_followed_by_new_ones)
{
    for (int i = 0; i < 3 * gcBitsChunkBytes / 128; i++)
        cr_assert(is_zero(newMarkBits(&bits, 1024), 128));
    cr_assert_eq(bits.nchunks, 4, "the head of a chunk holds no bits");
    cr_assert_eq(stat.bytes, 4 * gcBitsChunkBytes);
    gcBitsArenas_check(&bits);
}

Test(gcbits, refusal_gives_null)
{
    sysmem_fail_from(1);
    cr_assert_null(newMarkBits(&bits, 8));
    sysmem_fail_from(0);
    gcBitsArenas_check(&bits);
    cr_assert_not_null(newMarkBits(&bits, 8));
}
