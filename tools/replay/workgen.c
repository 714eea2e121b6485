/*
 * workgen.c: random workloads.
 *
 * A workload is written as text and read back by the one reader there is, so
 * whatever is generated is also a valid file. The sizes lean to where things
 * happen: around the first bucket's 8 entries, the load factor's steps, the
 * allocator's class limits.
 */
#include "tools/replay/workgen.h"
#include "runtime/base/rand.h"
#include "runtime/base/throw.h"
#include "tools/lib/exits.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct rng {
    uint64_t state;
};

static uint64_t next(struct rng *r)
{
    return mix(r->state++);
}

/* In [0, n). */
static uint64_t below(struct rng *r, uint64_t n)
{
    ASSERT(n > 0);
    return next(r) % n;
}

static bool one_in(struct rng *r, uint64_t n)
{
    return below(r, n) == 0;
}

static const char *pick(struct rng *r, const char *const *names)
{
    size_t n = 0;
    while (names[n] != NULL)
        n++;
    return names[below(r, n)];
}

static const char *const plain[] = {
    "bool",     "int",         "int8",    "int16",   "int32",
    "int64",    "uint",        "uint8",   "uint16",  "uint32",
    "uint64",   "uintptr",     "float32", "float64", "complex64",
    "string",   "complex128",  "*int",    "*string", "unsafe.Pointer",
    "chan int", "interface{}", "string",  "int",     NULL};

/* What may be an element but no key. */
static const char *const uncomparable[] = {
    "[]int", "func()", "map[string]int", "[]string", "[3][]byte", NULL};

static void type_text(struct rng *r, FILE *f, int depth, bool comparable);

static void struct_text(struct rng *r, FILE *f, int depth, bool comparable)
{
    uint64_t n = below(r, 5);
    fputs("struct{", f);
    for (uint64_t i = 0; i < n; i++) {
        int name = one_in(r, 9) ? '_' : 'a' + (int)i;
        fprintf(f, "%s%c ", i > 0 ? "; " : "", name);
        type_text(r, f, depth - 1, comparable);
    }
    fputs("}", f);
}

static void array_text(struct rng *r, FILE *f, int depth, bool comparable)
{
    if (one_in(r, 2)) {
        fprintf(f, "[%" PRIu64 "]byte", below(r, 160));
        return;
    }
    fprintf(f, "[%" PRIu64 "]", below(r, 5));
    type_text(r, f, depth - 1, comparable);
}

static void type_text(struct rng *r, FILE *f, int depth, bool comparable)
{
    uint64_t dice = below(r, 10);
    if (!comparable && dice == 9)
        fputs(pick(r, uncomparable), f);
    else if (depth > 0 && dice < 3)
        struct_text(r, f, depth, comparable);
    else if (depth > 0 && dice < 5)
        array_text(r, f, depth, comparable);
    else
        fputs(pick(r, plain), f);
}

static char *random_type(struct rng *r, bool comparable)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    type_text(r, f, 3, comparable);
    fclose(f);
    return text;
}

struct typepool *typepool_new(uint64_t seed, size_t n)
{
    struct rng r = {seed};
    struct typepool *pool = xcalloc(1, sizeof *pool);
    pool->keys = xcalloc(n, sizeof pool->keys[0]);
    pool->elems = xcalloc(n, sizeof pool->elems[0]);
    pool->n = n;
    size_t i = 0;
    for (; i < n && workload_keys[i] != NULL; i++)
        pool->keys[i] = xprintf("%s", workload_keys[i]);
    for (; i < n && i < n / 3; i++)
        pool->keys[i] = xprintf("%s", pick(&r, workload_keys));
    for (; i < n; i++)
        pool->keys[i] = random_type(&r, true);
    for (i = 0; i < n && workload_elems[i] != NULL; i++)
        pool->elems[i] = xprintf("%s", workload_elems[i]);
    for (; i < n && i < n / 3; i++)
        pool->elems[i] = xprintf("%s", pick(&r, workload_elems));
    for (; i < n; i++)
        pool->elems[i] = random_type(&r, false);
    return pool;
}

void typepool_free(struct typepool *pool)
{
    for (size_t i = 0; i < pool->n; i++) {
        free(pool->keys[i]);
        free(pool->elems[i]);
    }
    free(pool->keys);
    free(pool->elems);
    free(pool);
}

/* A number of keys: mostly few, now and then thousands. */
static uint64_t some_keys(struct rng *r)
{
    static const uint64_t limits[] = {4,   10,   20,   60,   60,   200,
                                      200, 1000, 1000, 4000, 4000, 15000};
    return below(r, limits[below(r, ARRAY_LEN(limits))]) + 1;
}

static void keys_step(struct rng *r, FILE *f, const char *op, int map)
{
    uint64_t from = below(r, one_in(r, 4) ? 1000 : 30);
    fprintf(f, "%s m%d %" PRIu64 " %" PRIu64, op, map, from,
            from + some_keys(r));
    if (one_in(r, 3)) /* few seeds, so that deletes meet what was inserted */
        fprintf(f, " rand=%" PRIu64, below(r, 3));
    fputc('\n', f);
}

/* A window slides over the keys: len stays, overflow buckets gather. */
static void churn_steps(struct rng *r, FILE *f, int map)
{
    uint64_t window = some_keys(r) % 300 + 1, rounds = below(r, 12) + 2;
    uint64_t from = below(r, 50);
    for (uint64_t i = 0; i < rounds; i++, from += window) {
        fprintf(f, "insert m%d %" PRIu64 " %" PRIu64 "\n", map, from,
                from + window + window / 4);
        fprintf(f, "delete m%d %" PRIu64 " %" PRIu64 "\n", map, from,
                from + window);
    }
}

static void map_step(struct rng *r, FILE *f, const struct typepool *pool,
                     int map)
{
    static const uint64_t hints[] = {2, 10, 30, 130, 1100, 5000};
    size_t i = below(r, pool->n);
    fprintf(f, "map m%d \"%s\" \"%s\"", map, pool->keys[i], pool->elems[i]);
    if (one_in(r, 2))
        fprintf(f, " hint=%" PRIu64,
                below(r, hints[below(r, ARRAY_LEN(hints))]));
    fputc('\n', f);
}

static void alloc_step(struct rng *r, FILE *f, int holder)
{
    static const uint64_t limits[] = {8, 16, 17, 40, 600, 2100, 33000, 100000};
    uint64_t size = below(r, limits[below(r, ARRAY_LEN(limits))]);
    const char *kind = one_in(r, 2) ? "scan" : "noscan";
    fprintf(f, "alloc h%d %s %" PRIu64 " %" PRIu64 "\n", holder, kind, size,
            below(r, size > 3000 ? 20 : 300));
}

static void append_step(struct rng *r, FILE *f, const struct typepool *pool,
                        int holder)
{
    static const uint64_t bys[] = {1, 1, 1, 1, 2, 3, 5, 17, 100, 700};
    uint64_t by = bys[below(r, ARRAY_LEN(bys))];
    size_t type = below(r, pool->n);
    fprintf(f, "append h%d \"%s\" %" PRIu64 " by=%" PRIu64 "\n", holder,
            pool->elems[type], some_keys(r) / by + 1, by);
}

static void map_work(struct rng *r, FILE *f, int map)
{
    switch (below(r, 10)) {
    default:
        keys_step(r, f, "insert", map);
        return;
    case 4:
    case 5:
        keys_step(r, f, "delete", map);
        return;
    case 6:
        keys_step(r, f, "lookup", map);
        return;
    case 7:
        fprintf(f, "iterate m%d\n", map);
        return;
    case 8:
        fprintf(f, "clear m%d\n", map);
        return;
    case 9:
        churn_steps(r, f, map);
        return;
    }
}

enum { MaxMaps = 4 };

static void steps(struct rng *r, FILE *f, const struct typepool *pool)
{
    bool live[MaxMaps] = {0};
    int maps = (int)below(r, MaxMaps) + 1, holders = 0;
    for (int i = 0; i < maps; i++) {
        map_step(r, f, pool, i);
        live[i] = true;
    }
    for (uint64_t n = below(r, 12) + maps; n > 0; n--) {
        int map = (int)below(r, (uint64_t)maps);
        if (one_in(r, 8))
            alloc_step(r, f, holders++);
        else if (one_in(r, 10))
            append_step(r, f, pool, holders++);
        else if (one_in(r, 12))
            fputs("gc\n", f);
        else if (live[map])
            map_work(r, f, map);
        if (live[map] && one_in(r, 15)) {
            fprintf(f, "drop m%d\n", map);
            live[map] = false;
        }
    }
    for (int i = 0; i < holders; i++) {
        if (one_in(r, 3))
            fprintf(f, "drop h%d\n", i);
    }
}

struct workload *workgen(uint64_t seed, const struct typepool *pool)
{
    struct rng r = {mix(seed)};
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    fputs("hashkey", f);
    for (int i = 0; i < 4; i++) /* the runtime makes its words odd */
        fprintf(f, " %#" PRIx64, next(&r) | 1);
    fprintf(f, "\nhash0 %#" PRIx64 "\n", next(&r));
    steps(&r, f, pool);
    fclose(f);
    f = fmemopen(text, len, "r");
    struct workloadError err;
    struct workload *w = workload_read(f, &err);
    if (w == NULL)
        throw("workgen: seed %" PRIu64 ", line %d: %s", seed, err.line,
              err.msg);
    fclose(f);
    free(text);
    return w;
}
