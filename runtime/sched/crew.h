/*
 * crew.h: threads of the runtime's own, which share one job with the thread that
 * has it and sleep in between. They hold no objects and run no program, so they
 * are not attached (thread.h): no stop of the world waits for them, and they may
 * work while it is stopped. Go: mgc.go gcBgMarkStartWorkers.
 */
#ifndef RUNTIME_SCHED_CREW_H
#define RUNTIME_SCHED_CREW_H

#include "runtime/base/base.h"

enum { MaxCrew = 8 }; /* members, the caller among them */

/* Sees to it that n members are there, as far as the system gives threads.
 * Returns how many there are, the caller among them: 1..n. For the thread that
 * has stopped the world. */
uint32_t crew_muster(uint32_t n);

/* Runs fn(arg, i) for each i < n, at the same time, 0 on the calling thread;
 * returns when all have. n is at most what crew_muster returned, with the world
 * stopped ever since. */
void crew_run(uint32_t n, void (*fn)(void *arg, uint32_t i), void *arg);

/* For a member that waits for what another one is about to do: called with turn
 * 0, 1, 2 … it gives way a little more each time, and sleeps in the end, so that
 * the other one can have this processor too. Go: lock_futex.go lock2. */
void crew_wait(uint32_t turn);

#endif
