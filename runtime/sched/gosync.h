/*
 * gosync.h: the locks that Go programs use: sync.Mutex, sync.RWMutex and
 * sync.WaitGroup. The zero value of each is ready for use.
 *
 * They differ from lock.h's mutexes, which are the runtime's own: a program may
 * allocate, and so stop for a collection, while it holds one; whoever waits for
 * one counts as stopped (blocking() in thread.h); and they have no rank.
 */
#ifndef RUNTIME_SCHED_GOSYNC_H
#define RUNTIME_SCHED_GOSYNC_H

#include "runtime/base/base.h"
#include <pthread.h>
#include <stdatomic.h>

/* 8 bytes, as in Go. Go: sync/mutex.go Mutex. */
struct Mutex {
    _Atomic int32_t state; /* 0 free, 1 taken, 2 taken and perhaps waited for */
    uint32_t unused;
};
void Mutex_Lock(struct Mutex *m);
/* Any thread may; of a free mutex: ends the program in Go's words. */
void Mutex_Unlock(struct Mutex *m);

/* Any number of readers or one writer; a waiting writer goes before readers who
 * come later. Go: sync/rwmutex.go RWMutex. Difference: the platform's. */
struct RWMutex {
    pthread_rwlock_t rw;
};
#define RWMUTEX_INIT                                            \
    {                                                           \
        .rw = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP \
    }
void RWMutex_RLock(struct RWMutex *rw);
void RWMutex_RUnlock(struct RWMutex *rw);
void RWMutex_Lock(struct RWMutex *rw);
void RWMutex_Unlock(struct RWMutex *rw);

/* Counts what is still to be waited for. Go: sync/waitgroup.go WaitGroup. */
struct WaitGroup {
    _Atomic int64_t n;
    _Atomic uint32_t wakeups; /* changes when n has come down to 0 */
};
/* A count below 0 panics in Go's words. */
void WaitGroup_Add(struct WaitGroup *wg, int64_t delta);
void WaitGroup_Done(struct WaitGroup *wg);
/* Returns once the count is 0; all that was done before the Done that made it
 * so is visible then. */
void WaitGroup_Wait(struct WaitGroup *wg);

#endif
