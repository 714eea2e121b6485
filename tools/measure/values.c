/*
 * values.c: a range of keys, ready to be inserted.
 */
#include "tools/measure/values.h"
#include "tools/lib/exits.h"
#include <stdlib.h>

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
