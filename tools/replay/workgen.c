/*
 * workgen.c: random workloads.
 *
 * A workload is written as text and read back by the one reader there is, so
 * whatever is generated is also a valid file. The sizes lean to where things
 * happen: around the first bucket's 8 entries, the load factor's steps, the
 * allocator's class limits.
 */
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include "tools/lib/dice.h"
#include "tools/lib/exits.h"
#include "tools/replay/workload.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const plain[] = {
    "bool",     "int",         "int8",    "int16",   "int32",
    "int64",    "uint",        "uint8",   "uint16",  "uint32",
    "uint64",   "uintptr",     "float32", "float64", "complex64",
    "string",   "complex128",  "*int",    "*string", "unsafe.Pointer",
    "chan int", "interface{}", "string",  "int",     NULL};

/* What may be an element but no key. */
static const char *const uncomparable[] = {
    "[]int", "func()", "map[string]int", "[]string", "[3][]byte", NULL};

static void type_text(struct dice *d, FILE *f, int depth, bool comparable);

static void struct_text(struct dice *d, FILE *f, int depth, bool comparable)
{
    uint64_t n = dice_below(d, 5);
    fputs("struct{", f);
    for (uint64_t i = 0; i < n; i++) {
        int name = dice_one_in(d, 9) ? '_' : 'a' + (int)i;
        fprintf(f, "%s%c ", i > 0 ? "; " : "", name);
        type_text(d, f, depth - 1, comparable);
    }
    fputs("}", f);
}

static void array_text(struct dice *d, FILE *f, int depth, bool comparable)
{
    if (dice_one_in(d, 2)) {
        fprintf(f, "[%" PRIu64 "]byte", dice_below(d, 160));
        return;
    }
    fprintf(f, "[%" PRIu64 "]", dice_below(d, 5));
    type_text(d, f, depth - 1, comparable);
}

static void type_text(struct dice *d, FILE *f, int depth, bool comparable)
{
    uint64_t dice = dice_below(d, 10);
    if (!comparable && dice == 9)
        fputs(dice_word(d, uncomparable), f);
    else if (depth > 0 && dice < 3)
        struct_text(d, f, depth, comparable);
    else if (depth > 0 && dice < 5)
        array_text(d, f, depth, comparable);
    else
        fputs(dice_word(d, plain), f);
}

static char *random_type(struct dice *d, bool comparable)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    type_text(d, f, 3, comparable);
    fclose(f);
    return text;
}

struct typepool *typepool_new(uint64_t seed, size_t n)
{
    struct dice d = {seed};
    struct typepool *pool = xcalloc(1, sizeof *pool);
    pool->keys = xcalloc(n, sizeof pool->keys[0]);
    pool->elems = xcalloc(n, sizeof pool->elems[0]);
    pool->n = n;
    size_t i = 0;
    for (; i < n && workload_keys[i] != NULL; i++)
        pool->keys[i] = xprintf("%s", workload_keys[i]);
    for (; i < n && i < n / 3; i++)
        pool->keys[i] = xprintf("%s", dice_word(&d, workload_keys));
    for (; i < n; i++)
        pool->keys[i] = random_type(&d, true);
    for (i = 0; i < n && workload_elems[i] != NULL; i++)
        pool->elems[i] = xprintf("%s", workload_elems[i]);
    for (; i < n && i < n / 3; i++)
        pool->elems[i] = xprintf("%s", dice_word(&d, workload_elems));
    for (; i < n; i++)
        pool->elems[i] = random_type(&d, false);
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
static uint64_t some_keys(struct dice *d)
{
    static const uint64_t limits[] = {4,   10,   20,   60,   60,   200,
                                      200, 1000, 1000, 4000, 4000, 15000};
    return dice_below(d, limits[dice_below(d, ARRAY_LEN(limits))]) + 1;
}

static void keys_step(struct dice *d, FILE *f, const char *op, int map)
{
    uint64_t from = dice_below(d, dice_one_in(d, 4) ? 1000 : 30);
    fprintf(f, "%s m%d %" PRIu64 " %" PRIu64, op, map, from,
            from + some_keys(d));
    if (dice_one_in(d,
                    3)) /* few seeds, so that deletes meet what was inserted */
        fprintf(f, " rand=%" PRIu64, dice_below(d, 3));
    fputc('\n', f);
}

/* A window slides over the keys: len stays, overflow buckets gather. */
static void churn_steps(struct dice *d, FILE *f, int map)
{
    uint64_t window = some_keys(d) % 300 + 1, rounds = dice_below(d, 12) + 2;
    uint64_t from = dice_below(d, 50);
    for (uint64_t i = 0; i < rounds; i++, from += window) {
        fprintf(f, "insert m%d %" PRIu64 " %" PRIu64 "\n", map, from,
                from + window + window / 4);
        fprintf(f, "delete m%d %" PRIu64 " %" PRIu64 "\n", map, from,
                from + window);
    }
}

static void map_step(struct dice *d, FILE *f, const struct typepool *pool,
                     int map)
{
    static const uint64_t hints[] = {2, 10, 30, 130, 1100, 5000};
    size_t i = dice_below(d, pool->n);
    fprintf(f, "map m%d \"%s\" \"%s\"", map, pool->keys[i], pool->elems[i]);
    if (dice_one_in(d, 2))
        fprintf(f, " hint=%" PRIu64,
                dice_below(d, hints[dice_below(d, ARRAY_LEN(hints))]));
    fputc('\n', f);
}

static void alloc_step(struct dice *d, FILE *f, int holder)
{
    static const uint64_t limits[] = {8, 16, 17, 40, 600, 2100, 33000, 100000};
    uint64_t size = dice_below(d, limits[dice_below(d, ARRAY_LEN(limits))]);
    const char *kind = dice_one_in(d, 2) ? "scan" : "noscan";
    fprintf(f, "alloc h%d %s %" PRIu64 " %" PRIu64 "\n", holder, kind, size,
            dice_below(d, size > 3000 ? 20 : 300));
}

static void append_step(struct dice *d, FILE *f, const struct typepool *pool,
                        int holder)
{
    static const uint64_t bys[] = {1, 1, 1, 1, 2, 3, 5, 17, 100, 700};
    uint64_t by = bys[dice_below(d, ARRAY_LEN(bys))];
    size_t type = dice_below(d, pool->n);
    fprintf(f, "append h%d \"%s\" %" PRIu64 " by=%" PRIu64 "\n", holder,
            pool->elems[type], some_keys(d) / by + 1, by);
}

static void map_work(struct dice *d, FILE *f, int map)
{
    switch (dice_below(d, 10)) {
    default:
        keys_step(d, f, "insert", map);
        return;
    case 4:
    case 5:
        keys_step(d, f, "delete", map);
        return;
    case 6:
        keys_step(d, f, "lookup", map);
        return;
    case 7:
        fprintf(f, "iterate m%d\n", map);
        return;
    case 8:
        fprintf(f, "clear m%d\n", map);
        return;
    case 9:
        churn_steps(d, f, map);
        return;
    }
}

enum { MaxMaps = 4 };

static void steps(struct dice *d, FILE *f, const struct typepool *pool)
{
    bool live[MaxMaps] = {0};
    int maps = (int)dice_below(d, MaxMaps) + 1, holders = 0;
    for (int i = 0; i < maps; i++) {
        map_step(d, f, pool, i);
        live[i] = true;
    }
    for (uint64_t n = dice_below(d, 12) + maps; n > 0; n--) {
        int map = (int)dice_below(d, (uint64_t)maps);
        if (dice_one_in(d, 8))
            alloc_step(d, f, holders++);
        else if (dice_one_in(d, 10))
            append_step(d, f, pool, holders++);
        else if (dice_one_in(d, 12))
            fputs("gc\n", f);
        else if (live[map])
            map_work(d, f, map);
        if (live[map] && dice_one_in(d, 15)) {
            fprintf(f, "drop m%d\n", map);
            live[map] = false;
        }
    }
    for (int i = 0; i < holders; i++) {
        if (dice_one_in(d, 3))
            fprintf(f, "drop h%d\n", i);
    }
}

/* Both keys of the hash, which every workload begins with. */
static void write_keys(struct dice *d, FILE *f)
{
    fputs("hashkey", f);
    for (int i = 0; i < 4; i++) /* older runtimes make its words odd */
        fprintf(f, " %#" PRIx64, dice_next(d) | 1);
    fprintf(f, "\nhash0 %#" PRIx64 "\n", dice_next(d));
}

/* What has been written, read back. */
static struct workload *read_back(char *text, size_t len, uint64_t seed)
{
    FILE *f = fmemopen(text, len, "r");
    struct workloadError err;
    struct workload *w = workload_read(f, &err);
    if (w == NULL)
        throw("workgen: seed %" PRIu64 ", line %d: %s", seed, err.line,
              err.msg);
    fclose(f);
    free(text);
    return w;
}

struct workload *workgen(uint64_t seed, const struct typepool *pool)
{
    struct dice d = {mix(seed)};
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    write_keys(&d, f);
    if (pool != NULL)
        steps(&d, f, pool);
    else
        workaim_steps(&d, f);
    fclose(f);
    return read_back(text, len, seed);
}
