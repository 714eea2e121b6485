/*
 * benchjob.h: what the peers of a benchmark share: the protocol with the
 * driver, the clock, and the keys that all of them put into their maps.
 *
 * A peer is started for one row, `peer KIND name=value…`. It sets up, prints
 * "ready", perhaps with what it is ("none" if it has no such row), and for
 * every line it then reads runs one round and answers "NANOSECONDS OPERATIONS
 * [name=value…]".
 */
#ifndef TESTS_BENCH_BENCHJOB_H
#define TESTS_BENCH_BENCHJOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One row's parameters; each kind reads its own. */
struct job {
    const char *kind;
    const char *op;  /* map: grow prealloc hit miss delete iterate */
    size_t size;     /* bytes an object */
    size_t ws;       /* bytes of the working set */
    size_t n;        /* entries of a map */
    int64_t rate;    /* MemProfileRate */
    int64_t mintime; /* ns: a round repeats its batch until it took so long */
    int threads;
    int depth;   /* calls between the loop and the allocation */
    int stacks;  /* distinct call stacks */
    bool scan;   /* objects of pointers */
    bool str;    /* string keys */
    bool newest; /* hmap: as of the newest release that it models */
};

struct result {
    double ns;
    uint64_t ops;
    uint64_t rss;    /* peak, bytes; 0: not asked */
    uint64_t stacks; /* profile buckets made; 0: not asked */
};

/* How a peer runs one kind of row. start prepares what rounds share; false:
 * this peer has no such row. */
struct loop {
    const char *kind;
    bool (*start)(const struct job *job);
    void (*round)(const struct job *job, struct result *r);
};

/* A peer's main: loops ends with an entry without kind. Returns the status. */
int bench_main(int argc, char **argv, const struct loop *loops);

/* Calls body(arg) and returns how long it took, in ns: by the wall clock, or
 * with cpu=1 the processor time of this thread, for a machine that is not at
 * rest. Every timed piece of code runs inside this function, so callgrind can
 * be told to count here. */
double bench_timed(void (*body)(void *arg), void *arg);

/* As bench_timed, the processor time of the whole process. */
double bench_cputimed(void (*body)(void *arg), void *arg);

/* body(arg of thread i) on nthreads threads that begin together; the time from
 * the first's begin to the last's end. args: nthreads of size bytes each. */
double bench_timed_threads(void (*body)(void *arg), void *args, size_t size,
                           int nthreads);

uint64_t bench_peak_rss(void); /* bytes */

/* malloc that ends the program when there is no memory. What is large has huge
 * pages, as Go has them behind its keys. */
void *bench_alloc(size_t size);

/* A string key: its bytes are not terminated for the peers that know lengths,
 * but a 0 follows for those that do not. */
struct keystring {
    const char *str;
    intptr_t len;
};

/* The keys of a map row: n to insert, in order; the same n in another, fixed
 * random order, as copies; and n that are not in the map. */
struct keys {
    int64_t *insert, *probe, *absent;
    struct keystring *sinsert, *sprobe, *sabsent;
};
void bench_keys(struct keys *k, const struct job *job);

/* splitmix64's finalizer: a bijection, key number i of all peers. */
static inline uint64_t bench_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

extern uint64_t bench_sink; /* results go here, so that loops are not dropped */

#ifdef __cplusplus
}
#endif

#endif
