/*
 * values.h: keys made before anything is measured: value number k (keyvalue.h)
 * for each k of a range, side by side. All of it lies in libc's memory: the
 * heap under study does not see it.
 */
#ifndef TOOLS_MEASURE_VALUES_H
#define TOOLS_MEASURE_VALUES_H

#include "runtime/type/type.h"
#include "tools/measure/keyvalue.h"
#include <string.h>

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
