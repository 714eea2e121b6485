/* The crew: threads that share a job. */
#include "runtime/sched/crew.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

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
