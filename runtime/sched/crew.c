/*
 * crew.c: threads that sleep until there is a job to share.
 *
 *     gc --crew_run--> [crew] --fn(arg, i)--> marking
 *
 * Locking: crewLock (a leaf) guards the job and the crew's size. Who has
 * stopped the world has the crew to himself.
 *
 * Invariants, asserted where they could break:
 *   crew.1  working is the number of members, the caller aside, that have not
 *           ended their part of job njobs: 0 between two jobs
 */
#include "runtime/base/lock.h"
#include "runtime/base/throw.h"
#include "runtime/sched/sched.h"
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static struct mutex crewLock = MUTEX_INIT(lockRankLeaf, "crew");
static pthread_cond_t newJob = PTHREAD_COND_INITIALIZER;
static struct {
    void (*fn)(void *arg, uint32_t i);
    void *arg;
    uint32_t members; /* wanted, the caller among them */
} job;
static uint64_t njobs;
static uint32_t ncrew = 1; /* members there are, the caller among them */
static _Atomic uint32_t working;

/* Waits for a job after number seen that wants member i. */
static uint64_t wait_for_job(uint64_t seen, uint32_t i)
{
    lock(&crewLock);
    while (njobs == seen || i >= job.members) {
        seen = njobs;
        pthread_cond_wait(&newJob, &crewLock.mu);
    }
    seen = njobs;
    unlock(&crewLock);
    return seen;
}

static void *member_main(void *number)
{
    uint32_t i = (uint32_t)(uintptr_t)number;
    uint64_t seen = 0;

    for (;;) {
        seen = wait_for_job(seen, i);
        job.fn(job.arg, i);
        atomic_fetch_sub_explicit(&working, 1, memory_order_release);
    }
    return NULL;
}

/* One more. Signals are for the program's own threads. */
static bool hire(uint32_t i)
{
    sigset_t all, before;
    pthread_t thread;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int err = pthread_create(&thread, NULL, member_main, (void *)(uintptr_t)i);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (err != 0)
        return false;
    pthread_detach(thread);
    return true;
}

/* The child of a fork has one thread: it hires its own. */
static void forget_members(void)
{
    mutex_init(&crewLock, lockRankLeaf, "crew");
    pthread_cond_init(&newJob, NULL);
    ncrew = 1;
    njobs = 0;
    working = 0;
}

uint32_t crew_muster(uint32_t n)
{
    static bool knowsFork;

    if (n > MaxCrew)
        n = MaxCrew;
    if (n > 1 && !knowsFork)
        knowsFork = pthread_atfork(NULL, NULL, forget_members) == 0;
    while (ncrew < n && knowsFork && hire(ncrew))
        ncrew++;
    return ncrew < n ? ncrew : n;
}

static void post(uint32_t n, void (*fn)(void *arg, uint32_t i), void *arg)
{
    lock(&crewLock);
    ASSERT(working == 0 && n <= ncrew); /* crew.1 */
    job.fn = fn;
    job.arg = arg;
    job.members = n;
    njobs++;
    working = n - 1;
    pthread_cond_broadcast(&newJob);
    unlock(&crewLock);
}

void crew_run(uint32_t n, void (*fn)(void *arg, uint32_t i), void *arg)
{
    if (n > 1)
        post(n, fn, arg);
    fn(arg, 0);
    for (uint32_t turn = 0;
         atomic_load_explicit(&working, memory_order_acquire) != 0; turn++)
        crew_wait(turn);
}

void crew_wait(uint32_t turn)
{
    enum { Spins = 200, Yields = 20, SleepMicros = 20 };

    if (turn < Spins)
        procyield();
    else if (turn < Spins + Yields)
        sched_yield();
    else
        usleep(SleepMicros);
}
