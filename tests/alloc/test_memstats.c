/* runtime.MemStats: each figure beside what was done to make it. */
#include "alloc/malloc.h"
#include "alloc/objsize.h"
#include "runtime/sched/rand.h"
#include <criterion/criterion.h>
#include <pthread.h>

static struct MemStats m;

static void setup(void)
{
    setenv("GOGC", "off", 1);
    MemProfileRate = 0;
    mallocinit();
}

TestSuite(memstats, .init = setup);

Test(memstats, an_empty_heap)
{
    readmemstats(&m);
    cr_assert_eq(m.Mallocs, 0);
    cr_assert_eq(m.HeapAlloc, 0);
    cr_assert_eq(m.HeapSys, 0);
    cr_assert_eq(m.NumGC, 0);
    cr_assert(m.EnableGC && !m.DebugGC);
}

Test(memstats, sixty_one_rows_by_size)
{
    mallocgc(100, NULL, true);
    readmemstats(&m);
    cr_assert_eq(m.BySize[0].Size, 0);
    cr_assert_eq(m.BySize[1].Size, 8);
    cr_assert_eq(m.BySize[NBySize - 1].Size, 18432);
    for (int i = 0; i < NBySize; i++) {
        cr_assert_eq(m.BySize[i].Size, class_to_size[i]);
        cr_assert_eq(m.BySize[i].Mallocs, m.BySize[i].Size == 112);
    }
}

Test(memstats, objects_and_bytes_by_a_plain_count)
{
    uint64_t seed = 8, bytes = 0, tiny = 0;
    enum { n = 5000 };

    cr_log_info("seed %lu", seed);
    for (int i = 0; i < n; i++) {
        size_t size = 16 + mix(seed++) % 50000;
        mallocgc(size, NULL, false);
        bytes += objsize_slot(modelled, size, true);
    }
    for (; tiny < 100; tiny++)
        mallocgc(4, NULL, false); /* four a block */
    readmemstats(&m);
    cr_assert_eq(m.Mallocs, n + tiny);
    cr_assert_eq(m.TotalAlloc, bytes + tiny / 4 * 16);
    cr_assert_eq(m.Alloc, m.TotalAlloc);
    cr_assert_eq(m.Frees, tiny - tiny / 4);
    cr_assert_eq(m.HeapObjects, n + tiny / 4);
    gc();
    gc();
    readmemstats(&m);
    cr_assert_eq(m.TotalAlloc, bytes + tiny / 4 * 16);
    cr_assert_eq(m.Alloc, 0);
    cr_assert_eq(m.Frees, m.Mallocs);
    for (int i = 0; i < NBySize; i++)
        cr_assert_eq(m.BySize[i].Frees, m.BySize[i].Mallocs);
}

Test(memstats, the_sums_hold)
{
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 3000; i++)
            mallocgc((size_t)(i * 7919) % 60000, NULL, true);
        if (round % 2)
            gc();
        readmemstats(&m);
        cr_assert_eq(m.HeapSys, m.HeapInuse + m.HeapIdle);
        cr_assert_leq(m.HeapReleased, m.HeapIdle);
        cr_assert_leq(m.HeapAlloc, m.HeapInuse);
        cr_assert_eq(m.Sys, m.HeapSys + m.StackSys + m.MSpanSys + m.MCacheSys +
                                m.BuckHashSys + m.GCSys + m.OtherSys);
        cr_assert_leq(m.MSpanInuse, m.MSpanSys);
        cr_assert_leq(m.MCacheInuse, m.MCacheSys);
        cr_assert_gt(m.MCacheInuse, 0);
    }
}

Test(memstats, reading_closes_the_tiny_block_as_in_go)
{
    char *a = mallocgc(4, NULL, true), *b = mallocgc(4, NULL, true);

    cr_assert_eq(b, a + 4);
    readmemstats(&m);
    cr_assert_eq(m.TotalAlloc, 16);
    cr_assert_neq((char *)mallocgc(4, NULL, true), a + 8);
}

static void *allocate_a_thousand(void *arg)
{
    for (int i = 0; i < 1000; i++)
        mallocgc(48, NULL, true);
    return arg;
}

Test(memstats, threads_that_are_gone_still_count)
{
    pthread_t t;

    for (int i = 0; i < 3; i++) {
        pthread_create(&t, NULL, allocate_a_thousand, NULL);
        pthread_join(t, NULL);
    }
    allocate_a_thousand(NULL);
    readmemstats(&m);
    cr_assert_eq(m.Mallocs, 4000);
    cr_assert_eq(m.TotalAlloc, 4000 * 48);
    heapcheck();
}
