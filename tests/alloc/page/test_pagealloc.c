/*
 * test_pagealloc.c: the page allocator against a plain array of pages, and the
 * scavenger.
 */
#include "alloc/page/pagealloc.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/thread.h"
#include "tests/pagepicture.h"
#include <signal.h>

static struct mutex heapLock = MUTEX_INIT(lockRankMheap, "test heap");
static struct sysMemStat stat;
static struct pageAlloc pages;

static const uintptr_t heapStart = (uintptr_t)0xc0 << 32;

/* No memory lies behind these pages: the allocator deals in addresses only. */
static void grow(uintptr_t base, size_t nchunks)
{
    size_t size = nchunks * pallocChunkBytes;
    cr_assert(pageAlloc_sysGrow(&pages, base, size));
    pageAlloc_grow(&pages, base, size);
}

static void setup(void)
{
    thread_attach(); /* fastrand does, and may not under the heap's lock */
    cr_assert(pageAlloc_init(&pages, &heapLock, heapAddrBits, &stat));
    lock(&heapLock);
}

TestSuite(pagealloc, .init = setup);

static uintptr_t page(size_t i)
{
    return heapStart + i * PageSize;
}

static uintptr_t alloc(size_t npages)
{
    size_t scav;
    return pageAlloc_alloc(&pages, npages, &scav);
}

Test(pagealloc, an_empty_heap_has_nothing)
{
    cr_assert_eq(alloc(1), 0);
    struct pageCounts c = pageAlloc_check(&pages);
    cr_assert_eq(c.free + c.scavenged + c.allocated, 0);
}

Test(pagealloc, grown_pages_are_free_and_scavenged)
{
    grow(heapStart, 2);
    struct pageCounts c = pageAlloc_check(&pages);
    cr_assert_eq(c.scavenged, 2 * pallocChunkPages);
    cr_assert_eq(c.free, 0);
    size_t scav;
    cr_assert_eq(pageAlloc_alloc(&pages, 3, &scav), heapStart);
    cr_assert_eq(scav, 3 * PageSize);
    pageAlloc_free(&pages, heapStart, 3, false);
    cr_assert_eq(pageAlloc_alloc(&pages, 4, &scav), heapStart);
    cr_assert_eq(scav, PageSize, "the first three had memory already");
}

Test(pagealloc, the_lowest_run_is_taken)
{
    grow(heapStart, 1);
    cr_assert_eq(alloc(10), page(0));
    cr_assert_eq(alloc(10), page(10));
    pageAlloc_free(&pages, page(2), 2, false);
    pageAlloc_free(&pages, page(6), 5, false);
    pageAlloc_check(&pages);
    cr_assert_eq(alloc(3), page(6));
    cr_assert_eq(alloc(2), page(2));
    cr_assert_eq(alloc(2), page(9));
    cr_assert_eq(alloc(1), page(20));
    pageAlloc_check(&pages);
}

Test(pagealloc, runs_cross_chunks_and_blocks)
{
    size_t chunks = 20; /* more than two blocks of eight */
    grow(heapStart, chunks);
    size_t all = chunks * pallocChunkPages;
    cr_assert_eq(alloc(all), page(0));
    cr_assert_eq(alloc(1), 0);
    size_t edge = 8 * pallocChunkPages;
    pageAlloc_free(&pages, page(edge - 3), 7, false);
    pageAlloc_check(&pages);
    cr_assert_eq(alloc(8), 0);
    cr_assert_eq(alloc(7), page(edge - 3));
    pageAlloc_check(&pages);
}

Test(pagealloc, searchAddr_comes_back_after_exhaustion)
{
    grow(heapStart, 1);
    cr_assert_eq(alloc(pallocChunkPages), page(0));
    cr_assert_eq(alloc(1), 0);
    cr_assert_eq(pages.searchAddr, maxSearchAddr);
    pageAlloc_free(&pages, page(5), 1, false);
    cr_assert_eq(alloc(2), 0);
    cr_assert_eq(alloc(1), page(5));
}

Test(pagealloc, far_apart_pieces_are_one_heap)
{
    uintptr_t far = heapStart + ((uintptr_t)40 << 30); /* another root entry */
    uintptr_t low = heapStart - ((uintptr_t)3 << 30);
    grow(far, 1);
    grow(heapStart, 1);
    pageAlloc_check(&pages);
    cr_assert_eq(alloc(pallocChunkPages), heapStart);
    cr_assert_eq(alloc(1), far);
    grow(low, 1);
    cr_assert_eq(alloc(pallocChunkPages), low);
    cr_assert_eq(alloc(pallocChunkPages), 0);
    cr_assert_eq(alloc(pallocChunkPages - 1), far + PageSize);
    pageAlloc_check(&pages);
}

Test(pagealloc, freeing_free_pages_throws, .signal = SIGABRT)
{
    grow(heapStart, 1);
    cr_assert_eq(alloc(2), page(0));
    pageAlloc_free(&pages, page(1), 2, false);
}

Test(pagealloc, refused_metadata_changes_nothing)
{
    grow(heapStart, 1);
    bool ok = false;
    for (uint64_t n = 1; !ok; n++) {
        cr_assert(n < 30);
        /* A piece so far off that every table needs memory for it. */
        sysmem_fail_at(n);
        ok = pageAlloc_sysGrow(&pages, heapStart << 4, pallocChunkBytes);
        sysmem_fail_at(0);
        struct pageCounts c = pageAlloc_check(&pages);
        cr_assert_eq(c.scavenged, pallocChunkPages);
    }
}

/* The model: one state a page, first fit by walking. */
enum { ModelChunks = 12, ModelPages = ModelChunks * pallocChunkPages };
static char model[ModelPages + 1];

static size_t model_find(size_t n)
{
    size_t run = 0;
    for (size_t i = 0; i < ModelPages; i++) {
        run = model[i] == 'X' ? 0 : run + 1;
        if (run == n)
            return i + 1 - n;
    }
    return SIZE_MAX;
}

static size_t model_take(size_t i, size_t n)
{
    size_t scav = 0;
    for (; n > 0; i++, n--) {
        scav += model[i] == '_';
        model[i] = 'X';
    }
    return scav;
}

static void model_alloc(size_t n)
{
    size_t want = model_find(n), scav = 0;
    uintptr_t got = pageAlloc_alloc(&pages, n, &scav);
    if (want == SIZE_MAX) {
        cr_assert_eq(got, 0);
        return;
    }
    cr_assert_eq(got, page(want), "%zu pages: %zu", n, want);
    cr_assert_eq(scav, model_take(want, n) * PageSize);
}

/* Frees up to n allocated pages from a random place. */
static void model_free(size_t n)
{
    size_t i = fastrandn(ModelPages), len = 0;
    while (i < ModelPages && model[i] != 'X')
        i++;
    while (i + len < ModelPages && len < n && model[i + len] == 'X')
        len++;
    if (len == 0)
        return;
    memset(&model[i], '.', len);
    pageAlloc_free(&pages, page(i), len, false);
}

static void compare_pictures(void)
{
    pageAlloc_check(&pages);
    char got[pallocChunkPages + 1];
    for (size_t c = 0; c < ModelChunks; c++) {
        const struct pallocData *chunk =
            &pages.chunks[chunkIndex(heapStart) + c];
        picture_of(chunk, 0, pallocChunkPages, got);
        cr_assert_arr_eq(got, &model[c * pallocChunkPages], pallocChunkPages);
    }
}

Test(pagealloc, random_operations_agree_with_the_model)
{
    uint64_t seed = 4096;
    cr_log_info("seed %lu", seed);
    rand_seed(seed);
    grow(heapStart, ModelChunks);
    memset(model, '_', ModelPages);
    for (int step = 0; step < 6000; step++) {
        uint32_t size = fastrandn(20) == 0 ? 3 * pallocChunkPages : 70;
        size_t n = 1 + fastrandn(size);
        if (fastrandn(5) < 3)
            model_alloc(n);
        else
            model_free(n);
        if (step % 100 == 0)
            compare_pictures();
    }
    compare_pictures();
}

/*
 * Which pages are given back, in which order, and the huge pages kept whole.
 */

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
