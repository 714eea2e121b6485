/*
 * keyvalue.h: key number k as a value of any type (hmap help replay).
 */
#ifndef TOOLS_MEASURE_KEYVALUE_H
#define TOOLS_MEASURE_KEYVALUE_H

#include "runtime/type/type.h"
#include <string.h>

/* Where the bytes of string keys and the boxes of interface keys live: outside
 * the heap under study, as if made beforehand. Zero it to begin. */
struct textpool {
    struct textchunk *chunks; /* newest first */
    size_t left;              /* bytes free in the newest */
};

/* Makes the t->size bytes at p value number k of type t. */
void value_set(const struct type *t, void *p, uint64_t k,
               struct textpool *pool);

/* Forgets everything allotted from pool. */
void textpool_free(struct textpool *pool);

/* 64-bit FNV-1a over everything put in, from DigestStart on. */
enum { DigestStart = 0xcbf29ce484222325 };
void digest_bytes(uint64_t *d, const void *p, size_t n);
void digest_u64(uint64_t *d, uint64_t x);

/* Puts in what the value at p says, not where it lies: a string's length and
 * text, an interface's int64, any other's bytes field by field. */
void digest_value(uint64_t *d, const struct type *t, const void *p);

/*
 * Keys made before anything is measured: value number k (keyvalue.h)
 * for each k of a range, side by side. All of it lies in libc's memory: the
 * heap under study does not see it.
 */

struct values {
    char *data; /* n values, stride bytes apart */
    size_t n, stride;
    struct textpool pool; /* the bytes of their strings, their boxes */
};

/* Values from, from + 1, … of t, n of them. */
struct values *values_make(const struct type *t, uint64_t from, size_t n);
void values_free(struct values *v);

/* The first n of them, borrowed: not to be freed. */
struct values values_first(const struct values *v, size_t n);

ALWAYS_INLINE const void *value_at(const struct values *v, size_t i)
{
    return v->data + i * v->stride;
}

/* What a scenario assigns to m[k]: i, as far as elem has room for it; nothing
 * where elem holds pointers (it stays zero). Inlined: an assignment is no
 * frame. */
ALWAYS_INLINE void store_elem(const struct type *elem, void *to, uint64_t i)
{
    if (elem->ptrdata == 0 && elem->kind != kindBool)
        memcpy(to, &i, elem->size < sizeof i ? elem->size : sizeof i);
}

#endif
