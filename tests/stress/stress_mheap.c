/*
 * stress_mheap.c: threads that make and free spans at once, small ones through
 * their page caches and large ones under the lock, while one more scavenges.
 * Each writes its mark into the pages it got and finds it there later. At the
 * end all invariants are proved. Run it under ThreadSanitizer.
 */
#include "alloc/mheap.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { Threads = 4, Steps = 20000, MaxLive = 100, Rounds = 200 };

static struct mheap heap;
static _Atomic bool done;

struct worker {
    pthread_t thread;
    struct pageCache cache;
    struct mspan *live[MaxLive];
    uint32_t nlive;
};

static void mark(const struct mspan *s)
{
    for (size_t i = 0; i < s->npages; i++)
        *(const struct mspan **)(s->startAddr + i * PageSize) = s;
}

static void release(struct mspan *s)
{
    for (size_t i = 0; i < s->npages; i++) {
        uintptr_t p = s->startAddr + i * PageSize;
        ASSERT(*(struct mspan **)p == s);
        ASSERT(mheap_spanOf(&heap, p) == s);
    }
    mheap_freeSpan(&heap, s);
}

static void step(struct worker *w)
{
    if (w->nlive < MaxLive && fastrandn(2) == 0) {
        size_t npages = 1 + fastrandn(fastrandn(10) == 0 ? 200 : 8);
        struct mspan *s =
            mheap_alloc(&heap, &w->cache, npages, makeSpanClass(0, true));
        ASSERT(s != NULL);
        if (!s->needzero)
            ASSERT(*(uint64_t *)s->startAddr == 0);
        mark(s);
        w->live[w->nlive++] = s;
    } else if (w->nlive > 0) {
        uint32_t i = fastrandn(w->nlive);
        release(w->live[i]);
        w->live[i] = w->live[--w->nlive];
    } else {
        mheap_flushPageCache(&heap, &w->cache);
    }
}

static void *work(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < Steps; i++)
        step(w);
    return NULL;
}

static void *scavenge(void *arg)
{
    for (int i = 0; i < Rounds && !done; i++)
        mheap_scavenge(&heap, 50 * PageSize);
    return arg;
}

int main(void)
{
    static struct worker workers[Threads];
    pthread_t scavenger;
    rand_seed(1);
    if (!mheap_init(&heap, 256))
        return 1;
    pthread_create(&scavenger, NULL, scavenge, NULL);
    for (int i = 0; i < Threads; i++)
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    for (int i = 0; i < Threads; i++)
        pthread_join(workers[i].thread, NULL);
    done = true;
    pthread_join(scavenger, NULL);
    mheap_check(&heap);
    for (int i = 0; i < Threads; i++) {
        while (workers[i].nlive > 0)
            release(workers[i].live[--workers[i].nlive]);
        mheap_flushPageCache(&heap, &workers[i].cache);
    }
    mheap_check(&heap);
    if (heap.heapInUse != 0)
        throw("%zu bytes still in use", (size_t)heap.heapInUse);
    printf("%zu spans, %zu pages, %zu from page caches\n",
           (size_t)heap.spansMade, (size_t)heap.pagesMade,
           (size_t)heap.pageCacheHits);
    return 0;
}
