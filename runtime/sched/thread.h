/*
 * thread.h: one record a thread, Go's m and p in one: the mcache slot, the
 * random state, what the tracer must know. Read through getm() without a lock:
 * only its own thread writes it, except while the world is stopped.
 */
#ifndef RUNTIME_SCHED_THREAD_H
#define RUNTIME_SCHED_THREAD_H

#include "runtime/base/base.h"

struct mcache; /* alloc's; the slot is here, the contents are not */
struct front;  /* proffront's */

struct m {
    struct mcache *mcache; /* NULL until the thread first allocates */
    const void *owner;     /* the map on whose behalf mallocgc is called, or
                              NULL; names the map's make site in profiles */
    uint64_t fastrand;     /* wyrand state; see rand.c */
    uint64_t lockWaits;    /* locks this thread had to wait for */
    int32_t locks;         /* > 0: inside the runtime, no safepoint */
    uint32_t baseFrames;   /* frames below the program's entry: not traced */
    uintptr_t chainEnd; /* saved rbp of the program's entry: ends the chain */
    uintptr_t chainTop; /* no frame stands higher; 0: no chain. framechain.h */
    uint64_t walks;     /* stacks that libunwind has captured */
    uint32_t id;        /* 1 is the first thread; 0: not attached */
    uint32_t randEpoch; /* the seed that fastrand was made from; see rand.c */
    uintptr_t stackHi;  /* where the scanned part of the stack ends; 0 when
                           stacks are no roots */
    uintptr_t stackLo;  /* where it begins, while the thread is stopped */
    uint64_t blocks; /* times it had to wait in a Mutex, RWMutex, WaitGroup */
    struct front *front; /* its part of the heap profile, or NULL */
    struct m *alllink;   /* list of all threads, under the list's lock */
};

extern __thread struct m tls_m __attribute__((tls_model("initial-exec")));

ALWAYS_INLINE struct m *getm(void)
{
    return &tls_m;
}

/* Puts this thread on the list of all threads and gives it an id; a second call
 * does nothing. The thread leaves the list by itself when it ends. Returns
 * getm(). Waits while the world is stopped; from then on the thread must pass
 * safepoints (world.h). Takes the list's lock (lockRankAllThreads).
 * Go: proc.go mcommoninit. */
struct m *thread_attach(void);

/* Runs the detach hooks on this thread's record, last registered first, and
 * takes it off the list. Does nothing on a thread that is not attached.
 * Go: proc.go mexit. */
void thread_detach(void);

/* Registers fn to run when a thread detaches, on that thread: rooms give back
 * what they keep in its record. At most 4; call before threads start. */
void thread_atdetach(void (*fn)(struct m *m));

/* Calls fn for every attached thread, under the list's lock. The records of
 * running threads change under fn's eyes. */
void thread_each(void (*fn)(struct m *m, void *arg), void *arg);

/* Attached threads now. */
uint32_t thread_count(void);

#endif
