/*
 * lock.c: mutexes that know their place in the order.
 *
 * The order is enum lockRank: whoever holds a lock may take only locks of a
 * higher rank. At CHECK >= 2 each thread keeps the stack of the locks it holds,
 * and every lock() proves the order against the top of that stack.
 *
 * Invariants, at CHECK >= 2:
 *   lock.1  ranks on a thread's stack rise strictly from bottom to top
 *   lock.2  a lock stands on the stack of exactly the thread that holds it
 */
#include "runtime/base/lock.h"
#include "runtime/base/throw.h"

#if CHECK >= 2
enum { MaxHeld = 16 };
static __thread struct mutex *held[MaxHeld];
static __thread int nheld;

static void check_order(const struct mutex *l)
{
    if (nheld == 0)
        return;
    const struct mutex *top = held[nheld - 1];
    if (l->rank <= top->rank) /* lock.1 */
        throw("lock ordering problem: %s (rank %d) taken while holding %s "
              "(rank %d)",
              l->name, l->rank, top->name, top->rank);
}

static void push_held(struct mutex *l)
{
    ASSERT(nheld < MaxHeld);
    held[nheld++] = l;
}

/* Locks are mostly released in reverse order, but need not be. */
static void remove_held(const struct mutex *l)
{
    int i = nheld - 1;
    while (i >= 0 && held[i] != l)
        i--;
    if (i < 0) /* lock.2 */
        throw("unlock of %s, which this thread does not hold", l->name);
    for (nheld--; i < nheld; i++)
        held[i] = held[i + 1];
}

void assertLockHeld(const struct mutex *l)
{
    for (int i = nheld - 1; i >= 0; i--)
        if (held[i] == l)
            return;
    throw("%s must be held here", l->name);
}
#else
static void check_order(const struct mutex *l)
{
    (void)l;
}
static void push_held(struct mutex *l)
{
    (void)l;
}
static void remove_held(const struct mutex *l)
{
    (void)l;
}
void assertLockHeld(const struct mutex *l)
{
    (void)l;
}
#endif

static __thread uint64_t waits; /* times this thread found a lock taken */

uint64_t lock_waits(void)
{
    return waits;
}

void mutex_init(struct mutex *l, enum lockRank rank, const char *name)
{
    pthread_mutex_init(&l->mu, NULL);
    l->rank = rank;
    l->name = name;
}

/* Somebody holds l. What is done under the runtime's locks takes less time than
 * a sleep and a wake-up, so it looks again for a while before it sleeps.
 * Go: lock_futex.go lock2. */
static NOINLINE void wait_for(struct mutex *l)
{
    enum { Spins = 200 };
    waits++;
    for (int i = 0; i < Spins; i++) {
        procyield();
        if (pthread_mutex_trylock(&l->mu) == 0)
            return;
    }
    int err = pthread_mutex_lock(&l->mu);
    ASSERT(err == 0);
}

void lock(struct mutex *l)
{
    check_order(l);
    if (UNLIKELY(pthread_mutex_trylock(&l->mu) != 0))
        wait_for(l);
    push_held(l);
}

void unlock(struct mutex *l)
{
    remove_held(l);
    int err = pthread_mutex_unlock(&l->mu);
    ASSERT(err == 0);
}
