/*
 * stress_bigmap.c [ENTRIES]: a map of ten million entries grows from nothing,
 * is read back, loses every other entry and is walked. Prints what each part
 * took. Heap profile off: this is about the map. Where every operation proves
 * the whole map (CHECK=3) two thousand entries are plenty.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "map/mapview.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include "tests/stress/stressrelease.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Prints the time since *from for each of n, and begins the next part. */
static void lap(const char *what, uint64_t n, double *from)
{
    double now = seconds();
    printf("%-8s %6.1f ns\n", what, (now - *from) * 1e9 / (double)n);
    *from = seconds();
}

/* The element of key k is mix(k + 1). */
static uint64_t walk(const struct maptype *t, struct gomap *h)
{
    uint64_t met = 0;
    struct mapiter it;
    for (mapiter_init(t, h, &it); it.key != NULL; mapiter_next(&it)) {
        uint64_t k = *(const uint64_t *)it.key;
        ASSERT(*(const uint64_t *)it.elem == mix(k + 1));
        met++;
    }
    return met;
}

static uint64_t count_present(const struct maptype *t, struct gomap *h,
                              uint64_t n)
{
    uint64_t met = 0;
    for (uint64_t k = 0; k < n; k++) {
        bool ok;
        const uint64_t *e = map_access2(t, h, &k, &ok);
        ASSERT(*e == (ok ? mix(k + 1) : 0));
        met += ok;
    }
    return met;
}

/* What the map is made of at the end. */
static void print_parts(const struct maptype *t, struct gomap *h)
{
    if (t->kind == MAPKIND_SWISS) {
        struct swissCounts s = swissview_counts(t, swissview_map(h));
        printf("%lu entries left in %zu tables of %zu slots, %zu tombstones\n",
               s.used, s.tables, s.capacity, s.tombstones);
        return;
    }
    struct bucketCounts c = bucketview_counts(t, h);
    printf("%zu entries left in 2^%d buckets and %zu overflow buckets\n",
           c.entries, bucketview_map(h)->B, c.overflow);
}

int main(int argc, char **argv)
{
    uint64_t n = CHECK >= 3 ? 2000 : 10000000;
    if (argc > 1)
        n = strtoull(argv[1], NULL, 10);
    MemProfileRate = 0;
    stress_release();
    mallocinit();
    gc_set_percent(-1);
    rand_seed(1);
    const struct maptype *t = maptype_parse("map[uint64]uint64", NULL);
    struct gomap *h = map_make_small(t);
    double from = seconds();
    for (uint64_t k = 0; k < n; k++)
        *(uint64_t *)map_assign(t, h, &k) = mix(k + 1);
    lap("grow", n, &from);
    ASSERT(map_len(h) == (intptr_t)n);
    ASSERT(count_present(t, h, n) == n);
    lap("hit", n, &from);
    ASSERT(count_present(t, h, 2 * n) == n);
    lap("miss", 2 * n, &from);
    ASSERT(walk(t, h) == n);
    lap("iterate", n, &from);
    for (uint64_t k = 0; k < n; k += 2)
        map_delete(t, h, &k);
    lap("delete", n / 2, &from);
    ASSERT(walk(t, h) == n / 2);
    map_check(t, h);
    print_parts(t, h);
    return 0;
}
