/*
 * maploops.h: the map rows, the same for every peer. The peer defines, before
 * it includes this,
 *
 *     struct table                     a map
 *     table_new(hint, str)             an empty one; hint 0: no room wanted
 *     table_free(t)                    lets go of it, outside the clock
 *     table_hint                       whether hint means anything
 *     table_put, table_get, table_del  int64 -> int64
 *     table_sum                        all keys and values, added up
 *     table_sput, table_sget, table_sdel, table_ssum    string -> int64
 *
 * all static inline: so there is no call between a loop and its map.
 */
#ifndef TESTS_BENCH_MAPLOOPS_H
#define TESTS_BENCH_MAPLOOPS_H

#include <string.h>

struct mapwork {
    size_t n;
    size_t passes; /* over a small map, so that the clock costs nothing */
    bool str;
    struct table *t;
    const int64_t *keys;
    const struct keystring *skeys;
};

static struct mapwork mapwork;
static struct keys mapkeys;

static void loop_put(void *arg)
{
    struct mapwork *w = (struct mapwork *)arg;
    for (size_t i = 0; i < w->n; i++)
        table_put(w->t, w->keys[i], (int64_t)i);
}

static void loop_sput(void *arg)
{
    struct mapwork *w = (struct mapwork *)arg;
    for (size_t i = 0; i < w->n; i++)
        table_sput(w->t, w->skeys[i], (int64_t)i);
}

static void loop_get(void *arg)
{
    struct mapwork *w = (struct mapwork *)arg;
    uint64_t sum = 0;
    for (size_t pass = 0; pass < w->passes; pass++)
        for (size_t i = 0; i < w->n; i++)
            sum += (uint64_t)table_get(w->t, w->keys[i]);
    bench_sink += sum;
}

static void loop_sget(void *arg)
{
    struct mapwork *w = (struct mapwork *)arg;
    uint64_t sum = 0;
    for (size_t pass = 0; pass < w->passes; pass++)
        for (size_t i = 0; i < w->n; i++)
            sum += (uint64_t)table_sget(w->t, w->skeys[i]);
    bench_sink += sum;
}

static void loop_del(void *arg)
{
    struct mapwork *w = (struct mapwork *)arg;
    for (size_t i = 0; i < w->n; i++)
        table_del(w->t, w->keys[i]);
}

static void loop_sdel(void *arg)
{
    struct mapwork *w = (struct mapwork *)arg;
    for (size_t i = 0; i < w->n; i++)
        table_sdel(w->t, w->skeys[i]);
}

static void loop_sum(void *arg)
{
    struct mapwork *w = (struct mapwork *)arg;
    for (size_t pass = 0; pass < w->passes; pass++)
        bench_sink += w->str ? table_ssum(w->t) : table_sum(w->t);
}

/* A new map each time: made inside the clock, as a program makes it. */
static size_t grow_hint;
static void loop_grow(void *arg)
{
    struct mapwork *w = (struct mapwork *)arg;
    w->t = table_new(grow_hint, w->str);
    if (w->str)
        loop_sput(arg);
    else
        loop_put(arg);
}

static void use_keys(const int64_t *keys, const struct keystring *skeys)
{
    mapwork.keys = keys;
    mapwork.skeys = skeys;
}

static bool op_is(const struct job *job, const char *op)
{
    return strcmp(job->op, op) == 0;
}

static inline bool map_start(const struct job *job)
{
    grow_hint = op_is(job, "prealloc") ? job->n : 0;
    if (grow_hint != 0 && !table_hint)
        return false;
    bench_keys(&mapkeys, job);
    mapwork.n = job->n;
    mapwork.str = job->str;
    mapwork.passes = 1;
    use_keys(mapkeys.insert, mapkeys.sinsert);
    if (op_is(job, "grow") || op_is(job, "prealloc"))
        return true;
    loop_grow(&mapwork);
    if (!op_is(job, "delete"))
        mapwork.passes = 1 + 100000 / job->n;
    if (op_is(job, "miss"))
        use_keys(mapkeys.absent, mapkeys.sabsent);
    else if (!op_is(job, "iterate"))
        use_keys(mapkeys.probe, mapkeys.sprobe);
    return true;
}

/* One batch of the row's operation; what undoes it is not timed. */
static inline double map_batch(const struct job *job)
{
    if (op_is(job, "grow") || op_is(job, "prealloc")) {
        double ns = bench_timed(loop_grow, &mapwork);
        table_free(mapwork.t);
        return ns;
    }
    if (op_is(job, "hit") || op_is(job, "miss"))
        return bench_timed(job->str ? loop_sget : loop_get, &mapwork);
    if (op_is(job, "iterate"))
        return bench_timed(loop_sum, &mapwork);
    double ns = bench_timed(job->str ? loop_sdel : loop_del, &mapwork);
    if (job->str)
        loop_sput(&mapwork);
    else
        loop_put(&mapwork);
    return ns;
}

static inline void map_round(const struct job *job, struct result *r)
{
    do {
        r->ns += map_batch(job);
        r->ops += job->n * mapwork.passes;
    } while (r->ns < (double)job->mintime);
}

/* The growth curve: keys are made on the way, so that the memory used is the
 * map's own. */
static void loop_curve(void *arg)
{
    struct mapwork *w = (struct mapwork *)arg;
    w->t = table_new(0, false);
    for (size_t i = 0; i < w->n; i++)
        table_put(w->t, (int64_t)bench_mix(i), (int64_t)i);
}

static inline bool curve_start(const struct job *job)
{
    mapwork.n = job->n;
    return true;
}

static inline void curve_round(const struct job *job, struct result *r)
{
    r->ns = bench_timed(loop_curve, &mapwork);
    r->ops = job->n;
    r->rss = bench_peak_rss();
}

#endif
