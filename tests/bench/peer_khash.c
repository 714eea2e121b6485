/*
 * peer_khash.c: the map rows on khash (klib 0.2.8): open addressing, one array
 * of keys and one of values. Its string maps know no lengths.
 */
#include "tests/bench/benchjob.h"
#include <stdlib.h>

/* The header is not written for our warnings. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <slow5/klib/khash.h>
KHASH_MAP_INIT_INT64(num, int64_t)
KHASH_MAP_INIT_STR(str, int64_t)
#pragma GCC diagnostic pop

struct table {
    khash_t(num) * num;
    khash_t(str) * str;
};

enum { table_hint = true };

static inline struct table *table_new(size_t hint, bool str)
{
    struct table *t = bench_alloc(sizeof(*t));
    t->num = str ? NULL : kh_init(num);
    t->str = str ? kh_init(str) : NULL;
    /* It grows at 77 % full. */
    khint_t buckets = (khint_t)((double)hint / 0.77) + 1;
    if (hint != 0 && str)
        kh_resize(str, t->str, buckets);
    else if (hint != 0)
        kh_resize(num, t->num, buckets);
    return t;
}

static inline void table_free(struct table *t)
{
    kh_destroy(num, t->num);
    kh_destroy(str, t->str);
    free(t);
}

static inline void table_put(struct table *t, int64_t key, int64_t value)
{
    int absent;
    khint_t k = kh_put(num, t->num, (uint64_t)key, &absent);
    kh_value(t->num, k) = value;
}

static inline int64_t table_get(struct table *t, int64_t key)
{
    khint_t k = kh_get(num, t->num, (uint64_t)key);
    return k == kh_end(t->num) ? 0 : kh_value(t->num, k);
}

static inline void table_del(struct table *t, int64_t key)
{
    khint_t k = kh_get(num, t->num, (uint64_t)key);
    if (k != kh_end(t->num))
        kh_del(num, t->num, k);
}

static inline uint64_t table_sum(struct table *t)
{
    uint64_t sum = 0;
    for (khint_t k = 0; k != kh_end(t->num); k++)
        if (kh_exist(t->num, k))
            sum += kh_key(t->num, k) + (uint64_t)kh_value(t->num, k);
    return sum;
}

static inline void table_sput(struct table *t, struct keystring key,
                              int64_t value)
{
    int absent;
    khint_t k = kh_put(str, t->str, key.str, &absent);
    kh_value(t->str, k) = value;
}

static inline int64_t table_sget(struct table *t, struct keystring key)
{
    khint_t k = kh_get(str, t->str, key.str);
    return k == kh_end(t->str) ? 0 : kh_value(t->str, k);
}

static inline void table_sdel(struct table *t, struct keystring key)
{
    khint_t k = kh_get(str, t->str, key.str);
    if (k != kh_end(t->str))
        kh_del(str, t->str, k);
}

static inline uint64_t table_ssum(struct table *t)
{
    uint64_t sum = 0;
    for (khint_t k = 0; k != kh_end(t->str); k++)
        if (kh_exist(t->str, k))
            sum += (uint8_t)*kh_key(t->str, k) + (uint64_t)kh_value(t->str, k);
    return sum;
}

#include "tests/bench/maploops.h"

int main(int argc, char **argv)
{
    static const struct loop loops[] = {
        {"map", map_start, map_round},
        {"curve", curve_start, curve_round},
        {.kind = NULL},
    };
    return bench_main(argc, argv, loops);
}
