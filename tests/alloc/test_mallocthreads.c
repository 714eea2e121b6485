/*
 * test_mallocthreads.c: what many threads allocate is counted to the object
 * once they are joined, and a collection reaches each of them.
 */
#include "alloc/malloc.h"
#include "runtime/sched/gosync.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

enum { Procs = 4, N = 5000, Size = 64 };

static void start(int64_t rate)
{
    setenv("GOGC", "off", 1);
    MemProfileRate = rate;
    mallocinit();
}

static void on_all(void (*fn)(void *arg))
{
    sched_start(Procs);
    for (int i = 0; i < Procs; i++)
        go_run(fn, NULL);
    sched_stop();
}

static void allocate(void *unused)
{
    (void)unused;
    for (int i = 0; i < N; i++) {
        mallocgc(Size, NULL, true);
        mallocgc(8, NULL, true);
        if (i % 500 == 0)
            mallocgc(100000, NULL, true);
    }
}

/* What should go on and does not, hangs. */
TestSuite(mallocthreads, .timeout = 120);

Test(mallocthreads, statistics_are_exact_after_a_join)
{
    struct MemStats before, after;
    struct tierStats t;
    start(1);
    readmemstats(&before);
    on_all(allocate);
    readmemstats(&after);
    readtierstats(&t);
    enum { Large = Procs * (N / 500), Small = Procs * N };
    cr_assert_eq(after.Mallocs - before.Mallocs, 2 * Small + Large);
    cr_assert_eq(t.largeObjects, Large);
    cr_assert_eq(t.tinyHits + t.tinyBlocks, Small);
    cr_assert_eq(after.BySize[6].Size, Size);
    cr_assert_eq(after.BySize[6].Mallocs - before.BySize[6].Mallocs, Small);
    uint64_t bytes = Small * Size + Large * 106496 + t.tinyBlocks * 16;
    cr_assert_eq(after.TotalAlloc - before.TotalAlloc, bytes);
    uint64_t objects = 0;
    for (const struct bucket *b = mprof_buckets(); b != NULL; b = b->allnext)
        objects += mprof_total(b).allocs;
    cr_assert_eq(objects, Small + Large + t.tinyBlocks);
    cr_assert_eq(mprof_lost(), 0);
    heapcheck();
    gc();
    readmemstats(&after);
    cr_assert_eq(after.Frees, after.Mallocs, "nothing is held");
}

static struct Mutex held;
static _Atomic int waiting, alive;

/* Holds an object by its stack alone, in a lock that is not free. */
static void wait_with_object(void *unused)
{
    (void)unused;
    uint64_t *volatile object = mallocgc(Size, NULL, true);
    *object = 12345;
    waiting++;
    Mutex_Lock(&held);
    alive += *object == 12345;
    Mutex_Unlock(&held);
}

/* With safepoints: at CHECK=3 each allocation stops the world. */
static void wait_until_waiting(int n)
{
    while (waiting < n) {
        gosafepoint();
        usleep(100);
    }
}

Test(mallocthreads, tasks_in_a_lock_keep_what_they_hold_and_stall_no_collection)
{
    struct MemStats m;
    start(0);
    Mutex_Lock(&held);
    sched_start(Procs);
    for (int i = 0; i < Procs; i++)
        go_run(wait_with_object, NULL);
    wait_until_waiting(Procs);
    gc();
    readmemstats(&m);
    cr_assert_eq(m.NumGC, 1);
    cr_assert_eq(m.Mallocs - m.Frees, Procs);
    for (int i = 0; i < 100; i++) /* whoever was freed would be written over */
        *(uint64_t *)mallocgc(Size, NULL, true) = 0;
    Mutex_Unlock(&held);
    sched_stop();
    cr_assert_eq(alive, Procs);
}

static void **exchanged; /* a root */

static void fill_exchange(void *unused)
{
    (void)unused;
    for (int i = 0; i < N; i++)
        exchanged[i] = mallocgc(Size, NULL, true);
}

Test(mallocthreads, one_frees_what_another_allocated)
{
    struct MemStats m;
    start(0);
    gc_add_roots(&exchanged, sizeof exchanged);
    exchanged = makeslice(type_parse("*int", NULL), N, N);
    sched_start(1);
    go_run(fill_exchange, NULL);
    sched_stop();
    gc();
    readmemstats(&m);
    cr_assert_eq(m.Mallocs - m.Frees, N + 1);
    for (int i = 0; i < N; i += 2)
        exchanged[i] = NULL;
    gc();
    readmemstats(&m);
    cr_assert_eq(m.Mallocs - m.Frees, N / 2 + 1);
    heapcheck();
}

static _Atomic bool pending_done;

static void use_arg(void *object)
{
    cr_assert_eq(*(uint64_t *)object, 777);
    pending_done = true;
}

Test(mallocthreads, the_argument_of_a_task_that_waits_is_a_root)
{
    start(0);
    Mutex_Lock(&held);
    sched_start(1);
    go_run(wait_with_object, NULL); /* keeps the only worker */
    uint64_t *object = mallocgc(Size, NULL, true);
    *object = 777;
    go_run(use_arg, object);
    object = NULL;
    wait_until_waiting(1);
    gc();
    for (int i = 0; i < 200; i++)
        *(uint64_t *)mallocgc(Size, NULL, true) = 0;
    Mutex_Unlock(&held);
    sched_stop();
    cr_assert(pending_done);
}

static void settle_later(void *unused)
{
    struct tierStats mine;
    (void)unused;
    for (int i = 0; i < N; i++)
        mallocgc(1024, NULL, true);
    readthreadtierstats(&mine);
    cr_assert_eq(mine.mcacheHits + mine.refills, N);
    cr_assert_eq(mine.refills, (N + 7) / 8);
    waiting++;
    while (waiting < Procs) /* so that each has company all the time */
        gosafepoint();
}

Test(mallocthreads, a_thread_knows_its_own_counts)
{
    struct tierStats all;
    start(0);
    on_all(settle_later);
    readtierstats(&all);
    cr_assert_eq(all.mcacheHits + all.refills, Procs * N);
    cr_assert_eq(all.refills, Procs * ((N + 7) / 8));
    heapcheck();
}
