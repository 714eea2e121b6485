/*
 * peer_limits.c: what no allocator can be faster than: a pointer that is moved
 * on and memory that is zeroed; and what one dependent load costs.
 */
#include "tests/bench/benchjob.h"
#include <string.h>

static size_t object_size;
static char *arena, *bump;

static bool alloc_prepare(const struct job *job)
{
    object_size = job->size;
    arena = bump = bench_alloc(job->ws);
    memset(arena, 1, job->ws);
    return job->threads == 1;
}

static inline void *alloc_new(void)
{
    void *p = bump;
    bump += object_size;
    return memset(p, 0, object_size);
}

static inline void alloc_old(void *p)
{
    (void)p;
}

static inline void alloc_release(void **hold, size_t n)
{
    (void)hold;
    (void)n;
    bump = arena;
}

#include "tests/bench/allocloops.h"

/* A cycle through all cache lines of ws bytes, in random order. */
struct line {
    struct line *next;
    char pad[64 - sizeof(struct line *)];
};

static struct line *lines;
static size_t nlines;

static bool latency_start(const struct job *job)
{
    nlines = job->ws / sizeof(struct line);
    lines = bench_alloc(job->ws);
    for (size_t i = 0; i < nlines; i++)
        lines[i].next = &lines[i];
    /* Sattolo: a shuffle that leaves one cycle. */
    for (size_t i = nlines - 1; i > 0; i--) {
        size_t j = bench_mix(i) % i;
        struct line *t = lines[i].next;
        lines[i].next = lines[j].next;
        lines[j].next = t;
    }
    return true;
}

static void loop_latency(void *arg)
{
    struct line *l = arg;
    for (size_t i = 0; i < nlines; i++)
        l = l->next;
    bench_sink += (uintptr_t)l;
}

static void latency_round(const struct job *job, struct result *r)
{
    do {
        r->ns += bench_timed(loop_latency, lines);
        r->ops += nlines;
    } while (r->ns < (double)job->mintime);
}

int main(int argc, char **argv)
{
    static const struct loop loops[] = {
        {"alloc", alloc_start, alloc_round},
        {"latency", latency_start, latency_round},
        {.kind = NULL},
    };
    return bench_main(argc, argv, loops);
}
