/* One chunk's bitmaps: ranges, runs, summaries; all held against plain
 * loops. */
#include "alloc/page/pallocbits.h"
#include "runtime/sched/rand.h"
#include "tests/pagepicture.h"
#include <criterion/criterion.h>
#include <signal.h>

static const char *draw(const struct pallocData *m, uint32_t n)
{
    static char out[pallocChunkPages + 1];
    return picture_of(m, 0, n, out);
}

Test(pallocbits, ranges_end_where_they_should)
{
    struct pallocData m = pages_of("........");
    pageBits_setRange(&m.alloc, 2, 3);
    cr_assert_str_eq(draw(&m, 8), "..XXX...");
    pageBits_clearRange(&m.alloc, 3, 1);
    cr_assert_str_eq(draw(&m, 8), "..X.X...");
    cr_assert_eq(pageBits_popcntRange(&m.alloc, 0, 8), 2);
    cr_assert_eq(pageBits_popcntRange(&m.alloc, 3, 1), 0);
}

Test(pallocbits, ranges_cross_words)
{
    struct pallocData m = pages_of("");
    pageBits_clearRange(&m.alloc, 60, 8);
    char out[13];
    cr_assert_str_eq(picture_of(&m, 58, 12, out), "XX........XX");
    cr_assert_eq(pageBits_popcntRange(&m.alloc, 0, pallocChunkPages),
                 pallocChunkPages - 8);
    pageBits_clearRange(&m.alloc, 0, pallocChunkPages);
    cr_assert_eq(pageBits_popcntRange(&m.alloc, 0, pallocChunkPages), 0);
}

Test(pallocbits, allocation_ends_scavenging)
{
    struct pallocData m = pages_of("__.._X__");
    pallocData_allocRange(&m, 1, 4);
    cr_assert_str_eq(draw(&m, 8), "_XXXXX__");
}

Test(pallocbits, a_range_outside_the_chunk_throws, .signal = SIGABRT)
{
    struct pallocData m = pages_of("");
    pageBits_setRange(&m.alloc, pallocChunkPages - 1, 2);
}

static void expect_find(const char *picture, size_t npages, uint32_t want,
                        uint32_t want_first)
{
    struct pallocData m = pages_of(picture);
    uint32_t first;
    uint32_t got = pallocBits_find(&m.alloc, npages, 0, &first);
    cr_assert_eq(got, want, "%zu pages in %s: %u", npages, picture, got);
    cr_assert_eq(first, want_first);
}

Test(pallocbits, find_is_first_fit)
{
    expect_find("XX.X..X...", 1, 2, 2);
    expect_find("XX.X..X...", 2, 4, 2);
    expect_find("XX.X..X...", 3, 7, 2);
    expect_find("XX.X..X...", 4, notFound, 2);
    expect_find("XXXX", 1, notFound, notFound);
}

Test(pallocbits, find_joins_words)
{
    struct pallocData m = pages_at(62, ".....");
    uint32_t first;
    cr_assert_eq(pallocBits_find(&m.alloc, 5, 0, &first), 62);
    cr_assert_eq(pallocBits_find(&m.alloc, 6, 0, &first), notFound);
    pageBits_clearRange(&m.alloc, 0, pallocChunkPages);
    cr_assert_eq(pallocBits_find(&m.alloc, pallocChunkPages, 0, &first), 0);
    cr_assert_eq(pallocBits_find(&m.alloc, 65, 0, &first), 0);
}

Test(pallocbits, find_starts_at_the_word_of_searchIdx)
{
    struct pallocData m = pages_at(64, ".X.");
    uint32_t first;
    cr_assert_eq(pallocBits_find(&m.alloc, 1, 65, &first), 64);
    cr_assert_eq(first, 64);
}

Test(pallocbits, summaries)
{
    struct pallocData m = pages_of("..X...X.");
    cr_assert_eq(pallocBits_summarize(&m.alloc), packPallocSum(2, 3, 0));
    m = pages_at(pallocChunkPages - 4, "X...");
    cr_assert_eq(pallocBits_summarize(&m.alloc), packPallocSum(0, 3, 3));
    m = pages_of("");
    cr_assert_eq(pallocBits_summarize(&m.alloc), 0);
    pageBits_clearRange(&m.alloc, 0, pallocChunkPages);
    cr_assert_eq(
        pallocBits_summarize(&m.alloc),
        packPallocSum(pallocChunkPages, pallocChunkPages, pallocChunkPages));
}

/* The model: page by page. */
static uint32_t slow_find(const struct pageBits *b, uint32_t n)
{
    uint32_t run = 0;
    for (uint32_t i = 0; i < pallocChunkPages; i++) {
        run = pageBits_get(b, i) ? 0 : run + 1;
        if (run == n)
            return i + 1 - n;
    }
    return notFound;
}

static pallocSum slow_summary(const struct pageBits *b)
{
    uint32_t start = notFound, max = 0, run = 0;
    for (uint32_t i = 0; i < pallocChunkPages; i++) {
        if (pageBits_get(b, i)) {
            if (start == notFound)
                start = run;
            run = 0;
            continue;
        }
        run++;
        max = run > max ? run : max;
    }
    return packPallocSum(start == notFound ? run : start, max, run);
}

/* Chunks of very different density: runs of random length and kind. */
static struct pageBits random_bits(void)
{
    struct pageBits b;
    memset(&b, 0xff, sizeof b);
    uint32_t longest = 1 + fastrandn(1 + fastrandn(150));
    for (uint32_t i = 0; i < pallocChunkPages;) {
        uint32_t n = 1 + fastrandn(longest);
        if (n > pallocChunkPages - i)
            n = pallocChunkPages - i;
        if (fastrandn(2))
            pageBits_clearRange(&b, i, n);
        i += n;
    }
    return b;
}

Test(pallocbits, random_chunks_agree_with_the_model)
{
    uint64_t seed = 512;
    cr_log_info("seed %lu", seed);
    rand_seed(seed);
    for (int round = 0; round < 3000; round++) {
        struct pageBits b = random_bits();
        pallocSum sum = slow_summary(&b);
        cr_assert_eq(pallocBits_summarize(&b), sum);
        uint32_t n = 1 + fastrandn(pallocSum_max(sum) + 5), first;
        if (n <= pallocChunkPages)
            cr_assert_eq(pallocBits_find(&b, n, 0, &first), slow_find(&b, n));
        uint32_t i = fastrandn(pallocChunkPages);
        uint32_t len = 1 + fastrandn(pallocChunkPages - i), count = 0;
        for (uint32_t k = i; k < i + len; k++)
            count += pageBits_get(&b, k);
        cr_assert_eq(pageBits_popcntRange(&b, i, len), count);
    }
}

static void expect_parts(pallocSum s, uint32_t start, uint32_t max,
                         uint32_t end)
{
    cr_assert_eq(pallocSum_start(s), start);
    cr_assert_eq(pallocSum_max(s), max);
    cr_assert_eq(pallocSum_end(s), end);
}

Test(pallocsum, packs_and_unpacks)
{
    expect_parts(packPallocSum(0, 0, 0), 0, 0, 0);
    expect_parts(packPallocSum(1, 17, 4), 1, 17, 4);
    uint32_t most = maxPackedValue - 1;
    expect_parts(packPallocSum(most, most, most), most, most, most);
    cr_assert_eq(packPallocSum(0, 0, 0), 0, "zero must mean: nothing free");
}

Test(pallocsum, the_maximum_is_one_bit)
{
    pallocSum s = packPallocSum(maxPackedValue, maxPackedValue, maxPackedValue);
    cr_assert_eq(s, (uint64_t)1 << 63);
    expect_parts(s, maxPackedValue, maxPackedValue, maxPackedValue);
}

enum { log16 = 4 };

static pallocSum merge3(pallocSum a, pallocSum b, pallocSum c)
{
    pallocSum sums[3] = {a, b, c};
    return mergeSummaries(sums, 3, log16);
}

Test(pallocsum, merging_joins_end_and_start)
{
    pallocSum s = merge3(packPallocSum(0, 3, 2), packPallocSum(5, 5, 0),
                         packPallocSum(1, 4, 4));
    expect_parts(s, 0, 7, 4);
}

Test(pallocsum, free_neighbours_lengthen_start_and_end)
{
    pallocSum all = packPallocSum(16, 16, 16);
    expect_parts(merge3(all, packPallocSum(2, 9, 3), all), 18, 19, 19);
    expect_parts(merge3(all, all, packPallocSum(2, 9, 3)), 34, 34, 3);
    expect_parts(merge3(all, all, all), 48, 48, 48);
}

Test(pallocsum, nothing_merges_to_nothing)
{
    cr_assert_eq(merge3(0, 0, 0), 0);
}
