/*
 * gosync.c: waiting as a Go program does.
 *
 *     syncmap, shardmap, scenario programs --> [gosync] --blocking--> world
 *
 * A Mutex is one word: nobody enters the system to take a free one, and nobody
 * leaves it without waking a waiter if there may be one. That is Drepper's
 * mutex, "Futexes are tricky", section 5. Go's has a queue of its own and turns
 * fair when a waiter starves for a millisecond.
 *
 * Locking: none beside what is made here. No lock of the runtime may be held by
 * whoever calls.
 */
#include "runtime/sched/gosync.h"
#include "runtime/base/throw.h"
#include "runtime/sched/thread.h"
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { mutexFree, mutexTaken, mutexWaited };

/* Looks at a taken mutex before going to sleep: what it protects is mostly a
 * few hundred instructions, a sleep costs thousands. Go: active_spin * 30. */
enum { Spins = 120 };

/* Sleeps while *word is value. May wake up for no reason. */
static void futex_wait(void *word, uint32_t value)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(void *word, int n)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

static void block_in(void (*wait)(void *arg), void *arg)
{
    getm()->blocks++;
    blocking(wait, arg);
}

static bool try_take(struct Mutex *m)
{
    int32_t seen = mutexFree;
    return atomic_compare_exchange_strong_explicit(&m->state, &seen, mutexTaken,
                                                   memory_order_acquire,
                                                   memory_order_relaxed);
}

/* Whoever has slept takes it as waited for: there may be others. */
static void mutex_sleep(void *arg)
{
    struct Mutex *m = arg;
    while (atomic_exchange_explicit(&m->state, mutexWaited,
                                    memory_order_acquire) != mutexFree)
        futex_wait(&m->state, mutexWaited);
}

void Mutex_Lock(struct Mutex *m)
{
    for (int i = 0; i < Spins; i++) {
        if (LIKELY(try_take(m)))
            return;
        procyield();
    }
    block_in(mutex_sleep, m);
}

void Mutex_Unlock(struct Mutex *m)
{
    int32_t was =
        atomic_exchange_explicit(&m->state, mutexFree, memory_order_release);
    if (UNLIKELY(was == mutexFree))
        fatal("sync: unlock of unlocked mutex");
    if (UNLIKELY(was == mutexWaited))
        futex_wake(&m->state, 1);
}

static void read_sleep(void *rw)
{
    int err = pthread_rwlock_rdlock(rw);
    ASSERT(err == 0);
}

static void write_sleep(void *rw)
{
    int err = pthread_rwlock_wrlock(rw);
    ASSERT(err == 0);
}

void RWMutex_RLock(struct RWMutex *rw)
{
    for (int i = 0; i < Spins; i++) {
        if (LIKELY(pthread_rwlock_tryrdlock(&rw->rw) == 0))
            return;
        procyield();
    }
    block_in(read_sleep, &rw->rw);
}

void RWMutex_RUnlock(struct RWMutex *rw)
{
    int err = pthread_rwlock_unlock(&rw->rw);
    ASSERT(err == 0);
}

void RWMutex_Lock(struct RWMutex *rw)
{
    for (int i = 0; i < Spins; i++) {
        if (LIKELY(pthread_rwlock_trywrlock(&rw->rw) == 0))
            return;
        procyield();
    }
    block_in(write_sleep, &rw->rw);
}

void RWMutex_Unlock(struct RWMutex *rw)
{
    int err = pthread_rwlock_unlock(&rw->rw);
    ASSERT(err == 0);
}

void WaitGroup_Add(struct WaitGroup *wg, int64_t delta)
{
    int64_t n = atomic_fetch_add(&wg->n, delta) + delta;
    if (n < 0)
        gopanic("sync: negative WaitGroup counter");
    if (n > 0)
        return;
    atomic_fetch_add(&wg->wakeups, 1);
    futex_wake(&wg->wakeups, INT32_MAX);
}

void WaitGroup_Done(struct WaitGroup *wg)
{
    WaitGroup_Add(wg, -1);
}

/* The word that is slept on is read before the count: a count that comes down
 * to 0 in between changes it, and the sleep ends at once. */
static void group_sleep(void *arg)
{
    struct WaitGroup *wg = arg;
    for (;;) {
        uint32_t seen = wg->wakeups;
        if (wg->n == 0)
            return;
        futex_wait(&wg->wakeups, seen);
    }
}

void WaitGroup_Wait(struct WaitGroup *wg)
{
    if (wg->n != 0)
        block_in(group_sleep, wg);
}
