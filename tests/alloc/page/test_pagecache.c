/* A thread's 64 pages: filled from, used up, given back to the allocator. */
#include "alloc/page/pagealloc.h"
#include "tests/pagepicture.h"

static struct mutex heapLock = MUTEX_INIT(lockRankMheap, "test heap");
static struct sysMemStat stat;
static struct pageAlloc pages;
static struct pageCache cache;

static const uintptr_t heapStart = (uintptr_t)0xc0 << 32;

static void setup(void)
{
    cr_assert(pageAlloc_init(&pages, &heapLock, heapAddrBits, &stat));
    cr_assert(pageAlloc_sysGrow(&pages, heapStart, pallocChunkBytes));
    lock(&heapLock);
    pageAlloc_grow(&pages, heapStart, pallocChunkBytes);
}

TestSuite(pagecache, .init = setup);

/* Draws the first pages of the heap. */
static void draw(const char *picture)
{
    chunkIdx ci = chunkIndex(heapStart);
    pallocData_allocRange(&pages.chunks[ci], 0, 64);
    draw_pages(&pages.chunks[ci], 0, picture);
    pageAlloc_markScavengeable(&pages, ci);
    pageAlloc_update(&pages, heapStart, 64);
    pages.searchAddr = heapStart;
}

static const char *drawn(uint32_t n)
{
    static char out[65];
    return picture_of(&pages.chunks[chunkIndex(heapStart)], 0, n, out);
}

static uintptr_t page(size_t i)
{
    return heapStart + i * PageSize;
}

Test(pagecache, takes_what_is_free_around_the_first_free_page)
{
    draw("XX.X__X.");
    pageAlloc_allocToCache(&pages, &cache);
    cr_assert_eq(cache.base, heapStart);
    cr_assert_eq(cache.cache & 0xff, 0xb4);
    cr_assert_eq(cache.scav & 0xff, 0x30);
    cr_assert_str_eq(drawn(8), "XXXXXXXX");
    cr_assert_eq(pages.searchAddr, page(63), "the last that it looked at");
    pageCache_check(&cache, &pages);
}

Test(pagecache, what_was_given_to_the_system_still_is_when_it_comes_back)
{
    draw("XX.X__X.");
    pageAlloc_allocToCache(&pages, &cache);
    pageCache_flush(&cache, &pages);
    cr_assert_str_eq(drawn(8), "XX.X__X.");
    pageAlloc_check(&pages);
}

Test(pagecache, gives_the_lowest_run)
{
    cache = (struct pageCache){.base = heapStart, .cache = 0xf6, .scav = 0x30};
    size_t scav;
    cr_assert_eq(pageCache_alloc(&cache, 3, &scav), page(4));
    cr_assert_eq(scav, 2 * PageSize);
    cr_assert_eq(pageCache_alloc(&cache, 1, &scav), page(1));
    cr_assert_eq(scav, 0);
    cr_assert_eq(pageCache_alloc(&cache, 2, &scav), 0);
    cr_assert_eq(cache.cache, 0x84);
    cr_assert_eq(cache.scav, 0);
}

Test(pagecache, all_64_pages_are_one_run)
{
    cache = (struct pageCache){.base = heapStart, .cache = UINT64_MAX};
    size_t scav;
    cr_assert_eq(pageCache_alloc(&cache, 64, &scav), heapStart);
    cr_assert(pageCache_empty(&cache));
    cr_assert_eq(pageCache_alloc(&cache, 1, &scav), 0);
}

Test(pagecache, flush_restores_the_picture)
{
    draw("XX.X__X.");
    struct pageCounts before = pageAlloc_check(&pages);
    pageAlloc_allocToCache(&pages, &cache);
    size_t scav;
    cr_assert_eq(pageCache_alloc(&cache, 2, &scav), page(4));
    pageCache_flush(&cache, &pages);
    cr_assert(pageCache_empty(&cache));
    cr_assert_str_eq(drawn(8), "XX.XXXX.");
    cr_assert_eq(pages.searchAddr, heapStart);
    struct pageCounts after = pageAlloc_check(&pages);
    cr_assert_eq(after.allocated, before.allocated + 2);
}

Test(pagecache, flushed_pages_can_be_scavenged)
{
    draw("XX.X");
    pageAlloc_allocToCache(&pages, &cache);
    pages.groups[chunkIndex(heapStart) / 64].scav = 0;
    pageCache_flush(&cache, &pages);
    pageAlloc_check(&pages); /* P5 */
}

Test(pagecache, no_free_page_leaves_it_empty)
{
    size_t scav;
    cr_assert_neq(pageAlloc_alloc(&pages, pallocChunkPages, &scav), 0);
    pageAlloc_allocToCache(&pages, &cache);
    cr_assert(pageCache_empty(&cache));
}

Test(pagecache, searches_on_when_the_chunk_at_searchAddr_is_full)
{
    cr_assert(pageAlloc_sysGrow(&pages, heapStart + pallocChunkBytes,
                                pallocChunkBytes));
    pageAlloc_grow(&pages, heapStart + pallocChunkBytes, pallocChunkBytes);
    size_t scav;
    cr_assert_neq(pageAlloc_alloc(&pages, pallocChunkPages, &scav), 0);
    pages.searchAddr = heapStart;
    pageAlloc_allocToCache(&pages, &cache);
    cr_assert_eq(cache.base, heapStart + pallocChunkBytes);
    cr_assert_eq(cache.cache, UINT64_MAX);
}
