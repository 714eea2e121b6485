/*
 * scaling.c: what a second thread brings: the same work done by one thread, and
 * by two at once, in turn, round by round. For each row the median time of one
 * operation and the median of the pair-by-pair ratios of throughput: 2.0 is
 * perfect.
 *
 * Each part of a round fills a working set of 4 MB a thread, all of it garbage
 * at the end, and a collection (not timed) gives the memory back, so that pages
 * are warm. Rows with tracing record every allocation with its stack. On a
 * machine that others use too, run it under `chrt -f 10`.
 *
 *     scaling [rounds]
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MaxThreads = 2, WorkingSet = 4 << 20, Parts = 20, MaxRounds = 101 };

struct row {
    const char *name;
    void (*run)(int64_t n);
    int64_t n; /* operations of one thread in a round */
    int64_t rate;
};

static const struct maptype *intMap;
static __thread void *volatile sink;

static NOINLINE void alloc(size_t size, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        sink = mallocgc(size, NULL, true);
}

static NOINLINE void alloc16(int64_t n)
{
    alloc(16, n);
}
static NOINLINE void alloc64(int64_t n)
{
    alloc(64, n);
}
static NOINLINE void alloc1024(int64_t n)
{
    alloc(1024, n);
}
static NOINLINE void insert(int64_t n)
{
    struct gomap *h = map_make_small(intMap);
    for (int64_t k = 0; k < n; k++) {
        uint64_t key = mix((uint64_t)k);
        *(int64_t *)map_assign(intMap, h, &key) = k;
    }
    sink = h;
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000 + t.tv_nsec;
}

static const struct row *row;
static int threads;
static int64_t began[MaxThreads], ended[MaxThreads];
static _Atomic int arrived; /* at the meetings so far, all threads together */

/* Returns when all threads have come to meeting number n, from 1 on. */
static void meet(int n)
{
    arrived++;
    while (arrived < n * threads)
        gosafepoint();
}

static int64_t longest(void)
{
    int64_t first = began[0], last = ended[0];
    for (int i = 1; i < threads; i++) {
        first = began[i] < first ? began[i] : first;
        last = ended[i] > last ? ended[i] : last;
    }
    return last - first;
}

static int64_t elapsed;

/* All begin each part at once, and wait for the slowest. */
static void work(void *arg)
{
    size_t i = (size_t)(uintptr_t)arg;
    for (int part = 0; part < Parts; part++) {
        meet(3 * part + 1);
        began[i] = now();
        row->run(row->n);
        ended[i] = now();
        sink = NULL;
        meet(3 * part + 2);
        if (i == 0) {
            elapsed += longest();
            gc();
        }
        meet(3 * part + 3);
    }
}

/* ns for the whole of the work of n threads. */
static int64_t timed(int n)
{
    threads = n;
    arrived = 0;
    elapsed = 0;
    sched_start(n);
    for (int i = 0; i < n; i++)
        go_run(work, (void *)(uintptr_t)i);
    sched_stop();
    return elapsed / Parts;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void measure(const struct row *r, int rounds)
{
    double one[MaxRounds], ratio[MaxRounds];
    row = r;
    setMemProfileRate(r->rate);
    for (int i = -1; i < rounds; i++) { /* the first is for warming up */
        double t1 = (double)timed(1), t2 = (double)timed(2);
        if (i < 0)
            continue;
        one[i] = t1 / (double)r->n;
        ratio[i] = 2 * t1 / t2;
    }
    double ns = median(one, rounds), speedup = median(ratio, rounds);
    printf("%-22s %7.1f ns   x %.2f   (%.2f to %.2f)\n", r->name, ns, speedup,
           ratio[0], ratio[rounds - 1]);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 21;
    static const struct row rows[] = {
        {"mallocgc 16", alloc16, WorkingSet / 16, 0},
        {"mallocgc 64", alloc64, WorkingSet / 64, 0},
        {"mallocgc 1024", alloc1024, WorkingSet / 1024, 0},
        {"map inserts", insert, 20000, 0},
        {"mallocgc 16, traced", alloc16, WorkingSet / 256, 1},
        {"mallocgc 64, traced", alloc64, WorkingSet / 256, 1},
        {"mallocgc 1024, traced", alloc1024, WorkingSet / 1024, 1},
        {"map inserts, traced", insert, 20000, 1},
    };
    ASSERT(rounds > 0 && rounds <= MaxRounds);
    rand_seed(1);
    MemProfileRate = 0;
    mallocinit();
    gc_set_percent(-1);
    intMap = maptype_parse("map[int]int", NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        measure(&rows[i], rounds);
    return 0;
}
