/*
 * values.h: keys for any type, made before anything is measured.
 *
 * Value number k of a type: the integer, float or complex number k; for bool, k
 * odd; the string "key" and k in decimal; an array of bytes with k little-endian
 * at its front; of any other array or struct each part is value k; an interface
 * holds the int64 k, in a box of its own; a pointer is an address that differs
 * for each k. All of it lies in libc's memory: the heap under study does not see
 * it.
 */
#ifndef TOOLS_VALUES_H
#define TOOLS_VALUES_H

#include "runtime/type.h"
#include <string.h>

struct values {
    char *data; /* n values, stride bytes apart */
    size_t n, stride;
};

/* Values from, from + 1, … of t, n of them. */
struct values *values_make(const struct type *t, uint64_t from, size_t n);
void values_free(struct values *v);

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
