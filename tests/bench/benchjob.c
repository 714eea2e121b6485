/*
 * benchjob.c: the peers' side of the protocol, their clock and their keys.
 */
#include "tests/bench/benchjob.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

uint64_t bench_sink;

static clockid_t clock_used = CLOCK_MONOTONIC;

void *bench_alloc(size_t size)
{
    enum { HugePage = 2 << 20 };
    void *p = size < HugePage
                  ? malloc(size)
                  : aligned_alloc(HugePage, (size + HugePage - 1) & -HugePage);
    if (p == NULL) {
        fprintf(stderr, "bench: no memory for %zu bytes\n", size);
        exit(1);
    }
    if (size >= HugePage)
        madvise(p, size, MADV_HUGEPAGE);
    return p;
}

static void set_param(struct job *job, const char *name, const char *value)
{
    long long v = atoll(value);
    if (strcmp(name, "op") == 0)
        job->op = value;
    else if (strcmp(name, "size") == 0)
        job->size = (size_t)v;
    else if (strcmp(name, "ws") == 0)
        job->ws = (size_t)v;
    else if (strcmp(name, "n") == 0)
        job->n = (size_t)v;
    else if (strcmp(name, "rate") == 0)
        job->rate = v;
    else if (strcmp(name, "mintime") == 0)
        job->mintime = v;
    else if (strcmp(name, "threads") == 0)
        job->threads = (int)v;
    else if (strcmp(name, "depth") == 0)
        job->depth = (int)v;
    else if (strcmp(name, "stacks") == 0)
        job->stacks = (int)v;
    else if (strcmp(name, "scan") == 0)
        job->scan = v != 0;
    else if (strcmp(name, "str") == 0)
        job->str = v != 0;
    else if (strcmp(name, "newest") == 0)
        job->newest = v != 0;
    else if (strcmp(name, "cpu") == 0 && v != 0)
        clock_used = CLOCK_THREAD_CPUTIME_ID;
}

static const struct loop *find_loop(const struct loop *loops, const char *kind)
{
    for (; loops->kind != NULL; loops++)
        if (strcmp(loops->kind, kind) == 0)
            return loops;
    return NULL;
}

static void answer(const struct result *r)
{
    printf("%.1f %llu", r->ns, (unsigned long long)r->ops);
    if (r->rss != 0)
        printf(" rss=%llu", (unsigned long long)r->rss);
    if (r->stacks != 0)
        printf(" stacks=%llu", (unsigned long long)r->stacks);
    printf("\n");
    fflush(stdout);
}

int bench_main(int argc, char **argv, const struct loop *loops)
{
    struct job job = {.mintime = 10000000, .threads = 1};
    if (argc < 2) {
        fprintf(stderr, "usage: %s KIND name=value…\n", argv[0]);
        return 2;
    }
    job.kind = argv[1];
    for (int i = 2; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (value == NULL)
            continue;
        *value = '\0';
        set_param(&job, argv[i], value + 1);
    }
    const struct loop *loop = find_loop(loops, job.kind);
    if (loop == NULL || !loop->start(&job)) {
        puts("none");
        return 0;
    }
    puts("ready");
    fflush(stdout);
    for (int c; (c = getchar()) != EOF;) {
        if (c != '\n')
            continue;
        struct result r = {0};
        loop->round(&job, &r);
        answer(&r);
    }
    return 0;
}

static double now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

__attribute__((noinline)) double bench_timed(void (*body)(void *arg), void *arg)
{
    double from = now_ns(clock_used);
    body(arg);
    return now_ns(clock_used) - from;
}

double bench_cputimed(void (*body)(void *arg), void *arg)
{
    double from = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    body(arg);
    return now_ns(CLOCK_PROCESS_CPUTIME_ID) - from;
}

struct runner {
    pthread_t thread;
    pthread_barrier_t *barrier;
    void (*body)(void *arg);
    void *arg;
    double from, to;
};

static void *run(void *arg)
{
    struct runner *r = arg;
    pthread_barrier_wait(r->barrier);
    r->from = now_ns(CLOCK_MONOTONIC);
    r->body(r->arg);
    r->to = now_ns(CLOCK_MONOTONIC);
    return NULL;
}

double bench_timed_threads(void (*body)(void *arg), void *args, size_t size,
                           int nthreads)
{
    enum { MaxThreads = 64 };
    struct runner r[MaxThreads];
    pthread_barrier_t barrier;
    double from = 0, to = 0;
    pthread_barrier_init(&barrier, NULL, (unsigned)nthreads);
    for (int i = 0; i < nthreads; i++) {
        void *arg = (char *)args + (size_t)i * size;
        r[i] = (struct runner){.barrier = &barrier, .body = body, .arg = arg};
        if (pthread_create(&r[i].thread, NULL, run, &r[i]) != 0)
            exit(1);
    }
    for (int i = 0; i < nthreads; i++) {
        pthread_join(r[i].thread, NULL);
        from = i == 0 || r[i].from < from ? r[i].from : from;
        to = r[i].to > to ? r[i].to : to;
    }
    pthread_barrier_destroy(&barrier);
    return to - from;
}

uint64_t bench_peak_rss(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (uint64_t)u.ru_maxrss << 10;
}

/* The strings "key" + decimal i of the n numbers at number, side by side. */
static struct keystring *strings(const uint64_t *number, size_t n)
{
    enum { MaxKey = sizeof("key18446744073709551615") };
    struct keystring *s = bench_alloc(n * sizeof(*s));
    char *text = bench_alloc(n * MaxKey);
    for (size_t i = 0; i < n; i++) {
        int len = sprintf(text, "key%llu", (unsigned long long)number[i]);
        s[i] = (struct keystring){.str = text, .len = len};
        text += len + 1;
    }
    return s;
}

static int64_t *mixed(const uint64_t *number, size_t n)
{
    int64_t *k = bench_alloc(n * sizeof(*k));
    for (size_t i = 0; i < n; i++)
        k[i] = (int64_t)bench_mix(number[i]);
    return k;
}

/* 0 … n-1, in order or shuffled the same way each time. */
static void fill_numbers(uint64_t *number, size_t n, bool shuffled)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = shuffled ? bench_mix(i) % (i + 1) : i;
        number[i] = number[j];
        number[j] = i;
    }
}

void bench_keys(struct keys *k, const struct job *job)
{
    size_t n = job->n;
    uint64_t *number = bench_alloc(n * sizeof(*number));
    memset(k, 0, sizeof(*k));
    fill_numbers(number, n, false);
    if (job->str)
        k->sinsert = strings(number, n);
    else
        k->insert = mixed(number, n);
    fill_numbers(number, n, true);
    if (job->str)
        k->sprobe = strings(number, n);
    else
        k->probe = mixed(number, n);
    for (size_t i = 0; i < n; i++)
        number[i] += n;
    if (job->str)
        k->sabsent = strings(number, n);
    else
        k->absent = mixed(number, n);
    free(number);
}
