/*
 * test_sched.c: tasks run once each, on as many threads as asked for.
 */
#include "runtime/sched/gosync.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { Tasks = 10000 };

static struct WaitGroup wg;
static uint8_t ran[Tasks];
static _Atomic uint32_t ids; /* a bit for each thread that ran a task */

static void mark(void *arg)
{
    (*(uint8_t *)arg)++;
    ids |= 1u << getm()->id % 32;
    WaitGroup_Done(&wg);
}

/* What should go on and does not, hangs. */
TestSuite(sched, .timeout = 120);

Test(sched, every_task_runs_once)
{
    WaitGroup_Add(&wg, Tasks);
    sched_start(3);
    for (int i = 0; i < Tasks; i++)
        go_run(mark, &ran[i]);
    WaitGroup_Wait(&wg);
    for (int i = 0; i < Tasks; i++)
        cr_assert_eq(ran[i], 1, "task %d ran %d times", i, ran[i]);
    cr_assert_eq(sched_procs(), 3);
    sched_stop();
    cr_assert_eq(sched_procs(), 0);
    cr_assert_eq(thread_count(), 1);
}

Test(sched, stopping_waits_for_what_is_queued)
{
    WaitGroup_Add(&wg, Tasks);
    for (int i = 0; i < Tasks; i++)
        go_run(mark, &ran[i]);
    sched_stop();
    cr_assert_eq(memchr(ran, 0, sizeof ran), NULL);
}

Test(sched, gomaxprocs_says_how_many)
{
    setenv("GOMAXPROCS", "5", 1);
    WaitGroup_Add(&wg, 1);
    go_run(mark, &ran[0]);
    cr_assert_eq(sched_procs(), 5);
    sched_stop();
}

Test(sched, it_can_be_started_again)
{
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(sched_start(2), 2);
        WaitGroup_Add(&wg, 1);
        go_run(mark, &ran[i]);
        sched_stop();
        cr_assert_eq(ran[i], 1);
    }
}

static void start_another(void *arg)
{
    uint8_t *left = arg;
    if (--*left > 0)
        go_run(start_another, left);
    WaitGroup_Done(&wg);
}

Test(sched, tasks_start_tasks)
{
    uint8_t left = 100;
    WaitGroup_Add(&wg, 100);
    go_run(start_another, &left);
    WaitGroup_Wait(&wg);
    cr_assert_eq(left, 0);
    sched_stop();
}

static struct Mutex held;

static void wait_in_mutex(void *unused)
{
    (void)unused;
    Mutex_Lock(&held);
    Mutex_Unlock(&held);
}

static void count(void *n, uintptr_t arg)
{
    *(uint64_t *)n += arg;
}

Test(sched, what_waits_in_the_queue_can_be_seen)
{
    Mutex_Lock(&held);
    sched_start(1);
    go_run(wait_in_mutex, (void *)1);
    go_run(wait_in_mutex, (void *)10);
    go_run(wait_in_mutex, (void *)100);
    uint64_t sum = 0;
    while (sum != 110) { /* the first one has begun, the others cannot */
        sum = 0;
        stopTheWorld();
        sched_eachArg(count, &sum);
        startTheWorld();
    }
    Mutex_Unlock(&held);
    sched_stop();
}
