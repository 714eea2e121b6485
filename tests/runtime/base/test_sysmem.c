/*
 * test_sysmem.c: regions, accounts, and requests made to fail.
 */
#include "runtime/base/sysmem.h"
#include "runtime/sched/rand.h"
#include "tests/child.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { MiB = 1 << 20 };

static struct sysMemStat stat;

static void expect_words(const struct ending *e, const char *words)
{
    cr_expect(strncmp(e->said, words, strlen(words)) == 0, "%s", e->said);
}

Test(sysmem, reserved_regions_are_aligned_as_asked)
{
    for (size_t align = SysPageSize; align <= 64 * MiB; align *= 2) {
        char *p = sysReserve(NULL, 4 * MiB, align);
        cr_assert_not_null(p);
        cr_assert_eq((uintptr_t)p % align, 0, "%p for %zu", (void *)p, align);
        cr_assert(sysMap(p, 4 * MiB, &stat));
        p[0] = p[4 * MiB - 1] = 1;
        sysFree(p, 4 * MiB, &stat);
    }
    cr_assert_eq(stat.bytes, 0);
}

Test(sysmem, what_the_system_refuses_is_remembered)
{
    const size_t tooMuch = (size_t)1 << 60;

    cr_assert_not_null(sysAlloc(MiB, &stat));
    cr_assert_eq(sysmem_refused(), 0);
    cr_assert_null(sysReserve(NULL, tooMuch, SysPageSize));
    cr_assert_null(sysAlloc(2 * tooMuch, &stat));
    cr_assert_eq(sysmem_refused(), 2 * tooMuch);
    cr_assert_eq(stat.bytes, MiB);
}

Test(sysmem, a_free_hint_is_taken)
{
    char *hint = sysReserve(NULL, 4 * MiB, MiB);
    sysFree(hint, 4 * MiB, NULL);
    cr_assert_eq(sysReserve(hint, 4 * MiB, MiB), hint);
}

Test(sysmem, a_taken_hint_is_left_alone)
{
    char *p = sysAlloc(MiB, &stat);
    p[0] = 'x';
    char *q = sysReserve((void *)align_down((uintptr_t)p, MiB), 2 * MiB, MiB);
    cr_assert_not_null(q);
    cr_assert(q + 2 * MiB <= p || q >= p + MiB);
    cr_assert_eq(p[0], 'x');
}

/* Whether the kernel can read a byte at p. */
static bool accessible(const char *p)
{
    int fds[2];
    cr_assert_eq(pipe(fds), 0);
    bool ok = write(fds[1], p, 1) == 1;
    close(fds[0]);
    close(fds[1]);
    return ok;
}

Test(sysmem, reserved_memory_is_on_no_account_and_not_accessible)
{
    char *p = sysReserve(NULL, MiB, SysPageSize);
    cr_assert_eq(stat.bytes, 0);
    cr_assert_not(accessible(p));
    cr_assert(sysMap(p, SysPageSize, &stat));
    cr_assert(accessible(p));
    cr_assert_not(accessible(p + SysPageSize));
}

Test(sysmem, mapping_a_part_accounts_for_that_part)
{
    char *p = sysReserve(NULL, 4 * MiB, MiB);
    cr_assert(sysMap(p + MiB, MiB, &stat));
    cr_assert_eq(stat.bytes, MiB);
    for (size_t i = 0; i < MiB; i++)
        cr_assert_eq(p[MiB + i], 0);
}

Test(sysmem, unused_pages_read_as_zero_again)
{
    char *p = sysAlloc(MiB, &stat);
    memset(p, 0xff, MiB);
    sysUnused(p + MiB / 2, MiB / 2);
    sysUsed(p + MiB / 2, MiB / 2);
    cr_assert_eq(p[MiB / 2 - 1], (char)0xff);
    cr_assert_eq(p[MiB / 2], 0);
    cr_assert_eq(p[MiB - 1], 0);
    cr_assert_eq(stat.bytes, MiB, "the address space is still ours");
}

/* What no system refuses unless the caller errs is a throw that says what was
 * asked: here addresses that are no page's. */
static void free_half_a_page(void)
{
    sysFree((void *)(SysPageSize / 2), SysPageSize, &stat);
}

static void unuse_half_a_page(void)
{
    sysUnused((void *)(SysPageSize / 2), SysPageSize);
}

Test(sysmem, giving_back_what_is_no_page_is_a_bug)
{
    struct ending e;

    cr_assert_not_null(sysAlloc(SysPageSize, &stat));
    e = ending_of(free_half_a_page);
    cr_expect(WIFSIGNALED(e.status) && WTERMSIG(e.status) == SIGABRT);
    expect_words(&e, "fatal error: munmap(0x800, 4096): errno 22\n");
    e = ending_of(unuse_half_a_page);
    cr_expect(WIFSIGNALED(e.status) && WTERMSIG(e.status) == SIGABRT);
    expect_words(
        &e, "fatal error: madvise(0x800, 4096, MADV_DONTNEED): errno 22\n");
}

Test(sysmem, more_than_all_addresses_is_refused)
{
    cr_assert_null(
        sysReserve(NULL, align_down(SIZE_MAX, SysPageSize), (size_t)1 << 62));
}

Test(sysmem, huge_pages_are_a_hint)
{
    char *p = sysAlloc(4 * MiB, &stat);
    sysHugePage(p, 4 * MiB);
    p[0] = p[4 * MiB - 1] = 1;
    cr_assert_eq(p[1], 0);
}

Test(sysmem, too_much_is_refused_and_not_accounted)
{
    cr_assert_null(sysAlloc((size_t)1 << 60, &stat));
    cr_assert_null(sysReserve(NULL, (size_t)1 << 60, MiB));
    cr_assert_eq(stat.bytes, 0);
}

Test(sysmem, the_nth_request_fails_once)
{
    sysmem_fail_at(2);
    cr_assert_not_null(sysAlloc(SysPageSize, &stat));
    cr_assert_null(sysAlloc(SysPageSize, &stat));
    cr_assert_not_null(sysAlloc(SysPageSize, &stat));
    cr_assert_eq(stat.bytes, 2 * SysPageSize);
}

Test(sysmem, every_kind_of_request_can_fail)
{
    char *p = sysReserve(NULL, MiB, SysPageSize);
    sysmem_fail_at(1);
    cr_assert_null(sysReserve(NULL, MiB, SysPageSize));
    sysmem_fail_at(1);
    cr_assert_not(sysMap(p, MiB, &stat));
    sysmem_fail_at(1);
    cr_assert_null(sysAlloc(MiB, &stat));
    cr_assert_eq(stat.bytes, 0);
    cr_assert(sysMap(p, MiB, &stat), "what failed can be tried again");
}

Test(sysmem, from_the_nth_on_all_fail_until_turned_off)
{
    sysmem_fail_from(2);
    cr_assert_not_null(sysAlloc(SysPageSize, &stat));
    for (int i = 0; i < 5; i++)
        cr_assert_null(sysAlloc(SysPageSize, &stat));
    sysmem_fail_from(0);
    cr_assert_not_null(sysAlloc(SysPageSize, &stat));
}

Test(sysmem, refused_requests_are_counted)
{
    uint64_t before = sysmem_requests();
    sysmem_fail_at(1);
    sysAlloc(SysPageSize, &stat);
    sysAlloc(SysPageSize, &stat);
    cr_assert_eq(sysmem_requests() - before, 2);
}

Test(sysmem, more_taken_off_than_was_put_on_is_a_bug, .signal = SIGABRT)
{
    char *p = sysAlloc(SysPageSize, &stat);
    sysFree(p, SysPageSize, &stat);
    sysstat_move(&stat, &sysstats.other_sys, 1);
}

static struct sysMemStat stat;
static struct sparsetable t;

Test(sparsetable, covers_what_was_asked_and_counts_it)
{
    cr_assert(sparsetable_init(&t, 8, (size_t)1 << 25, &stat));
    cr_assert_eq(t.granule, 64 << 10); /* 256 MiB in 4096 parts */
    cr_assert_eq(stat.bytes, 0);
    size_t i = 5000000;
    cr_assert_not(sparsetable_has(&t, i));
    cr_assert(sparsetable_cover(&t, i, i + 8));
    cr_assert(sparsetable_has(&t, i));
    cr_assert_eq(stat.bytes, (int64_t)t.granule);
    uint64_t *v = (uint64_t *)(void *)t.base;
    cr_assert_eq(v[i], 0);
    v[i] = 7;
    cr_assert(sparsetable_cover(&t, i - 8, i + 1)); /* keeps what is there */
    cr_assert_eq(v[i], 7);
}

Test(sparsetable, a_range_fills_its_gaps)
{
    cr_assert(sparsetable_init(&t, 8, 1 << 20, &stat));
    size_t per = t.granule / 8;
    cr_assert(sparsetable_cover(&t, per, per + 1));
    cr_assert(sparsetable_cover(&t, 3 * per, 3 * per + 1));
    uint64_t requests = sysmem_requests();
    cr_assert(sparsetable_cover(&t, 0, 6 * per));
    cr_assert_eq(sysmem_requests() - requests, 3); /* 0, 2, and 4 with 5 */
    cr_assert_eq(stat.bytes, 6 * (int64_t)t.granule);
    cr_assert_not(sparsetable_has(&t, 6 * per));
}

Test(sparsetable, refusal_keeps_what_there_was)
{
    cr_assert(sparsetable_init(&t, 8, 1 << 20, &stat));
    size_t per = t.granule / 8;
    cr_assert(sparsetable_cover(&t, per, per + 1));
    sysmem_fail_at(2);
    cr_assert_not(sparsetable_cover(&t, 0, 3 * per));
    sysmem_fail_at(0);
    cr_assert(sparsetable_has(&t, per));
    cr_assert_not(sparsetable_has(&t, 2 * per));
    cr_assert(sparsetable_cover(&t, 0, 3 * per));
    cr_assert(sparsetable_has(&t, 2 * per));
}

Test(sparsetable, free_settles_the_account)
{
    cr_assert(sparsetable_init(&t, 16, 1 << 20, &stat));
    cr_assert(sparsetable_cover(&t, 100, 5000));
    cr_assert(stat.bytes > 0);
    sparsetable_free(&t);
    cr_assert_eq(stat.bytes, 0);
    sparsetable_free(&t); /* of nothing: nothing */
}

Test(sparsetable, no_address_space)
{
    sysmem_fail_at(1);
    cr_assert_not(sparsetable_init(&t, 8, 1024, &stat));
    sysmem_fail_at(0);
    sparsetable_free(&t);
}

enum { KiB = 1024 };

static struct sysMemStat stat;

Test(persist, records_are_zero_aligned_and_apart)
{
    enum { N = 4000 };
    static struct {
        unsigned char *p;
        size_t size;
    } made[N];
    uint64_t seed = 20;
    cr_log_info("seed %lu", seed);
    for (int i = 0; i < N; i++) {
        size_t size = mix(seed + i) % 700 + 1;
        size_t align = (size_t)1 << mix(seed - i) % 8;
        unsigned char *p = persistentalloc(size, align, &stat);
        cr_assert_not_null(p);
        cr_assert_eq((uintptr_t)p % align, 0);
        for (size_t b = 0; b < size; b++)
            cr_assert_eq(p[b], 0);
        memset(p, i % 255 + 1, size);
        made[i].p = p;
        made[i].size = size;
    }
    for (int i = 0; i < N; i++)
        for (size_t b = 0; b < made[i].size; b++)
            cr_assert_eq(made[i].p[b], i % 255 + 1, "record %d", i);
}

Test(persist, align_0_is_8)
{
    persistentalloc(1, 1, &stat);
    cr_assert_eq((uintptr_t)persistentalloc(8, 0, &stat) % 8, 0);
}

Test(persist, a_record_costs_its_size_and_the_chunk_is_shared)
{
    uint64_t before = sysmem_requests();
    for (int i = 0; i < 100; i++)
        persistentalloc(48, 0, &stat);
    cr_assert_eq(stat.bytes, 4800);
    cr_assert_eq(sysstats.other_sys.bytes, 256 * KiB - 4800);
    cr_assert_eq(sysmem_requests() - before, 1);
}

Test(persist, large_records_come_from_the_system_itself)
{
    persistentalloc(64 * KiB, 0, &stat);
    cr_assert_eq(stat.bytes, 64 * KiB);
    cr_assert_eq(sysstats.other_sys.bytes, 0);
}

Test(persist, a_refusal_changes_nothing)
{
    persistentalloc(60 * KiB, 0, &stat);
    sysmem_fail_from(1);
    for (int i = 0; i < 3; i++)
        cr_assert_not_null(persistentalloc(60 * KiB, 0, &stat));
    cr_assert_null(persistentalloc(60 * KiB, 0, &stat));
    cr_assert_eq(stat.bytes, 240 * KiB);
    cr_assert_not_null(persistentalloc(8 * KiB, 0, &stat),
                       "what is left of the chunk still serves");
    sysmem_fail_from(0);
    cr_assert_not_null(persistentalloc(60 * KiB, 0, &stat));
}

Test(persist, size_0_is_a_bug, .signal = SIGABRT)
{
    persistentalloc(0, 0, &stat);
}

Test(persist, alignment_is_a_power_of_two, .signal = SIGABRT)
{
    persistentalloc(8, 24, &stat);
}
