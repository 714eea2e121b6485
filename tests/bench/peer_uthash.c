/*
 * peer_uthash.c: the map rows on uthash: entries from malloc, chained.
 */
#include "tests/bench/benchjob.h"
#include <stdlib.h>
#include <uthash.h>

struct entry {
    UT_hash_handle hh;
    int64_t key, value;
    const char *str;
};

struct table {
    struct entry *head;
};

enum { table_hint = false };

static inline struct table *table_new(size_t hint, bool str)
{
    (void)hint;
    (void)str;
    struct table *t = bench_alloc(sizeof(*t));
    t->head = NULL;
    return t;
}

static inline void table_free(struct table *t)
{
    struct entry *e = t->head;
    HASH_CLEAR(hh, t->head);
    while (e != NULL) {
        struct entry *next = e->hh.next;
        free(e);
        e = next;
    }
    free(t);
}

/* NOLINTBEGIN(readability-function-*): uthash's macros count as one's own */
static inline void table_put(struct table *t, int64_t key, int64_t value)
{
    struct entry *e;
    HASH_FIND(hh, t->head, &key, sizeof(key), e);
    if (e == NULL) {
        e = bench_alloc(sizeof(*e));
        e->key = key;
        HASH_ADD(hh, t->head, key, sizeof(key), e);
    }
    e->value = value;
}

static inline int64_t table_get(struct table *t, int64_t key)
{
    struct entry *e;
    HASH_FIND(hh, t->head, &key, sizeof(key), e);
    return e == NULL ? 0 : e->value;
}

static inline void table_del(struct table *t, int64_t key)
{
    struct entry *e;
    HASH_FIND(hh, t->head, &key, sizeof(key), e);
    if (e == NULL)
        return;
    HASH_DELETE(hh, t->head, e);
    free(e);
}

static inline void table_sput(struct table *t, struct keystring key,
                              int64_t value)
{
    struct entry *e;
    HASH_FIND(hh, t->head, key.str, (unsigned)key.len, e);
    if (e == NULL) {
        e = bench_alloc(sizeof(*e));
        e->str = key.str;
        HASH_ADD_KEYPTR(hh, t->head, e->str, (unsigned)key.len, e);
    }
    e->value = value;
}

static inline int64_t table_sget(struct table *t, struct keystring key)
{
    struct entry *e;
    HASH_FIND(hh, t->head, key.str, (unsigned)key.len, e);
    return e == NULL ? 0 : e->value;
}

static inline void table_sdel(struct table *t, struct keystring key)
{
    struct entry *e;
    HASH_FIND(hh, t->head, key.str, (unsigned)key.len, e);
    if (e == NULL)
        return;
    HASH_DELETE(hh, t->head, e);
    free(e);
}
/* NOLINTEND(readability-function-*) */

static inline uint64_t table_sum(struct table *t)
{
    uint64_t sum = 0;
    for (const struct entry *e = t->head; e != NULL; e = e->hh.next)
        sum += (uint64_t)(e->key + e->value);
    return sum;
}

static inline uint64_t table_ssum(struct table *t)
{
    uint64_t sum = 0;
    for (const struct entry *e = t->head; e != NULL; e = e->hh.next)
        sum += e->hh.keylen + (uint64_t)e->value;
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
