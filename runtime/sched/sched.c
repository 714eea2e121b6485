/*
 * sched.c: one queue of tasks, and the threads that empty it.
 *
 *     scenario programs --go_run--> [sched] --> worker threads
 *                                      |--pending args--> gc (roots)
 *
 * Go has a queue for each P beside the global one, steals between them, and
 * parks goroutines; one queue under one lock is enough for tasks that do a
 * hundred map writes each, and shows what is going on.
 *
 * Locking: schedLock (lockRankSched) guards the queue and the workers. An idle
 * worker waits inside blocking(), so it never keeps the world from stopping.
 *
 * Invariants, asserted where they could break:
 *   sched.1  tail is the last task of the queue, or &head where there is none
 *   sched.2  unless workers run, the queue is empty
 */
#include "runtime/sched/sched.h"
#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include "runtime/sched/godebug.h"
#include "runtime/sched/thread.h"

enum { MaxProcs = 256 };

struct task {
    void (*fn)(void *arg);
    void *arg;
    struct task *next; /* in the queue, or of the spare ones */
};

static struct mutex schedLock = MUTEX_INIT(lockRankSched, "sched");
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static struct task *head; /* the oldest task that has not begun */
static struct task **tail = &head;
static struct task *spare; /* records to be used again */
static pthread_t workers[MaxProcs];
static int nworkers;
static bool ending; /* workers end when the queue is empty */

static struct task *new_task_locked(void)
{
    assertLockHeld(&schedLock);
    struct task *t = spare;
    if (t == NULL)
        return persistentalloc(sizeof(*t), 0, &sysstats.other_sys);
    spare = t->next;
    return t;
}

/* Takes the oldest task into *t and keeps its record. False when there is
 * none. */
static bool take_locked(struct task *t)
{
    struct task *first = head;
    assertLockHeld(&schedLock);
    if (first == NULL)
        return false;
    head = first->next;
    if (head == NULL)
        tail = &head;
    *t = *first;
    first->next = spare;
    spare = first;
    return true;
}

/* What an idle worker waits for. */
struct idle {
    struct task task;
    bool found; /* else: it is to end */
};

static void wait_for_task(void *arg)
{
    struct idle *idle = arg;
    lock(&schedLock);
    while (!(idle->found = take_locked(&idle->task)) && !ending)
        pthread_cond_wait(&work, &schedLock.mu);
    unlock(&schedLock);
}

static bool next_task(struct idle *idle)
{
    lock(&schedLock);
    idle->found = take_locked(&idle->task);
    unlock(&schedLock);
    if (!idle->found)
        blocking(wait_for_task, idle);
    return idle->found;
}

static void nothing(void) {}

static void (*enterTask)(void) = nothing;
static void (*leaveTask)(void) = nothing;

void sched_ontask(void (*enter)(void), void (*leave)(void))
{
    ASSERT(enterTask == nothing);
    enterTask = enter;
    leaveTask = leave;
}

/* Chains end with the task's function: what stands below is ours. */
static NOINLINE void run_task(const struct task *t)
{
    enterTask();
    t->fn(t->arg);
    leaveTask();
}

static void *worker_main(void *unused)
{
    (void)unused;
    struct idle idle;
    thread_attach()->stackHi = (uintptr_t)__builtin_frame_address(0);
    while (next_task(&idle)) {
        gosafepoint();
        run_task(&idle.task);
    }
    return NULL;
}

/* The caller is a thread of the world: made known here, before workers could
 * stop it. */
static void start_workers_locked(int procs)
{
    assertLockHeld(&schedLock);
    ASSERT(nworkers == 0 && head == NULL); /* sched.2 */
    if (procs > MaxProcs)
        procs = MaxProcs;
    ending = false;
    while (nworkers < procs &&
           pthread_create(&workers[nworkers], NULL, worker_main, NULL) == 0)
        nworkers++;
    if (nworkers == 0)
        throw("runtime: failed to create new OS thread");
}

int sched_start(int procs)
{
    thread_attach();
    lock(&schedLock);
    start_workers_locked(procs > 0 ? procs : readGOMAXPROCS());
    int n = nworkers;
    unlock(&schedLock);
    return n;
}

void go_run(void (*fn)(void *arg), void *arg)
{
    thread_attach();
    lock(&schedLock);
    if (nworkers == 0)
        start_workers_locked(readGOMAXPROCS());
    struct task *t = new_task_locked();
    if (t == NULL)
        fatal("out of memory");
    *t = (struct task){.fn = fn, .arg = arg};
    ASSERT(*tail == NULL); /* sched.1 */
    *tail = t;
    tail = &t->next;
    pthread_cond_signal(&work);
    unlock(&schedLock);
}

static void join(void *thread)
{
    int err = pthread_join(*(pthread_t *)thread, NULL);
    ASSERT(err == 0);
}

void thread_join(pthread_t thread)
{
    blocking(join, &thread);
}

void sched_stop(void)
{
    lock(&schedLock);
    ending = true;
    pthread_cond_broadcast(&work);
    int n = nworkers;
    unlock(&schedLock);
    for (int i = 0; i < n; i++)
        thread_join(workers[i]);
    lock(&schedLock);
    ASSERT(head == NULL && nworkers == n);
    nworkers = 0;
    unlock(&schedLock);
}

int sched_procs(void)
{
    lock(&schedLock);
    int n = nworkers;
    unlock(&schedLock);
    return n;
}

void sched_eachArg(void (*fn)(void *ctx, uintptr_t arg), void *ctx)
{
    lock(&schedLock);
    for (const struct task *t = head; t != NULL; t = t->next)
        fn(ctx, (uintptr_t)t->arg);
    unlock(&schedLock);
}
