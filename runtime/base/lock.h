/*
 * lock.h: mutexes with a rank. A thread may only take locks in rising rank, so
 * no cycle can form; builds with CHECK >= 2 prove it at every lock and name
 * both locks when it is broken. Go: lockrank.go.
 */
#ifndef RUNTIME_BASE_LOCK_H
#define RUNTIME_BASE_LOCK_H

#include "runtime/base/base.h"
#include <pthread.h>

/* In the order in which they may be taken: outer locks first. */
enum lockRank {
    lockRankWorld,        /* stop and start the world */
    lockRankAllThreads,   /* the lists of threads and of their mcaches */
    lockRankSched,        /* tasks that wait, workers */
    lockRankUser,         /* locks of scenario programs */
    lockRankRoots,        /* the registered roots */
    lockRankMcentral,     /* one span class's shelf */
    lockRankProfile,      /* profile buckets */
    lockRankSpanSpecials, /* side arrays: what is known of each slot */
    lockRankMheap,        /* pages, spans, arenas */
    lockRankTypes,        /* the tables of type and map descriptors */
    lockRankPersist,      /* metadata that is never freed */
    lockRankLeaf,         /* nothing is taken under it */
};

struct mutex {
    pthread_mutex_t mu;
    enum lockRank rank;
    const char *name;
};

#define MUTEX_INIT(rank_, name_)                                          \
    {                                                                     \
        .mu = PTHREAD_MUTEX_INITIALIZER, .rank = (rank_), .name = (name_) \
    }

void mutex_init(struct mutex *l, enum lockRank rank, const char *name);

void lock(struct mutex *l);
void unlock(struct mutex *l);

/* How many times this thread had to wait for a lock. */
uint64_t lock_waits(void);

/* Throws unless this thread holds l. Costs nothing below CHECK=2. */
void assertLockHeld(const struct mutex *l);

#endif
