/*
 * values.c: value number k of a type, for every type that can be a key.
 *
 * Strings and boxes are carved from one block for each call of values_make; it
 * is freed with the values.
 */
#include "tools/values.h"
#include "tools/exits.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LongestString = 24 }; /* "key" and 20 digits */

/* Room for the strings and boxes of one value of t. */
static size_t extra_size(const struct type *t)
{
    size_t sum = 0;
    switch (t->kind) {
    case kindString:
        return LongestString;
    case kindInterface:
        return sizeof(int64_t);
    case kindArray:
        return t->len * extra_size(t->elem);
    case kindStruct:
        for (int i = 0; i < t->nfields; i++)
            sum += extra_size(t->fields[i].typ);
        return sum;
    default:
        return 0;
    }
}

static void make_float(const struct type *t, uint64_t k, void *to)
{
    float f = (float)k;
    double d = (double)k;
    if (t->kind == kindFloat32 || t->kind == kindComplex64)
        memcpy(to, &f, sizeof f);
    else
        memcpy(to, &d, sizeof d);
}

static void make_string(uint64_t k, struct gostring *to, char **extra)
{
    to->str = *extra;
    to->len = snprintf(*extra, LongestString, "key%" PRIu64, k);
    *extra += LongestString;
}

static void make_box(uint64_t k, struct eface *to, char **extra)
{
    memcpy(*extra, &k, sizeof k);
    to->_type = type_basic(kindInt64);
    to->data = *extra;
    *extra += sizeof k;
}

static void make_value(const struct type *t, uint64_t k, char *to,
                       char **extra);

static void make_array(const struct type *t, uint64_t k, char *to, char **extra)
{
    if (t->elem->kind == kindUint8) {
        memcpy(to, &k, t->len < sizeof k ? t->len : sizeof k);
        return;
    }
    for (size_t i = 0; i < t->len; i++)
        make_value(t->elem, k, to + i * t->elem->size, extra);
}

static void make_value(const struct type *t, uint64_t k, char *to, char **extra)
{
    switch (t->kind) {
    case kindBool:
        *to = k & 1;
        return;
    case kindFloat32:
    case kindFloat64:
    case kindComplex64:
    case kindComplex128:
        make_float(t, k, to);
        return;
    case kindString:
        make_string(k, (struct gostring *)to, extra);
        return;
    case kindInterface:
        make_box(k, (struct eface *)to, extra);
        return;
    case kindArray:
        make_array(t, k, to, extra);
        return;
    case kindStruct:
        for (int i = 0; i < t->nfields; i++)
            make_value(t->fields[i].typ, k, to + t->fields[i].offset, extra);
        return;
    default: /* integers; pointers, which only ever are compared */
        memcpy(to, &k, t->size < sizeof k ? t->size : sizeof k);
    }
}

struct values *values_make(const struct type *t, uint64_t from, size_t n)
{
    struct values *v = xcalloc(1, sizeof *v);
    v->n = n;
    v->stride = align_up(t->size, PtrSize);
    size_t extra = align_up(extra_size(t), PtrSize);
    v->data = xcalloc(n + 1, v->stride + extra);
    char *more = v->data + n * v->stride;
    for (size_t i = 0; i < n; i++) {
        char *own = more + i * extra;
        make_value(t, from + i, v->data + i * v->stride, &own);
    }
    return v;
}

void values_free(struct values *v)
{
    free(v->data);
    free(v);
}
