/* Records of one size: carved, reused, counted. */
#include "alloc/page/fixalloc.h"
#include "alloc/page/limits.h"
#include <criterion/criterion.h>
#include <string.h>

static struct sysMemStat stat;
static struct fixalloc f;
static int seen;

static void count_first(void *arg, void *p)
{
    cr_assert_eq(arg, &seen);
    cr_assert_not_null(p);
    seen++;
}

Test(fixalloc, records_are_zeroed_aligned_and_apart)
{
    fixalloc_init(&f, 20, NULL, NULL, &stat);
    char *a = fixalloc_alloc(&f), *b = fixalloc_alloc(&f);
    cr_assert_eq((uintptr_t)a % 8, 0);
    cr_assert_eq(b - a, 24, "20 bytes are rounded up to 24");
    memset(a, 0xff, 20);
    fixalloc_free(&f, a);
    char *again = fixalloc_alloc(&f);
    cr_assert_eq(again, a, "what was freed last comes first");
    for (int i = 0; i < 20; i++)
        cr_assert_eq(again[i], 0);
    fixalloc_check(&f);
    cr_assert_eq(f.inuse, 48);
}

Test(fixalloc, first_sees_each_record_once)
{
    fixalloc_init(&f, 64, count_first, &seen, &stat);
    void *p = fixalloc_alloc(&f);
    fixalloc_free(&f, p);
    cr_assert_eq(fixalloc_alloc(&f), p);
    cr_assert_eq(seen, 1);
    fixalloc_alloc(&f);
    cr_assert_eq(seen, 2);
}

Test(fixalloc, chunks_follow_one_another)
{
    fixalloc_init(&f, 40, NULL, NULL, &stat);
    int n = 3 * FixAllocChunk / 40;
    for (int i = 0; i < n; i++)
        cr_assert_not_null(fixalloc_alloc(&f));
    fixalloc_check(&f);
    cr_assert_eq(f.inuse, (size_t)n * 40);
    cr_assert(stat.bytes >= (int64_t)f.inuse);
}

Test(fixalloc, a_record_may_be_larger_than_a_chunk)
{
    fixalloc_init(&f, FixAllocChunk + 8, NULL, NULL, &stat);
    cr_assert_not_null(fixalloc_alloc(&f));
    cr_assert_not_null(fixalloc_alloc(&f));
    fixalloc_check(&f);
}

Test(fixalloc, refusal_gives_null_and_changes_nothing)
{
    fixalloc_init(&f, 64, count_first, &seen, &stat);
    sysmem_fail_from(1);
    cr_assert_null(fixalloc_alloc(&f));
    sysmem_fail_from(0);
    cr_assert_eq(seen, 0);
    cr_assert_eq(f.inuse, 0);
    fixalloc_check(&f);
    cr_assert_not_null(fixalloc_alloc(&f));
}
