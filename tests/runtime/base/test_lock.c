/*
 * test_lock.c: exclusion, the count of waits, and the order of ranks (which is
 * proved at CHECK >= 2 alone).
 */
#include "runtime/base/lock.h"
#include "runtime/base/throw.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static struct mutex outer = MUTEX_INIT(lockRankSched, "outer");
static struct mutex inner = MUTEX_INIT(lockRankMheap, "inner");

Test(lock, locks_in_rising_rank)
{
    lock(&outer);
    lock(&inner);
    assertLockHeld(&outer);
    assertLockHeld(&inner);
    unlock(&outer);
    assertLockHeld(&inner);
    unlock(&inner);
    cr_assert_eq(lock_waits(), 0);
}

enum { Rounds = 20000 };
static uint64_t counter; /* guarded by inner */
static _Atomic uint64_t waits;

static void *count_up(void *arg)
{
    for (int i = 0; i < Rounds; i++) {
        lock(&inner);
        counter++;
        unlock(&inner);
    }
    waits += lock_waits();
    return arg;
}

Test(lock, one_thread_at_a_time)
{
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, count_up, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    cr_assert_eq(counter, 3 * Rounds);
}

static _Atomic bool started;

static void *wait_once(void *arg)
{
    started = true;
    lock(&inner);
    unlock(&inner);
    waits += lock_waits();
    return arg;
}

/* How often another thread waited for a lock that was held for us
 * microseconds after that thread had begun. */
static uint64_t waits_within(useconds_t us)
{
    pthread_t t;
    started = false;
    waits = 0;
    lock(&inner);
    pthread_create(&t, NULL, wait_once, NULL);
    while (!started)
        sched_yield();
    usleep(us);
    unlock(&inner);
    pthread_join(t, NULL);
    return waits;
}

/* On a busy machine the other may not come to run in a short time. */
Test(lock, a_thread_that_waits_counts_it)
{
    uint64_t n = 0;
    for (useconds_t us = 10000; n == 0 && us < 10000000; us *= 4)
        n = waits_within(us);
    cr_assert_eq(n, 1);
    cr_assert_eq(lock_waits(), 0);
}

Test(lock, init_gives_rank_and_name)
{
    struct mutex l;
    mutex_init(&l, lockRankLeaf, "leaf");
    lock(&inner);
    lock(&l);
    unlock(&l);
    unlock(&inner);
    cr_assert_str_eq(l.name, "leaf");
    cr_assert_eq(l.rank, lockRankLeaf);
}

Test(lock, falling_rank_is_a_bug, .signal = SIGABRT, .disabled = CHECK < 2)
{
    lock(&inner);
    lock(&outer);
}

Test(lock, equal_rank_is_a_bug, .signal = SIGABRT, .disabled = CHECK < 2)
{
    struct mutex same = MUTEX_INIT(lockRankMheap, "same");
    lock(&inner);
    lock(&same);
}

Test(lock, a_lock_not_held_is_a_bug, .signal = SIGABRT, .disabled = CHECK < 2)
{
    lock(&outer);
    assertLockHeld(&inner);
}

Test(lock, unlocking_what_is_not_held_is_a_bug, .signal = SIGABRT,
     .disabled = CHECK < 2)
{
    unlock(&inner);
}
