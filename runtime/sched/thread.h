/*
 * thread.h: one record a thread, Go's m and p in one: the mcache slot, the
 * random state, what the tracer must know. Read through getm() without a lock:
 * only its own thread writes it, except while the world is stopped.
 *
 * The world is stopped so that the collector may look at everything. A thread
 * stops at a safepoint: a place where it asks whether somebody wants
 * the world stopped, and waits there if so. Safepoints are mallocgc wherever it
 * needs a new span (so at most a span of slots later), the entries of the map's
 * operations, and gosafepoint() in loops that do neither. The question costs
 * one load and a branch that is never taken. A thread that waits for something
 * else (a mutex, a task, another thread's end) counts as stopped while it
 * waits; it must wait inside blocking().
 *
 * Why no signals, as Go has since 1.14: a signal finds a thread anywhere, also
 * between the two halves of an update that the collector must see whole, so it
 * needs a table of unsafe points, which a C compiler does not write; and
 * ThreadSanitizer delays signals until the thread calls into libc. Up to 1.13
 * Go asked in function prologues, which is what this is.
 *
 * A loop without any safepoint keeps a collection waiting, as in Go up to 1.13.
 * Go: proc.go stopTheWorldWithSema, entersyscall, exitsyscall.
 */
#ifndef RUNTIME_SCHED_THREAD_H
#define RUNTIME_SCHED_THREAD_H

#include "runtime/base/base.h"
#include <stdatomic.h>

struct mcache; /* alloc's; the slot is here, the contents are not */
struct front;  /* proffront's */

struct m {
    struct mcache *mcache; /* NULL until the thread first allocates */
    const void *owner;     /* the map on whose behalf mallocgc is called, or
                              NULL; names the map's make site in profiles */
    uint64_t fastrand;     /* wyrand state; see rand.c */
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
 * safepoints. Takes the list's lock (lockRankAllThreads).
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

/* The world. */

/* Somebody wants the world stopped, or has stopped it. */
extern _Atomic bool worldStopping;

/* Waits until the world goes on. Inside the runtime (m->locks > 0) and on a
 * thread that is not attached it does nothing. */
void gosafepoint_slow(void);

/* Does somebody want the world stopped? For whoever has something better to do
 * than to keep its registers over a call of gosafepoint_slow. */
ALWAYS_INLINE bool gosafepoint_wanted(void)
{
    return UNLIKELY(atomic_load_explicit(&worldStopping, memory_order_relaxed));
}

/* May the world be stopped here? All that the caller needs must be reachable
 * from roots or, where stacks are scanned, from its stack and registers; no
 * lock of the runtime may be held. */
ALWAYS_INLINE void gosafepoint(void)
{
    if (gosafepoint_wanted())
        gosafepoint_slow();
}

/* Runs wait(arg), which may take for ever; the calling thread counts as stopped
 * meanwhile, so wait must not touch the heap. Returns once wait has and the
 * world goes on. No lock of the runtime may be held.
 * Go: proc.go entersyscall, exitsyscall. */
void blocking(void (*wait)(void *arg), void *arg);

/* Returns when every other attached thread has stopped; until startTheWorld
 * none of them runs. Takes turns with others who want the same: by the time it
 * returns, another stop may have come and gone. Attaches the caller. Not to be
 * nested. Go: proc.go stopTheWorld, startTheWorld. */
void stopTheWorld(void);
void startTheWorld(void);

#endif
