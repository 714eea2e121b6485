/*
 * peer_hmap.c: all rows on hmap's own allocator and bucket map; with newest=1
 * the allocator as of the newest release.
 *
 * The collector is off but where a row is about it. Objects are held in libc
 * memory, which is no root: so a collection outside the clock lets go of all.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/base/goversion.h"
#include "runtime/base/throw.h"
#include "runtime/prof/callstack.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include "tests/bench/benchjob.h"
#include <stdio.h>

static const struct type *object_type;

/* [SIZE]uint8 or [SIZE/8]*uint8, as new(T) would have it. */
static const struct type *type_of_job(const struct job *job)
{
    const struct type *byte = type_basic(kindUint8);
    if (!job->scan)
        return type_array_of(byte, job->size, NULL);
    return type_array_of(type_pointer_to(byte, NULL), job->size / PtrSize,
                         NULL);
}

static void *stack_bottom; /* of what may hold the only pointer to an object */

/* As any program runs: collections begin by themselves at GOGC=100. */
static void collector_on(void)
{
    gc_scan_this_stack(stack_bottom);
    gc_set_percent(100);
}

static void set_up(const struct job *job)
{
    if (job->newest)
        goversion_choose(goversion_newest());
    MemProfileRate = job->rate;
    rand_seed(1);
    hash_use_aes(true);
    mallocinit();
    gc_set_percent(-1);
}

static bool alloc_prepare(const struct job *job)
{
    set_up(job);
    object_type = type_of_job(job);
    return true;
}

static inline void *alloc_new(void)
{
    return newobject(object_type);
}

static inline void alloc_old(void *p)
{
    (void)p;
}

static inline void alloc_release(void **hold, size_t n)
{
    (void)hold;
    (void)n;
    gc();
}

#include "tests/bench/allocloops.h"

static bool gcring_start(const struct job *job)
{
    if (!alloc_prepare(job) || !alloc_start(job))
        return false;
    size_t bytes = batches[0].n * sizeof(void *);
    memset(batches[0].hold, 0, bytes);
    gc_add_roots(batches[0].hold, bytes);
    collector_on();
    loop_alloc(&batches[0]);
    return true;
}

static void hmap_trace_round(const struct job *job, struct result *r)
{
    trace_round(job, r);
    for (const struct bucket *b = mprof_buckets(); b != NULL; b = b->allnext)
        r->stacks++;
}

struct table {
    const struct maptype *t;
    struct hmap *h;
};

static const struct maptype *nummap, *strmap;
static struct table the_table;

enum { table_hint = true };

static inline struct table *table_new(size_t hint, bool str)
{
    the_table.t = str ? strmap : nummap;
    the_table.h = hint == 0 ? makemap_small()
                            : makemap(the_table.t, (intptr_t)hint, NULL);
    return &the_table;
}

/* Small maps are collected many at a time. */
static inline void table_free(struct table *t)
{
    enum { EnoughEntries = 100000 };
    static size_t dead;
    dead += (size_t)t->h->count;
    t->h = NULL;
    if (dead < EnoughEntries)
        return;
    dead = 0;
    gc();
}

static inline void table_put(struct table *t, int64_t key, int64_t value)
{
    *(int64_t *)mapassign_fast64(t->t, t->h, (uint64_t)key) = value;
}

static inline int64_t table_get(struct table *t, int64_t key)
{
    return *(const int64_t *)mapaccess1_fast64(t->t, t->h, (uint64_t)key);
}

static inline void table_del(struct table *t, int64_t key)
{
    mapdelete_fast64(t->t, t->h, (uint64_t)key);
}

static inline uint64_t table_sum(struct table *t)
{
    uint64_t sum = 0;
    struct hiter it;
    for (mapiterinit(t->t, t->h, &it); it.key != NULL; mapiternext(&it))
        sum += (uint64_t)(*(const int64_t *)it.key + *(int64_t *)it.elem);
    return sum;
}

static inline struct gostring as_go(struct keystring key)
{
    return (struct gostring){.str = key.str, .len = key.len};
}

static inline void table_sput(struct table *t, struct keystring key,
                              int64_t value)
{
    *(int64_t *)mapassign_faststr(t->t, t->h, as_go(key)) = value;
}

static inline int64_t table_sget(struct table *t, struct keystring key)
{
    return *(const int64_t *)mapaccess1_faststr(t->t, t->h, as_go(key));
}

static inline void table_sdel(struct table *t, struct keystring key)
{
    mapdelete_faststr(t->t, t->h, as_go(key));
}

static inline uint64_t table_ssum(struct table *t)
{
    uint64_t sum = 0;
    struct hiter it;
    for (mapiterinit(t->t, t->h, &it); it.key != NULL; mapiternext(&it)) {
        const struct gostring *key = it.key;
        sum += (uint64_t)(key->len + *(int64_t *)it.elem);
    }
    return sum;
}

#include "tests/bench/maploops.h"

static bool map_prepare(const struct job *job)
{
    set_up(job);
    nummap = maptype_parse("map[int64]int64", NULL);
    strmap = maptype_parse("map[string]int64", NULL);
    gc_add_roots(&the_table, sizeof(the_table));
    return nummap != NULL && strmap != NULL;
}

static bool hmap_map_start(const struct job *job)
{
    return map_prepare(job) && map_start(job);
}

static bool hmap_curve_start(const struct job *job)
{
    if (!map_prepare(job))
        return false;
    collector_on();
    return curve_start(job);
}

static void mark_insert(const struct maptype *t, const struct type *elem,
                        size_t i)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "key%zu", i);
    char *copy = mallocgc((size_t)len, NULL, false);
    memcpy(copy, text, (size_t)len);
    struct gostring key = {copy, len};
    *(void **)mapassign_faststr(t, the_table.h, key) = newobject(elem);
}

/* map[string]*T, T of 48 bytes with two nil pointers. */
static bool mark_start(const struct job *job)
{
    const char *text = "map[string]*struct{p, q *int64; v [4]int64}";
    set_up(job);
    const struct maptype *t = maptype_parse(text, NULL);
    if (t == NULL)
        return false;
    gc_add_roots(&the_table, sizeof(the_table));
    the_table.h = makemap_small();
    for (size_t i = 0; i < job->n; i++)
        mark_insert(t, t->elem->elem, i);
    gc();
    return true;
}

static void collect(void *unused)
{
    (void)unused;
    gc();
}

/* All processor time of a collection that finds nothing to free, an object. */
static void mark_round(const struct job *job, struct result *r)
{
    static struct MemStats stats;
    (void)job;
    r->ns = bench_cputimed(collect, NULL);
    readmemstats(&stats);
    r->ops = stats.HeapObjects;
}

int main(int argc, char **argv)
{
    static const struct loop loops[] = {
        {"alloc", alloc_start, alloc_round},
        {"ring", gcring_start, ring_round},
        {"trace", trace_start, hmap_trace_round},
        {"map", hmap_map_start, map_round},
        {"curve", hmap_curve_start, curve_round},
        {"mark", mark_start, mark_round},
        {.kind = NULL},
    };
    stack_bottom = __builtin_frame_address(0);
    callstack_enter(); /* as Go's stacks, ours end with main */
    return bench_main(argc, argv, loops);
}
