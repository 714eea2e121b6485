/*
 * keyvalue.c: values made from numbers, so that a workload can speak of keys of
 * any type by number, and the digest that tells two values apart.
 *
 * tests/oracle/run/value.go and layout.go say the same in Go; both must agree.
 */
#include "tools/measure/keyvalue.h"
#include "tools/lib/exits.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where pointers point that stand as keys and elements: to no memory of
 * anybody, so that their hashes are the same in every process. */
static const uint64_t FakeBase = 0x100000000000u;

enum { FakePointers = 1 << 24, FakeStride = 16 };

enum { ChunkBytes = 1 << 20 };

struct textchunk {
    struct textchunk *next;
    char bytes[ChunkBytes];
};

/* n bytes (at most a chunk), aligned to 8, until textpool_free. */
static void *textpool_alloc(struct textpool *pool, size_t n)
{
    n = align_up(n, 8);
    if (pool->left < n) {
        struct textchunk *c = xcalloc(1, sizeof *c);
        c->next = pool->chunks;
        pool->chunks = c;
        pool->left = ChunkBytes;
    }
    void *p = pool->chunks->bytes + (ChunkBytes - pool->left);
    pool->left -= n;
    return p;
}

void textpool_free(struct textpool *pool)
{
    while (pool->chunks != NULL) {
        struct textchunk *c = pool->chunks;
        pool->chunks = c->next;
        free(c);
    }
    pool->left = 0;
}

static void set_string(struct gostring *s, uint64_t k, struct textpool *pool)
{
    char text[32];
    int n = snprintf(text, sizeof text, "key%llu", (unsigned long long)k);
    char *copy = textpool_alloc(pool, (size_t)n);
    memcpy(copy, text, (size_t)n);
    *s = (struct gostring){copy, n};
}

static void set_eface(struct eface *e, uint64_t k, struct textpool *pool)
{
    uint64_t *box = textpool_alloc(pool, sizeof *box);
    *box = k;
    *e = (struct eface){type_basic(kindInt64), box};
}

/* Bytes hold k, the least first; other elements are numbered from k. */
static void set_array(const struct type *t, char *p, uint64_t k,
                      struct textpool *pool)
{
    if (t->elem->kind == kindUint8) {
        memcpy(p, &k, t->len < sizeof k ? t->len : sizeof k);
        return;
    }
    if (t->size == 0)
        return; /* there may be 2^30 elements without size */
    for (size_t i = 0; i < t->len; i++)
        value_set(t->elem, p + i * t->elem->size, k + i, pool);
}

static void set_struct(const struct type *t, char *p, uint64_t k,
                       struct textpool *pool)
{
    for (size_t i = 0; i < t->nfields; i++) {
        const struct field *f = &t->fields[i];
        if (strcmp(f->name, "_") != 0)
            value_set(f->typ, p + f->offset, k + i, pool);
    }
}

static void set_float(const struct type *t, void *p, uint64_t k)
{
    if (t->kind == kindFloat32)
        *(float *)p = (float)k;
    else
        *(double *)p = (double)k;
}

static void set_complex(const struct type *t, void *p, uint64_t k)
{
    const struct type *part =
        type_basic(t->kind == kindComplex64 ? kindFloat32 : kindFloat64);
    set_float(part, p, k);
    set_float(part, (char *)p + part->size, k + 1);
}

/* p holds zeroes. */
static void set(const struct type *t, void *p, uint64_t k,
                struct textpool *pool)
{
    switch ((enum kind)t->kind) {
    case kindBool:
        *(uint8_t *)p = k & 1;
        return;
    case kindFloat32:
    case kindFloat64:
        set_float(t, p, k);
        return;
    case kindComplex64:
    case kindComplex128:
        set_complex(t, p, k);
        return;
    case kindString:
        set_string(p, k, pool);
        return;
    case kindInterface:
        set_eface(p, k, pool);
        return;
    case kindPtr:
    case kindUnsafePointer:
    case kindChan:
        *(uint64_t *)p = FakeBase + k % FakePointers * FakeStride;
        return;
    case kindArray:
        set_array(t, p, k, pool);
        return;
    case kindStruct:
        set_struct(t, p, k, pool);
        return;
    case kindFunc:
    case kindMap:
    case kindSlice:
        return; /* nil */
    default:    /* an integer: its low bytes; x86 keeps the least first */
        memcpy(p, &k, t->size);
    }
}

void value_set(const struct type *t, void *p, uint64_t k, struct textpool *pool)
{
    memset(p, 0, t->size);
    set(t, p, k, pool);
}

void digest_bytes(uint64_t *d, const void *p, size_t n)
{
    const uint8_t *bytes = p;
    for (size_t i = 0; i < n; i++)
        *d = (*d ^ bytes[i]) * 0x100000001b3u;
}

void digest_u64(uint64_t *d, uint64_t x)
{
    digest_bytes(d, &x, sizeof x);
}

void digest_value(uint64_t *d, const struct type *t, const void *p)
{
    switch ((enum kind)t->kind) {
    case kindString: {
        const struct gostring *s = p;
        digest_u64(d, (uint64_t)s->len);
        digest_bytes(d, s->str, (size_t)s->len);
        return;
    }
    case kindInterface: {
        const struct eface *e = p;
        digest_u64(d, e->data != NULL ? *(const uint64_t *)e->data : 0);
        return;
    }
    case kindArray:
        for (size_t i = 0; t->size > 0 && i < t->len; i++)
            digest_value(d, t->elem, (const char *)p + i * t->elem->size);
        return;
    case kindStruct:
        for (size_t i = 0; i < t->nfields; i++)
            digest_value(d, t->fields[i].typ,
                         (const char *)p + t->fields[i].offset);
        return;
    default:
        digest_bytes(d, p, t->size);
    }
}

struct values *values_make(const struct type *t, uint64_t from, size_t n)
{
    struct values *v = xcalloc(1, sizeof *v);
    v->n = n;
    v->stride = align_up(t->size, PtrSize);
    v->data = xcalloc(n, v->stride);
    for (size_t i = 0; i < n; i++)
        value_set(t, v->data + i * v->stride, from + i, &v->pool);
    return v;
}

struct values values_first(const struct values *v, size_t n)
{
    return (struct values){.data = v->data, .n = n, .stride = v->stride};
}

void values_free(struct values *v)
{
    textpool_free(&v->pool);
    free(v->data);
    free(v);
}
