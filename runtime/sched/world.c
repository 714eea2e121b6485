/*
 * world.c: a count of running threads, and the wait for it to reach one.
 *
 *     mallocgc, map operations --gosafepoint--> [world] <--stopTheWorld-- gc
 *     Mutex, WaitGroup, idle workers --blocking----^
 *
 *     running --safepoint, blocking--> stopped --world goes on--> running
 *
 * A stopped thread has spilled its registers on its stack and noted how far the
 * stack reaches (stackLo), so the collector finds whatever it holds. It may
 * wait for two things one after the other: for what it was blocked in, then for
 * the world. So a thread that is blocked when a collection begins and woken in
 * the middle of it does not run into it.
 *
 * Locking: worldLock (lockRankWorld) guards the count and who has stopped the
 * world. It is the first in the order: whoever stops holds no other lock, and
 * nobody can be caught at a safepoint with one.
 *
 * Invariants, asserted at each change:
 *   I1  nrunning is the number of attached threads that are neither at a
 *       safepoint nor in blocking()
 *   I2  while the world is stopped, nrunning == 1: the stopper
 *   I3  worldStopping  iff  stopper != NULL
 */
#include "runtime/sched/world.h"
#include "runtime/base/lock.h"
#include "runtime/base/throw.h"
#include "runtime/sched/thread.h"
#include <setjmp.h>

_Atomic bool worldStopping;

static struct mutex worldLock = MUTEX_INIT(lockRankWorld, "world");
static pthread_cond_t allStopped = PTHREAD_COND_INITIALIZER;
static pthread_cond_t started = PTHREAD_COND_INITIALIZER;
static uint32_t nrunning;
static const struct m *stopper; /* whose world it is; NULL: everybody's */

/* From running to stopped. */
static void stop_running_locked(void)
{
    assertLockHeld(&worldLock);
    ASSERT(nrunning > 0);
    nrunning--;
    if (nrunning == 1 && stopper != NULL)
        pthread_cond_signal(&allStopped);
}

/* From stopped to running, when that is allowed. */
static void start_running_locked(void)
{
    assertLockHeld(&worldLock);
    while (stopper != NULL)
        pthread_cond_wait(&started, &worldLock.mu);
    nrunning++;
}

/* Not inlined: the caller's registers that this function uses lie in its frame,
 * above the record that setjmp fills with the others. */
NOINLINE void blocking(void (*wait)(void *arg), void *arg)
{
    jmp_buf registers;

    if (getm()->id == 0) {
        wait(arg); /* nobody knows of this thread, nobody waits for it */
        return;
    }
    (void)setjmp(registers);
    lock(&worldLock);
    getm()->stackLo = (uintptr_t)&registers;
    stop_running_locked();
    unlock(&worldLock);

    wait(arg);

    lock(&worldLock);
    start_running_locked();
    getm()->stackLo = 0;
    unlock(&worldLock);
}

static void wait_for_nothing(void *unused)
{
    (void)unused;
}

void gosafepoint_slow(void)
{
    const struct m *m = getm();
    if (m->locks > 0 || m->id == 0)
        return;
    /* The way back into running is where it waits. */
    blocking(wait_for_nothing, NULL);
}

/* Makes the world the caller's. False when it is somebody else's. */
static bool claim(struct m *m)
{
    lock(&worldLock);
    bool mine = stopper == NULL;
    if (mine) {
        stopper = m;
        worldStopping = true;
        while (nrunning > 1)
            pthread_cond_wait(&allStopped, &worldLock.mu);
    }
    unlock(&worldLock);
    return mine;
}

void stopTheWorld(void)
{
    struct m *m = thread_attach();
    ASSERT(m->locks == 0);
    while (!claim(m))
        blocking(wait_for_nothing, NULL);
    m->locks++;
}

void startTheWorld(void)
{
    struct m *m = getm();
    lock(&worldLock);
    ASSERT(stopper == m && nrunning == 1); /* I2 */
    stopper = NULL;
    worldStopping = false;
    pthread_cond_broadcast(&started);
    unlock(&worldLock);
    m->locks--;
}

void world_enter(struct m *m)
{
    lock(&worldLock);
    start_running_locked();
    m->stackLo = 0;
    unlock(&worldLock);
}

void world_leave(struct m *m)
{
    lock(&worldLock);
    stop_running_locked();
    m->stackHi = 0;
    unlock(&worldLock);
}
