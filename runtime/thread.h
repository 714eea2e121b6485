/*
 * thread.h: one record a thread, Go's m and p in one: the mcache slot, the
 * random state, what the tracer must know. Read through getm() without a lock:
 * only its own thread writes it, except while the world is stopped.
 */
#ifndef RUNTIME_THREAD_H
#define RUNTIME_THREAD_H

#include "runtime/base.h"

struct mcache; /* alloc's; the slot is here, the contents are not */

struct m {
    struct mcache *mcache; /* NULL until the thread first allocates */
    const void *owner;     /* the map on whose behalf mallocgc is called, or
                              NULL; names the map's make site in profiles */
    uint64_t fastrand;     /* wyrand state, seeded by rand.h */
    uint64_t lockWaits;    /* locks this thread had to wait for */
    uint64_t nextSample;   /* bytes until the next profiled allocation */
    int32_t locks;         /* > 0: inside the runtime, no safepoint */
    uint32_t baseFrames;   /* frames below the program's entry: not traced */
    uint32_t id;           /* 1 is the first thread */
    uintptr_t stackLo;     /* the scanned part of the stack, by the collector; */
    uintptr_t stackHi;     /* 0,0 when stacks are no roots */
    struct m *alllink;     /* list of all threads, under allm_lock */
};

extern __thread struct m tls_m __attribute__((tls_model("initial-exec")));

ALWAYS_INLINE struct m *getm(void)
{
    return &tls_m;
}

#endif
