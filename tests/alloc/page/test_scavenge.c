/* Which pages are given back, in which order, and the huge pages kept whole. */
#include "alloc/page/pagealloc.h"
#include "runtime/sched/rand.h"
#include "tests/pagepicture.h"

static void expect(const char *picture, size_t max, uint32_t start, uint32_t n)
{
    struct pallocData m = pages_of(picture);
    uint32_t got;
    uint32_t at =
        pallocData_findScavengeCandidate(&m, pallocChunkPages - 1, max, &got);
    cr_assert_eq(got, n, "%s: %u pages", picture, got);
    if (n > 0)
        cr_assert_eq(at, start, "%s: at %u", picture, at);
}

Test(scavenge, takes_the_highest_run_with_memory)
{
    expect("..X...X__", 100, 3, 3);
    expect("..X___X__", 100, 0, 2);
    expect("__X___X__", 100, 0, 0);
    expect("XXXX", 100, 0, 0);
}

Test(scavenge, cuts_from_the_top)
{
    expect("X.....X", 2, 4, 2);
    expect("X.....X", 1, 5, 1);
}

Test(scavenge, does_not_tear_a_free_huge_page)
{
    uint32_t huge = pagesPerHugePage, n;
    struct pallocData m = pages_of("");
    pageBits_clearRange(&m.alloc, 0, huge + 10);
    uint32_t last = pallocChunkPages - 1;
    /* The cut would go through the first huge page: all of it is taken. */
    cr_assert_eq(pallocData_findScavengeCandidate(&m, last, 20, &n), 0);
    cr_assert_eq(n, huge + 10);
    /* This cut does not reach it. */
    cr_assert_eq(pallocData_findScavengeCandidate(&m, last, 6, &n), huge + 4);
    cr_assert_eq(n, 6);
    /* The huge page is not free as a whole: nothing is there to be kept. */
    pageBits_setRange(&m.alloc, 0, 1);
    cr_assert_eq(pallocData_findScavengeCandidate(&m, last, 20, &n), huge - 10);
    cr_assert_eq(n, 20);
}

Test(scavenge, runs_join_across_words)
{
    struct pallocData m = pages_at(60, "X......X");
    uint32_t n;
    uint32_t at =
        pallocData_findScavengeCandidate(&m, pallocChunkPages - 1, 100, &n);
    cr_assert_eq(at, 61);
    cr_assert_eq(n, 6);
    at = pallocData_findScavengeCandidate(&m, 63, 100, &n);
    cr_assert_eq(at, 61);
    cr_assert_eq(n, 3, "only pages up to searchIdx");
}

/* The model: the end of the highest run, page by page. */
Test(scavenge, random_chunks_agree_with_the_model)
{
    uint64_t seed = 77;
    cr_log_info("seed %lu", seed);
    rand_seed(seed);
    for (int round = 0; round < 3000; round++) {
        char picture[pallocChunkPages + 1];
        char kind = 'X';
        for (int i = 0; i < pallocChunkPages; i++) {
            if (fastrandn(8) == 0)
                kind = "X._"[fastrandn(3)];
            picture[i] = kind;
        }
        picture[pallocChunkPages] = '\0';
        int end = pallocChunkPages;
        while (end > 0 && picture[end - 1] != '.')
            end--;
        int start = end;
        while (start > 0 && picture[start - 1] == '.')
            start--;
        expect(picture, pallocChunkPages, (uint32_t)start,
               (uint32_t)(end - start));
    }
}
