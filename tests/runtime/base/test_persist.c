/*
 * test_persist.c: records that are never freed.
 */
#include "runtime/base/persist.h"
#include "runtime/sched/rand.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

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
