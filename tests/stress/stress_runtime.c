/*
 * stress_runtime.c: threads that come and go while all of them record and free
 * in one profile, draw random numbers and cut persistent memory, and one of
 * them turns the profile's cycles; then threads that ask for the same new types
 * at once. Meant for ThreadSanitizer; its own main, because Criterion does not
 * start there.
 *
 *     stress_runtime [rounds]
 */
#include "map/map.h"
#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include "runtime/prof/memprofile.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/thread.h"
#include "runtime/type/type.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { Threads = 8, Events = 2000 };

static struct mutex sumLock = MUTEX_INIT(lockRankUser, "sum");
static uint64_t reported; /* allocations that the threads say they reported */
static _Atomic bool over;

static NOINLINE struct bucket *record(int depth)
{
    static const struct allocTag tag = {.tier = TIER_MCACHE};
    if (depth > 0) {
        struct bucket *b = record(depth - 1);
        ASSERT(b->nstk > depth);
        return b;
    }
    return mProf_Malloc(16 << fastrandn(4), &tag);
}

static void *work(void *arg)
{
    thread_attach();
    for (int i = 0; i < Events; i++) {
        struct bucket *b = record((int)fastrandn(20));
        if (fastrandn(2))
            mProf_Free(b, b->size);
        if (fastrandn(16) == 0)
            persistentalloc(fastrandn(300) + 1, 0, &sysstats.other_sys);
    }
    lock(&sumLock);
    reported += Events;
    unlock(&sumLock);
    return arg;
}

static void *turn_cycles(void *arg)
{
    while (!over) {
        mProf_Flush();
        mProf_NextCycle();
        mProf_PostSweep();
        mprof_publish();
    }
    return arg;
}

static uint64_t counted(void)
{
    uint64_t n = 0;
    for (const struct bucket *b = mprof_buckets(); b; b = b->allnext)
        n += mprof_total(b).allocs;
    return n;
}

static void stress_profile(int rounds)
{
    pthread_t turner, t[Threads];
    rand_seed(1);
    thread_attach();
    pthread_create(&turner, NULL, turn_cycles, NULL);
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < Threads; i++)
            pthread_create(&t[i], NULL, work, NULL);
        for (int i = 0; i < Threads; i++)
            pthread_join(t[i], NULL);
        mprof_check();
    }
    over = true;
    pthread_join(turner, NULL);
    ASSERT(counted() + mprof_lost() == reported);
    ASSERT(thread_count() == 1);
    printf("stress_runtime: %lu events of %d threads, all counted\n", reported,
           rounds * Threads);
}

/*
 * Many threads ask for the same new types at once; each must get the one
 * descriptor.
 */

enum { NTypes = 200 };

static const struct maptype *seen[Threads][NTypes];
static pthread_barrier_t start;

static void *ask(void *arg)
{
    const struct maptype **mine = arg;
    char text[64];

    pthread_barrier_wait(&start);
    for (int i = 0; i < NTypes; i++) {
        snprintf(text, sizeof(text), "map[[%d]byte]struct{a, b *[%d]int}", i,
                 i);
        mine[i] = maptype_parse(text, NULL);
    }
    return NULL;
}

static void fail(const char *what, int i)
{
    fprintf(stderr, "stress_runtime: %s %d\n", what, i);
    exit(1);
}

static void stress_types(void)
{
    pthread_t thread[Threads];

    pthread_barrier_init(&start, NULL, Threads);
    for (int i = 0; i < Threads; i++) {
        if (pthread_create(&thread[i], NULL, ask, seen[i]) != 0)
            fail("cannot start thread", i);
    }
    for (int i = 0; i < Threads; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < NTypes; i++) {
        if (seen[0][i] == NULL)
            fail("no descriptor for type", i);
        for (int j = 1; j < Threads; j++) {
            if (seen[j][i] != seen[0][i])
                fail("two descriptors for type", i);
        }
    }
    typetable_check();
    printf("stress_runtime: %d threads agree on %d map types\n", Threads,
           NTypes);
}

int main(int argc, char **argv)
{
    stress_profile(argc > 1 ? atoi(argv[1]) : 10);
    stress_types();
    return 0;
}
