/*
 * mapmodel.h: values of any type from numbers, and a map so simple that it
 * cannot be wrong, for the tests of map/.
 */
#ifndef TESTS_MAPMODEL_H
#define TESTS_MAPMODEL_H

#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ModelMax = 4096 }; /* numbers that values are made of */

/* A heap with the fallback hash, Go's golden keys and the collector off. */
static inline void map_setup(uint64_t seed)
{
    mallocinit();
    gc_set_percent(-1);
    rand_seed(seed);
    hashkey_set((const uint64_t[4]){1, 1, 1, 1});
}

/* A bucket map as the door deals in it. */
static inline struct gomap *door(const struct hmap *h)
{
    return (struct gomap *)(uintptr_t)h;
}

/* The same for the release called name: "1.24". */
static inline void release_setup(const char *name, uint64_t seed)
{
    const struct goversion *v = goversion_named(name);
    cr_assert_not_null(v, "no release %s", name);
    goversion_choose(v);
    map_setup(seed);
}

static inline const struct maptype *maptype_must(const char *text)
{
    struct typeError err;
    const struct maptype *t = maptype_parse(text, &err);
    cr_assert_not_null(t, "%s: %s", text, err.msg);
    return t;
}

/* "key7" at one of two addresses: equal strings need not be the same bytes. */
static inline struct gostring string_of(size_t n)
{
    static char pool[2][ModelMax][12];
    static unsigned turn;
    char *s = pool[turn++ & 1][n];
    int len = snprintf(s, sizeof(pool[0][0]), "key%zu", n);
    return (struct gostring){s, len};
}

static inline void value_fill(const struct type *t, size_t n, void *to);

static inline void interface_fill(size_t n, struct eface *to)
{
    static struct gostring strings[ModelMax];
    static int64_t ints[ModelMax];
    if (n % 3 == 0) {
        strings[n] = string_of(n);
        *to = (struct eface){type_basic(kindString), &strings[n]};
        return;
    }
    ints[n] = (int64_t)n;
    enum kind k = n % 3 == 1 ? kindInt64 : kindUint64;
    *to = (struct eface){type_basic(k), &ints[n]};
}

static inline void integer_fill(const struct type *t, size_t n, void *to)
{
    uint64_t word = t->kind == kindBool ? n & 1 : n;
    memcpy(to, &word, t->size);
}

/* Stores in `to` the value of type t that stands for number n < ModelMax. */
static inline void value_fill(const struct type *t, size_t n, void *to)
{
    static uint64_t pointed[ModelMax];
    memset(to, 0, t->size);
    switch ((enum kind)t->kind) {
    case kindFloat32:
    case kindComplex64:
        *(float *)to = (float)n;
        break;
    case kindFloat64:
    case kindComplex128:
        *(double *)to = (double)n;
        break;
    case kindString:
        *(struct gostring *)to = string_of(n);
        break;
    case kindInterface:
        interface_fill(n, to);
        break;
    case kindPtr:
    case kindUnsafePointer:
        *(void **)to = &pointed[n];
        break;
    case kindSlice:
        *(struct slice *)to = (struct slice){pointed, (intptr_t)n, ModelMax};
        break;
    case kindArray:
        for (size_t i = 0; i < t->len; i++)
            value_fill(t->elem, n, (char *)to + i * t->elem->size);
        break;
    case kindStruct:
        for (size_t i = 0; i < t->nfields; i++)
            value_fill(t->fields[i].typ, n, (char *)to + t->fields[i].offset);
        break;
    default:
        integer_fill(t, n, to);
    }
}

/* How many different values value_fill makes, at most max. */
static inline size_t value_range(const struct type *t, size_t max)
{
    if (t->size == 0)
        return 1;
    if (t->kind == kindBool)
        return 2;
    if (t->size == 1 || (t->kind == kindArray && t->elem->size == 1))
        return 256 < max ? 256 : max;
    return max;
}

static inline bool value_is(const struct type *t, size_t n, const void *got)
{
    uint64_t want[512];
    cr_assert_leq(t->size, sizeof(want));
    value_fill(t, n, want);
    if (t->equal != NULL)
        return t->equal(t, want, got);
    return memcmp(want, got, t->size) == 0;
}

/* The number of the value at p, or ModelMax when it stands for none. */
static inline size_t value_number(const struct type *t, const void *p,
                                  size_t range)
{
    for (size_t n = 0; n < range; n++)
        if (value_is(t, n, p))
            return n;
    return ModelMax;
}

/* Element number of each key number, or -1. */
struct model {
    intptr_t elem[ModelMax];
    intptr_t count;
    size_t keys;  /* key numbers are below this */
    size_t elems; /* element numbers too */
};

static inline struct model *model_new(const struct maptype *t, size_t max)
{
    struct model *m = calloc(1, sizeof(*m));
    cr_assert_not_null(m);
    memset(m->elem, 0xff, sizeof(m->elem));
    m->keys = value_range(t->key, max);
    m->elems = value_range(t->elem, ModelMax);
    return m;
}

static inline void both_insert(const struct maptype *t, struct gomap *h,
                               struct model *m, size_t key, size_t elem)
{
    uint64_t k[512];
    value_fill(t->key, key, k);
    value_fill(t->elem, elem, map_assign(t, h, k));
    m->count += m->elem[key] < 0;
    m->elem[key] = (intptr_t)elem;
    cr_assert_eq(map_len(h), m->count);
}

static inline void both_delete(const struct maptype *t, struct gomap *h,
                               struct model *m, size_t key)
{
    uint64_t k[512];
    value_fill(t->key, key, k);
    map_delete(t, h, k);
    m->count -= m->elem[key] >= 0;
    m->elem[key] = -1;
    cr_assert_eq(map_len(h), m->count);
}

static inline void both_lookup(const struct maptype *t, struct gomap *h,
                               const struct model *m, size_t key)
{
    uint64_t k[512];
    bool ok;
    value_fill(t->key, key, k);
    const void *e = map_access2(t, h, k, &ok);
    cr_assert_eq(ok, m->elem[key] >= 0, "%s: key %zu", t->typ.str, key);
    if (ok) {
        cr_assert(value_is(t->elem, (size_t)m->elem[key], e));
        return;
    }
    for (size_t i = 0; i < t->elem->size; i++)
        cr_assert_eq(((const char *)e)[i], 0);
}

static inline void both_clear(const struct maptype *t, struct gomap *h,
                              struct model *m)
{
    map_clear(t, h);
    memset(m->elem, 0xff, sizeof(m->elem));
    m->count = 0;
    cr_assert_eq(map_len(h), 0);
}

#endif
