/*
 * typealg.c: from the shape of a type to how it is hashed and compared.
 *
 *     type.c --(size, fields)--> [typealg] --(functions)--> hash.c, typehash.c
 *
 * Nothing here is stored or locked: a pure function of the descriptor's parts.
 */
#include "runtime/base/throw.h"
#include "runtime/type/hash.h"
#include "runtime/type/type.h"
#include <string.h>

bool type_is_direct_iface(const struct type *t)
{
    switch (t->kind) {
    case kindPtr:
    case kindChan:
    case kindMap:
    case kindFunc:
    case kindUnsafePointer:
        return true;
    case kindArray:
        return t->len == 1 && type_is_direct_iface(t->elem);
    case kindStruct:
        return t->nfields == 1 && type_is_direct_iface(t->fields[0].typ);
    default:
        return false;
    }
}

static uintptr_t memhash_varlen(const struct type *t, const void *p,
                                uintptr_t seed)
{
    return memhash(p, seed, t->size);
}

static uintptr_t alghash_mem0(const struct type *t, const void *p,
                              uintptr_t seed)
{
    (void)t, (void)p;
    return seed;
}

static uintptr_t alghash_mem32(const struct type *t, const void *p,
                               uintptr_t seed)
{
    (void)t;
    return memhash32(p, seed);
}

static uintptr_t alghash_mem64(const struct type *t, const void *p,
                               uintptr_t seed)
{
    (void)t;
    return memhash64(p, seed);
}

static uintptr_t alghash_str(const struct type *t, const void *p,
                             uintptr_t seed)
{
    (void)t;
    return strhash(p, seed);
}

/* The rarer kinds share one function. */
static uintptr_t alghash_scalar(const struct type *t, const void *p,
                                uintptr_t seed)
{
    switch (t->alg) {
    case AFLOAT32:
        return f32hash(p, seed);
    case AFLOAT64:
        return f64hash(p, seed);
    case ACPLX64:
        return c64hash(p, seed);
    case ACPLX128:
        return c128hash(p, seed);
    default:
        ASSERT(t->alg == ANILINTER);
        return nilinterhash(p, seed);
    }
}

static bool memequal_varlen(const struct type *t, const void *a, const void *b)
{
    return memcmp(a, b, t->size) == 0;
}

static bool memequal32(const struct type *t, const void *a, const void *b)
{
    (void)t;
    return memcmp(a, b, 4) == 0;
}

static bool memequal64(const struct type *t, const void *a, const void *b)
{
    (void)t;
    return memcmp(a, b, 8) == 0;
}

static bool strequal(const struct type *t, const void *a, const void *b)
{
    const struct gostring *x = a, *y = b;
    (void)t;

    if (x->len != y->len)
        return false;
    if (x->len == 0 || x->str == y->str)
        return true; /* an empty string may have no address */
    return memcmp(x->str, y->str, (size_t)x->len) == 0;
}

static bool nilinterequal(const struct type *t, const void *a, const void *b)
{
    const struct eface *x = a, *y = b;
    (void)t;

    if (x->_type != y->_type)
        return false;
    if (x->_type == NULL)
        return true;
    if (x->_type->equal == NULL)
        return typeequal(x->_type, NULL, NULL); /* panics */
    if (type_is_direct_iface(x->_type))
        return x->data == y->data;
    return x->_type->equal(x->_type, x->data, y->data);
}

/* The values may lie at any address a packed buffer puts them: copied out. */
static bool f32equal(const struct type *t, const void *a, const void *b)
{
    float x, y;
    (void)t;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x == y;
}

static bool f64equal(const struct type *t, const void *a, const void *b)
{
    double x, y;
    (void)t;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x == y;
}

static bool c64equal(const struct type *t, const void *a, const void *b)
{
    return f32equal(t, a, b) &&
           f32equal(t, (const char *)a + 4, (const char *)b + 4);
}

static bool c128equal(const struct type *t, const void *a, const void *b)
{
    return f64equal(t, a, b) &&
           f64equal(t, (const char *)a + 8, (const char *)b + 8);
}

static const struct {
    uintptr_t (*hash)(const struct type *, const void *, uintptr_t);
    bool (*equal)(const struct type *, const void *, const void *);
} algs[] = {
    [AMEM0] = {alghash_mem0, memequal_varlen},
    [AMEM8] = {memhash_varlen, memequal_varlen},
    [AMEM16] = {memhash_varlen, memequal_varlen},
    [AMEM32] = {alghash_mem32, memequal32},
    [AMEM64] = {alghash_mem64, memequal64},
    [AMEM128] = {memhash_varlen, memequal_varlen},
    [AMEM] = {memhash_varlen, memequal_varlen},
    [ASTRING] = {alghash_str, strequal},
    [ANILINTER] = {alghash_scalar, nilinterequal},
    [AFLOAT32] = {alghash_scalar, f32equal},
    [AFLOAT64] = {alghash_scalar, f64equal},
    [ACPLX64] = {alghash_scalar, c64equal},
    [ACPLX128] = {alghash_scalar, c128equal},
};

static enum alg alg_of_memory(size_t size)
{
    switch (size) {
    case 0:
        return AMEM0;
    case 1:
        return AMEM8;
    case 2:
        return AMEM16;
    case 4:
        return AMEM32;
    case 8:
        return AMEM64;
    case 16:
        return AMEM128;
    default:
        return AMEM;
    }
}

static bool alg_is_memory(enum alg a)
{
    return a >= AMEM0 && a <= AMEM;
}

static enum alg alg_of_array(const struct type *t)
{
    enum alg elem = t->elem->alg;

    if (elem == ANOEQ)
        return ANOEQ;
    if (alg_is_memory(elem) || t->len == 0)
        return alg_of_memory(t->size);
    return t->len == 1 ? elem : ASPECIAL;
}

static enum alg alg_of_struct(const struct type *t)
{
    bool plain = true;

    if (t->nfields == 1 && !field_is_blank(&t->fields[0]))
        return t->fields[0].typ->alg;
    for (size_t i = 0; i < t->nfields; i++) {
        enum alg a = t->fields[i].typ->alg;

        if (a == ANOEQ)
            return ANOEQ;
        if (!alg_is_memory(a) || field_is_blank(&t->fields[i]) ||
            type_is_padded_field(t, i))
            plain = false;
    }
    return plain ? alg_of_memory(t->size) : ASPECIAL;
}

static enum alg alg_of(const struct type *t)
{
    switch (t->kind) {
    case kindFloat32:
        return AFLOAT32;
    case kindFloat64:
        return AFLOAT64;
    case kindComplex64:
        return ACPLX64;
    case kindComplex128:
        return ACPLX128;
    case kindString:
        return ASTRING;
    case kindInterface:
        return ANILINTER;
    case kindFunc:
    case kindMap:
    case kindSlice:
        return ANOEQ;
    case kindArray:
        return alg_of_array(t);
    case kindStruct:
        return alg_of_struct(t);
    default:
        return alg_of_memory(t->size);
    }
}

/* The properties of a key without parts. */
static void set_scalar_traits(struct type *t)
{
    bool inexact = t->kind >= kindFloat32 && t->kind <= kindComplex128;
    bool iface = t->kind == kindInterface;

    t->reflexiveKey = !inexact && !iface;
    t->needKeyUpdate = inexact || iface || t->kind == kindString;
    t->hashMightPanic = iface;
}

/* A key with parts has a property when any part has it. Blank fields count, as
 * they do in the compiler.
 * Go: cmd/compile/internal/types/type.go IsReflexive;
 * cmd/compile/internal/reflectdata/reflect.go needkeyupdate, hashMightPanic. */
static void set_traits(struct type *t)
{
    if (t->kind == kindArray) {
        t->reflexiveKey = t->elem->reflexiveKey;
        t->needKeyUpdate = t->elem->needKeyUpdate;
        t->hashMightPanic = t->elem->hashMightPanic;
        return;
    }
    if (t->kind != kindStruct) {
        set_scalar_traits(t);
        return;
    }
    t->reflexiveKey = true;
    t->needKeyUpdate = false;
    t->hashMightPanic = false;
    for (size_t i = 0; i < t->nfields; i++) {
        const struct type *f = t->fields[i].typ;

        t->reflexiveKey = t->reflexiveKey && f->reflexiveKey;
        t->needKeyUpdate = t->needKeyUpdate || f->needKeyUpdate;
        t->hashMightPanic = t->hashMightPanic || f->hashMightPanic;
    }
}

void type_set_noeq(struct type *t)
{
    t->alg = ANOEQ;
    t->hash = NULL;
    t->equal = NULL;
    t->regularMemory = false;
    t->reflexiveKey = false;
    t->needKeyUpdate = false;
    t->hashMightPanic = false;
}

void type_set_alg(struct type *t)
{
    enum alg a = alg_of(t);

    type_set_noeq(t);
    if (a == ANOEQ)
        return;
    t->alg = (uint8_t)a;
    t->regularMemory = alg_is_memory(a);
    set_traits(t);
    if (a != ASPECIAL) {
        t->hash = algs[a].hash;
        t->equal = algs[a].equal;
        return;
    }
    t->hash = t->kind == kindArray ? arrayhash : structhash;
    t->equal = t->kind == kindArray ? arrayequal : structequal;
}

bool type_is_padded_field(const struct type *t, size_t i)
{
    const struct field *f = &t->fields[i];
    size_t end = i + 1 < t->nfields ? f[1].offset : t->size;

    ASSERT(i < t->nfields);
    return f->offset + f->typ->size != end;
}

size_t type_memrun(const struct type *t, size_t start, size_t *next)
{
    const struct field *last;
    size_t i = start;

    ASSERT(start < t->nfields);
    do {
        last = &t->fields[i];
        i++;
    } while (i < t->nfields && !type_is_padded_field(t, i - 1) &&
             !field_is_blank(&t->fields[i]) && t->fields[i].typ->regularMemory);
    *next = i;
    return last->offset + last->typ->size - t->fields[start].offset;
}
