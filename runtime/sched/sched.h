/*
 * sched.h: goroutine-like tasks: go fn(arg), run by GOMAXPROCS worker threads.
 *
 * A task runs to its end on one worker, in the order in which tasks were
 * started; ten thousand of them need no more threads than there are processors.
 * What this is not: a task that waits (for a mutex, a wait group) keeps its
 * worker, where Go would run another goroutine there. So tasks may wait for
 * each other only if those waited for have begun, or were started earlier.
 * Go: proc.go newproc, schedule.
 */
#ifndef RUNTIME_SCHED_SCHED_H
#define RUNTIME_SCHED_SCHED_H

#include "runtime/base/base.h"
#include <pthread.h>

/* go fn(arg). The first one starts the workers: GOMAXPROCS of them, or what
 * sched_start said. arg is a root of the collector until fn begins, and from
 * then on while it lies on fn's stack, which is scanned. Any thread may call
 * it, also a task. Go: proc.go newproc. */
void go_run(void (*fn)(void *arg), void *arg);

/* Each task begins with enter() and ends with leave(), both called by the
 * function that calls the task's own. The stack walker wants that: it shows no
 * frame below a task's. Only one pair is wanted. Call before main. */
void sched_ontask(void (*enter)(void), void (*leave)(void));

/* Starts procs workers, 0: GOMAXPROCS (the environment's, else the processors);
 * 256 at most, and fewer where the system gives no more threads. Workers must
 * not be running. Returns how many there are. */
int sched_start(int procs);

/* Waits until all tasks have run, then ends the workers and joins them: their
 * mcaches are given back and every count is in. The caller is no worker.
 * Without workers it does nothing. */
void sched_stop(void);

/* Workers now; 0 before the first task. */
int sched_procs(void);

/* Calls fn with the arg of every task that has not begun. World stopped. */
void sched_eachArg(void (*fn)(void *ctx, uintptr_t arg), void *ctx);

/* Ends when thread does, as pthread_join; the caller counts as stopped until
 * then. For threads that are made by hand. */
void thread_join(pthread_t thread);

/*
 * Threads of the runtime's own, which share one job with the thread that
 * has it and sleep in between. They hold no objects and run no program, so they
 * are not attached (thread.h): no stop of the world waits for them, and they
 * may work while it is stopped. Go: mgc.go gcBgMarkStartWorkers.
 */

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
 * 0, 1, 2 … it gives way a little more each time, and sleeps in the end, so
 * that the other one can have this processor too. Go: lock_futex.go lock2. */
void crew_wait(uint32_t turn);

#endif
