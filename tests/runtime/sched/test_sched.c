/*
 * test_sched.c: tasks run once each, on as many threads as asked for.
 */
#include "runtime/sched/gosync.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

static _Atomic uint32_t calls[MaxCrew];
static _Atomic uint32_t together; /* members that have come so far */

/* Counts, and waits until all wanted members are here: each needs a thread of
 * its own. */
static void meet(void *wanted, uint32_t i)
{
    calls[i]++;
    together++;
    while (together < *(const uint32_t *)wanted)
        usleep(10);
}

static void meet_all(uint32_t n)
{
    together = 0;
    crew_run(n, meet, &n);
}

Test(crew, one_is_the_caller_alone)
{
    cr_assert_eq(crew_muster(1), 1);
    meet_all(1);
    cr_assert_eq(calls[0], 1);
}

Test(crew, every_member_does_its_part_at_the_same_time, .timeout = 60)
{
    for (uint32_t n = 1; n <= MaxCrew; n++) {
        cr_assert_eq(crew_muster(n), n);
        for (int job = 0; job < 100; job++)
            meet_all(n);
    }
    for (uint32_t i = 0; i < MaxCrew; i++)
        cr_assert_eq(calls[i], (MaxCrew - i) * 100, "%u", i);
}

Test(crew, a_larger_crew_serves_a_smaller_job, .timeout = 60)
{
    cr_assert_eq(crew_muster(4), 4);
    meet_all(2);
    meet_all(4);
    meet_all(3);
    cr_assert_eq(calls[0], 3);
    cr_assert_eq(calls[1], 3);
    cr_assert_eq(calls[2], 2);
    cr_assert_eq(calls[3], 1);
}

Test(crew, there_is_a_largest_crew)
{
    cr_assert_eq(crew_muster(MaxCrew + 1), MaxCrew);
}

static _Atomic uint32_t ids;

static void note_id(void *unused, uint32_t i)
{
    (void)unused;
    if (i != 0)
        ids += getm()->id;
}

Test(crew, its_threads_are_none_of_the_world_s)
{
    uint32_t before = thread_count();

    crew_run(crew_muster(3), note_id, NULL);
    cr_assert_eq(ids, 0);
    cr_assert_eq(thread_count(), before);
}

/* Its parent's threads are not there in a child. */
Test(crew, a_child_hires_its_own, .timeout = 60)
{
    int status;

    cr_assert_eq(crew_muster(2), 2);
    meet_all(2);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        if (crew_muster(2) != 2)
            _exit(1);
        meet_all(2);
        _exit(calls[1] == 2 ? 0 : 2);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%x", status);
}
