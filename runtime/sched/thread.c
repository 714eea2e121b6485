/*
 * thread.c: who is there: the list of all threads' records.
 *
 * A record lives in its thread's own storage, so getm() is one segment-relative
 * address and the list holds only attached threads: a thread attaches itself
 * when it first allocates and is detached by the destructor of a thread key,
 * while its storage still exists. The first thread never ends before the
 * process does.
 *
 * Locking: allmLock guards the list and the hooks' order; a record's fields
 * belong to its thread.
 *
 * Invariants, asserted where they could break:
 *   I1  a record is on the list  iff  its id != 0
 *   I2  nthreads is the length of the list
 */
#include "runtime/sched/thread.h"
#include "runtime/base/lock.h"
#include "runtime/base/throw.h"
#include "runtime/sched/world.h"

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
        ASSERT(m->id != 0);
        fn(m, arg);
    }
    ASSERT(n == nthreads);
    unlock(&allmLock);
}

uint32_t thread_count(void)
{
    lock(&allmLock);
    uint32_t n = nthreads;
    unlock(&allmLock);
    return n;
}
