/*
 * peer_swiss.c: the map rows on hmap's swiss map, as of the newest release.
 *
 * The collector is off but where a row is about it.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/base/goversion.h"
#include "runtime/prof/callstack.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include "tests/bench/benchjob.h"

struct table {
    const struct maptype *t;
    struct swissMap *m;
};

static const struct maptype *nummap, *strmap;
static struct table the_table;

enum { table_hint = true };

static inline struct table *table_new(size_t hint, bool str)
{
    the_table.t = str ? strmap : nummap;
    the_table.m = hint == 0 ? swiss_makemap_small()
                            : swiss_makemap(the_table.t, (intptr_t)hint, NULL);
    return &the_table;
}

/* Small maps are collected many at a time. */
static inline void table_free(struct table *t)
{
    enum { EnoughEntries = 100000 };
    static size_t dead;
    dead += t->m->used;
    t->m = NULL;
    if (dead < EnoughEntries)
        return;
    dead = 0;
    gc();
}

static inline void table_put(struct table *t, int64_t key, int64_t value)
{
    *(int64_t *)swiss_mapassign_fast64(t->t, t->m, (uint64_t)key) = value;
}

static inline int64_t table_get(struct table *t, int64_t key)
{
    return *(const int64_t *)swiss_mapaccess1_fast64(t->t, t->m, (uint64_t)key);
}

static inline void table_del(struct table *t, int64_t key)
{
    swiss_mapdelete_fast64(t->t, t->m, (uint64_t)key);
}

static inline uint64_t table_sum(struct table *t)
{
    uint64_t sum = 0;
    struct swissIter it;
    for (swiss_mapiterinit(t->t, t->m, &it); it.key != NULL;
         swiss_mapiternext(&it))
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
    *(int64_t *)swiss_mapassign_faststr(t->t, t->m, as_go(key)) = value;
}

static inline int64_t table_sget(struct table *t, struct keystring key)
{
    return *(const int64_t *)swiss_mapaccess1_faststr(t->t, t->m, as_go(key));
}

static inline void table_sdel(struct table *t, struct keystring key)
{
    swiss_mapdelete_faststr(t->t, t->m, as_go(key));
}

static inline uint64_t table_ssum(struct table *t)
{
    uint64_t sum = 0;
    struct swissIter it;
    for (swiss_mapiterinit(t->t, t->m, &it); it.key != NULL;
         swiss_mapiternext(&it)) {
        const struct gostring *key = it.key;
        sum += (uint64_t)(key->len + *(int64_t *)it.elem);
    }
    return sum;
}

#include "tests/bench/maploops.h"

static bool prepare(const struct job *job)
{
    MemProfileRate = job->rate;
    goversion_choose(goversion_newest());
    rand_seed(1);
    hash_use_aes(true);
    mallocinit();
    gc_set_percent(-1);
    nummap = maptype_parse("map[int64]int64", NULL);
    strmap = maptype_parse("map[string]int64", NULL);
    gc_add_roots(&the_table, sizeof(the_table));
    return nummap != NULL && strmap != NULL;
}

static bool swiss_map_start(const struct job *job)
{
    return prepare(job) && map_start(job);
}

static void *stack_bottom; /* of what may hold the only pointer to an object */

/* As any program runs: collections begin by themselves at GOGC=100. */
static bool swiss_curve_start(const struct job *job)
{
    if (!prepare(job))
        return false;
    gc_scan_this_stack(stack_bottom);
    gc_set_percent(100);
    return curve_start(job);
}

int main(int argc, char **argv)
{
    static const struct loop loops[] = {
        {"map", swiss_map_start, map_round},
        {"curve", swiss_curve_start, curve_round},
        {.kind = NULL},
    };
    stack_bottom = __builtin_frame_address(0);
    callstack_enter(); /* as Go's stacks, ours end with main */
    return bench_main(argc, argv, loops);
}
