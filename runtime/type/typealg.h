/*
 * typealg.h: from the shape of a type to how it is hashed and compared.
 *
 * What a type's hash and equal are follows from its parts alone, as the
 * compiler derives it: plain memory as long as no padding, blank field, float,
 * string or interface is inside; a one-field struct or one-element array is
 * what that one part is; everything else goes part by part.
 * Go: cmd/compile/internal/types/alg.go AlgType;
 * cmd/compile/internal/reflectdata/alg.go AlgType.
 */
#ifndef RUNTIME_TYPE_TYPEALG_H
#define RUNTIME_TYPE_TYPEALG_H

#include "runtime/type/typedesc.h"

/* Fills alg, hash, equal and the four key properties of t, whose kind, size,
 * elem, len and fields are set. Opaque structs (no fields known) are to be set
 * by type_set_noeq instead. */
void type_set_alg(struct type *t);
void type_set_noeq(struct type *t);

/* True when an interface holding t stores the value itself as data, not a
 * pointer to a box. Go: typekind.go isDirectIface. */
bool type_is_direct_iface(const struct type *t);

/* A field named _ is neither hashed nor compared. */
ALWAYS_INLINE bool field_is_blank(const struct field *f)
{
    return f->name[0] == '_' && f->name[1] == '\0';
}

/* True when padding follows field i of struct t.
 * Go: cmd/compile/internal/types/alg.go IsPaddedField. */
bool type_is_padded_field(const struct type *t, size_t i);

/* The run of plain memory that begins with field start of struct t: its bytes,
 * and in *next the first field after it. 
 * Go: cmd/compile/internal/compare/compare.go Memrun. */
size_t type_memrun(const struct type *t, size_t start, size_t *next);

/* The generated functions of ASPECIAL types (typehash.c). */
uintptr_t arrayhash(const struct type *t, const void *p, uintptr_t seed);
uintptr_t structhash(const struct type *t, const void *p, uintptr_t seed);
/* The hash of t, an array or a struct, as newer compilers write it
 * (sighash.c). */
uintptr_t sighash(const struct type *t, const void *p, uintptr_t seed);
bool arrayequal(const struct type *t, const void *a, const void *b);
bool structequal(const struct type *t, const void *a, const void *b);

#endif
