/*
 * world.h: stopping all threads, so that the collector may look at everything.
 *
 * A thread stops at a safepoint: a place where it asks whether somebody wants
 * the world stopped, and waits there if so. Safepoints are mallocgc wherever it
 * needs a new span (so at most a span of slots later), the entries of the map's
 * operations, and gosafepoint() in loops that do neither. The question costs
 * one load and a branch that is never taken. A thread that waits for something
 * else (a mutex, a task, another thread's end) counts as stopped while it waits;
 * it must wait inside blocking().
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
#ifndef RUNTIME_SCHED_WORLD_H
#define RUNTIME_SCHED_WORLD_H

#include "runtime/base/base.h"
#include <stdatomic.h>

struct m;

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

/* thread.c calls these as a thread appears (waits while the world is stopped)
 * and as it ends. */
void world_enter(struct m *m);
void world_leave(struct m *m);

#endif
