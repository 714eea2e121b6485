/*
 * thread.c: who is there, and how all of them are stopped.
 *
 *     mallocgc, map operations --gosafepoint--> [thread] <--stopTheWorld-- gc
 *     Mutex, WaitGroup, idle workers --blocking----^
 *
 *     running --safepoint, blocking--> stopped --world goes on--> running
 *
 * A record lives in its thread's own storage, so getm() is one segment-relative
 * address and the list holds only attached threads: a thread attaches itself
 * when it first allocates and is detached by the destructor of a thread key,
 * while its storage still exists. The first thread never ends before the
 * process does.
 *
 * A stopped thread has spilled its registers on its stack and noted how far the
 * stack reaches (stackLo), so the collector finds whatever it holds. It may
 * wait for two things one after the other: for what it was blocked in, then for
 * the world. So a thread that is blocked when a collection begins and woken in
 * the middle of it does not run into it.
 *
 * Locking: allmLock guards the list and the order of the hooks; a record's
 * fields belong to its thread. worldLock (lockRankWorld) guards the count of
 * running threads and who has stopped the world. It is the first in the order:
 * whoever stops the world holds no other lock, and nobody can be caught at a
 * safepoint with one.
 *
 * Invariants, asserted where they could break:
 *   thread.1  a record is on the list  iff  its id != 0
 *   thread.2  nthreads is the length of the list
 *   thread.3  nrunning is the number of attached threads that are neither at a
 *             safepoint nor in blocking()
 *   thread.4  while the world is stopped, nrunning == 1: the stopper
 *   thread.5  worldStopping  iff  stopper != NULL
 */
#include "runtime/sched/thread.h"
#include "runtime/base/lock.h"
#include "runtime/base/throw.h"
#include <setjmp.h>

enum { MaxDetachHooks = 4 };

__thread struct m tls_m __attribute__((tls_model("initial-exec")));

static struct mutex allmLock = MUTEX_INIT(lockRankAllThreads, "allm");
static struct m *allm; /* newest first, through alllink */
static uint32_t nthreads;
static uint32_t lastId;

static void (*detachHooks[MaxDetachHooks])(struct m *m);
static int nDetachHooks;

static pthread_once_t keyOnce = PTHREAD_ONCE_INIT;
static pthread_key_t endKey; /* its destructor runs as a thread ends */

static void at_thread_end(void *unused)
{
    (void)unused;
    thread_detach();
}

static void make_key(void)
{
    int err = pthread_key_create(&endKey, at_thread_end);
    ASSERT(err == 0);
}

_Atomic bool worldStopping;

static struct mutex worldLock = MUTEX_INIT(lockRankWorld, "world");
static pthread_cond_t allStopped = PTHREAD_COND_INITIALIZER;
static pthread_cond_t started = PTHREAD_COND_INITIALIZER;
static uint32_t nrunning;       /* threads */
static const struct m *stopper; /* whose world it is; NULL: everybody's */

/* From running to stopped. */
static void stop_running_locked(void)
{
    assertLockHeld(&worldLock);
    ASSERT(nrunning > 0); /* thread.3 */
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

static void world_enter(struct m *m)
{
    lock(&worldLock);
    start_running_locked();
    m->stackLo = 0;
    unlock(&worldLock);
}

static void world_leave(struct m *m)
{
    lock(&worldLock);
    stop_running_locked();
    m->stackHi = 0;
    unlock(&worldLock);
}

struct m *thread_attach(void)
{
    struct m *m = getm();
    if (m->id != 0)
        return m;
    pthread_once(&keyOnce, make_key);
    /* A destructor only runs for a value that is not NULL. */
    int err = pthread_setspecific(endKey, m);
    ASSERT(err == 0);

    lock(&allmLock);
    m->id = ++lastId;
    m->alllink = allm;
    allm = m;
    nthreads++;
    unlock(&allmLock);
    world_enter(m);
    return m;
}

static void unlink_locked(struct m *m)
{
    assertLockHeld(&allmLock);
    struct m **at = &allm;
    while (*at != m) {
        ASSERT(*at != NULL);
        at = &(*at)->alllink;
    }
    *at = m->alllink;
    nthreads--;
}

void thread_detach(void)
{
    struct m *m = getm();
    if (m->id == 0)
        return;
    for (int i = nDetachHooks - 1; i >= 0; i--)
        detachHooks[i](m);
    lock(&allmLock);
    unlink_locked(m);
    unlock(&allmLock);
    world_leave(m);
    m->alllink = NULL;
    m->id = 0;
}

void thread_atdetach(void (*fn)(struct m *m))
{
    ASSERT(nDetachHooks < MaxDetachHooks);
    detachHooks[nDetachHooks++] = fn;
}

void thread_each(void (*fn)(struct m *m, void *arg), void *arg)
{
    lock(&allmLock);
    uint32_t n = 0;
    for (struct m *m = allm; m != NULL; m = m->alllink, n++) {
        ASSERT(m->id != 0); /* thread.1 */
        fn(m, arg);
    }
    ASSERT(n == nthreads); /* thread.2 */
    unlock(&allmLock);
}

uint32_t thread_count(void)
{
    lock(&allmLock);
    uint32_t n = nthreads;
    unlock(&allmLock);
    return n;
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
    ASSERT(nrunning == 1);                 /* thread.4 */
    ASSERT(stopper == m && worldStopping); /* thread.5 */
    stopper = NULL;
    worldStopping = false;
    pthread_cond_broadcast(&started);
    unlock(&worldLock);
    m->locks--;
}
