/*
 * typehash.c: hashing and comparing values that have parts.
 *
 *     maps --(t->hash, t->equal)--> [typehash] --> hash.c
 *     interfaces --(typehash)-------^
 *
 * Go hashes a struct in two ways. A map keyed by the struct calls a function
 * that the compiler wrote for it, which hashes neighbouring plain fields in one
 * go (structhash here). An interface that holds the struct is hashed by the
 * runtime, field by field (typehash). The values differ; each is only ever
 * compared with its own kind.
 */
#include "runtime/base/goversion.h"
#include "runtime/base/throw.h"
#include "runtime/type/hash.h"
#include "runtime/type/type.h"
#include <string.h>

static const void *add(const void *p, size_t n)
{
    return (const char *)p + n;
}

/* Go: cmd/compile/internal/reflectdata/alg.go genhash: the loop it writes. */
uintptr_t arrayhash(const struct type *t, const void *p, uintptr_t seed)
{
    const struct type *elem = t->elem;

    if (modelled->hashesSignature)
        return sighash(t, p, seed);
    for (size_t i = 0; i < t->len; i++)
        seed = elem->hash(elem, add(p, i * elem->size), seed);
    return seed;
}

/* Go: cmd/compile/internal/reflectdata/alg.go genhash: the walk it writes. */
uintptr_t structhash(const struct type *t, const void *p, uintptr_t seed)
{
    size_t i = 0;

    if (modelled->hashesSignature)
        return sighash(t, p, seed);
    while (i < t->nfields) {
        const struct field *f = &t->fields[i];
        const void *value = add(p, f->offset);

        if (field_is_blank(f)) {
            i++;
        } else if (!f->typ->regularMemory) {
            seed = f->typ->hash(f->typ, value, seed);
            i++;
        } else {
            size_t size = type_memrun(t, i, &i);
            seed = memhash(value, seed, size);
        }
    }
    return seed;
}

bool arrayequal(const struct type *t, const void *a, const void *b)
{
    const struct type *elem = t->elem;

    for (size_t i = 0; i < t->len; i++) {
        size_t at = i * elem->size;

        if (!elem->equal(elem, add(a, at), add(b, at)))
            return false;
    }
    return true;
}

/* In the order of the fields, so that an uncomparable interface panics or is
 * never reached just as in Go. */
bool structequal(const struct type *t, const void *a, const void *b)
{
    size_t i = 0;

    while (i < t->nfields) {
        const struct field *f = &t->fields[i];
        const void *x = add(a, f->offset), *y = add(b, f->offset);
        bool same = true;

        if (field_is_blank(f)) {
            i++;
        } else if (!f->typ->regularMemory) {
            same = f->typ->equal(f->typ, x, y);
            i++;
        } else {
            same = memcmp(x, y, type_memrun(t, i, &i)) == 0;
        }
        if (!same)
            return false;
    }
    return true;
}

static uintptr_t typehash_memory(const struct type *t, const void *p,
                                 uintptr_t seed)
{
    switch (t->size) {
    case 4:
        return memhash32(p, seed);
    case 8:
        return memhash64(p, seed);
    default:
        return memhash(p, seed, t->size);
    }
}

static uintptr_t typehash_parts(const struct type *t, const void *p,
                                uintptr_t seed)
{
    if (t->kind == kindArray) {
        for (size_t i = 0; i < t->len; i++)
            seed = typehash(t->elem, add(p, i * t->elem->size), seed);
        return seed;
    }
    for (size_t i = 0; i < t->nfields; i++) {
        const struct field *f = &t->fields[i];

        if (!field_is_blank(f))
            seed = typehash(f->typ, add(p, f->offset), seed);
    }
    return seed;
}

uintptr_t typehash(const struct type *t, const void *p, uintptr_t seed)
{
    if (t->regularMemory)
        return typehash_memory(t, p, seed);
    switch (t->kind) {
    case kindFloat32:
        return f32hash(p, seed);
    case kindFloat64:
        return f64hash(p, seed);
    case kindComplex64:
        return c64hash(p, seed);
    case kindComplex128:
        return c128hash(p, seed);
    case kindString:
        return strhash(p, seed);
    case kindInterface:
        return nilinterhash(p, seed);
    case kindArray:
    case kindStruct:
        return typehash_parts(t, p, seed);
    default:
        gopanic("runtime error: hash of unhashable type %s", t->str);
    }
}

bool typeequal(const struct type *t, const void *a, const void *b)
{
    if (t->equal == NULL)
        gopanic("runtime error: comparing uncomparable type %s", t->str);
    return t->equal(t, a, b);
}

/* The outermost type is the one named: that is the one the program put in. */
uintptr_t nilinterhash(const void *p, uintptr_t seed)
{
    const struct eface *e = p;
    const struct type *t = e->_type;

    if (t == NULL)
        return seed;
    if (t->equal == NULL)
        gopanic("runtime error: hash of unhashable type %s", t->str);
    if (type_is_direct_iface(t))
        return hash_c1 * typehash(t, &e->data, seed ^ hash_c0);
    return hash_c1 * typehash(t, e->data, seed ^ hash_c0);
}
