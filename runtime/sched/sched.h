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

#endif
