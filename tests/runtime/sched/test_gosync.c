/*
 * test_gosync.c: the locks of Go programs.
 */
#include "runtime/sched/gosync.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include "tests/child.h"
#include <criterion/criterion.h>
#include <unistd.h>

enum { Procs = 4, Rounds = 20000 };

static struct Mutex mu;
static struct RWMutex rw = RWMUTEX_INIT;
static uint64_t counter;
static _Atomic int readers, mostReaders;
static _Atomic bool entered;

static void on_all(void (*fn)(void *arg))
{
    sched_start(Procs);
    for (int i = 0; i < Procs; i++)
        go_run(fn, NULL);
    sched_stop();
}

static void add(void *unused)
{
    (void)unused;
    for (int i = 0; i < Rounds; i++) {
        Mutex_Lock(&mu);
        counter++;
        Mutex_Unlock(&mu);
    }
}

/* What should go on and does not, hangs. */
TestSuite(gosync, .timeout = 120);

Test(gosync, a_mutex_lets_one_in)
{
    on_all(add);
    cr_assert_eq(counter, Procs * Rounds);
    cr_assert_eq(sizeof mu, 8, "as in Go");
}

static void read_and_write(void *unused)
{
    (void)unused;
    for (int i = 0; i < Rounds / 4; i++) {
        RWMutex_RLock(&rw);
        uint64_t seen = counter;
        cr_assert_eq(seen, counter);
        RWMutex_RUnlock(&rw);
        RWMutex_Lock(&rw);
        counter++;
        RWMutex_Unlock(&rw);
    }
}

Test(gosync, a_rwmutex_lets_one_writer_in)
{
    on_all(read_and_write);
    cr_assert_eq(counter, Procs * (Rounds / 4));
}

static void read_together(void *unused)
{
    (void)unused;
    RWMutex_RLock(&rw);
    int n = ++readers;
    while (readers < Procs) /* only ends if all are in at once */
        usleep(100);
    if (n > mostReaders)
        mostReaders = n;
    RWMutex_RUnlock(&rw);
}

Test(gosync, a_rwmutex_lets_all_readers_in)
{
    on_all(read_together);
    cr_assert_eq(mostReaders, Procs);
}

static void lock_and_go(void *unused)
{
    (void)unused;
    entered = true;
    Mutex_Lock(&mu);
    Mutex_Unlock(&mu);
}

Test(gosync, who_waits_for_a_mutex_holds_no_collection_up)
{
    Mutex_Lock(&mu);
    sched_start(1);
    go_run(lock_and_go, NULL);
    while (!entered)
        usleep(100);
    stopTheWorld(); /* would never return */
    startTheWorld();
    Mutex_Unlock(&mu);
    sched_stop();
}

Test(gosync, a_wait_group_waits)
{
    struct WaitGroup wg = {0};
    WaitGroup_Wait(&wg);
    WaitGroup_Add(&wg, 2);
    WaitGroup_Done(&wg);
    WaitGroup_Add(&wg, -1);
    WaitGroup_Wait(&wg);
    cr_assert_eq(wg.n, 0);
}

static void unlock_free(void)
{
    Mutex_Unlock(&mu);
}

static void negative(void)
{
    struct WaitGroup wg = {0};
    WaitGroup_Done(&wg);
}

Test(gosync, misuse_ends_in_gos_words)
{
    expect_panic(unlock_free, "fatal error: sync: unlock of unlocked mutex\n");
    expect_panic(negative, "panic: sync: negative WaitGroup counter\n");
}
