/*
 * type.h: type descriptors: the reader that makes them from Go type text, how
 * values of a type are hashed and compared, and the table of those that exist.
 *
 * One descriptor a type: equal texts give the same pointer.
 */
#ifndef RUNTIME_TYPE_TYPE_H
#define RUNTIME_TYPE_TYPE_H

#include "runtime/type/typedesc.h"

enum {
    MaxTypeSize = 1 << 30, /* bytes; Go's compiler allows 1 << 50 */
    MaxArrayLen = 1 << 30, /* also where the element has no size */
};

/* What was wrong with a type text. */
struct typeError {
    char msg[160]; /* one line, no newline: what, and what would be right */
    size_t at;     /* byte offset in the text */
};

/*
 * Reads one Go type: bool, int…uintptr, float32/64, complex64/128, string,
 * unsafe.Pointer, byte, rune, any, interface{} (no methods), error, *T, [N]T,
 * []T, map[K]V, struct{a, b T; c U}, chan T, func(T) U and func(a T) (b U). The
 * whole text must be one type. NULL and *err filled when it is not (err may be
 * NULL), also for an uncomparable map key and sizes above MaxTypeSize.
 * Descriptors live for ever (persistentalloc).
 */
const struct type *type_parse(const char *text, struct typeError *err);

/*
 * The constructors. Each returns the one descriptor of its type, made on first
 * demand; NULL and *err filled (err may be NULL) when there is no such type or
 * no memory for it.
 */
const struct type *type_array_of(const struct type *elem, size_t len,
                                 struct typeError *err);
const struct type *type_slice_of(const struct type *elem,
                                 struct typeError *err);
const struct type *type_map_of(const struct type *key, const struct type *elem,
                               struct typeError *err);
/* The offsets in fields are computed; names are copied. */
const struct type *type_struct_of(const struct field *fields, size_t nfields,
                                  struct typeError *err);
/* A type that is one pointer wide: chan, func. str is its whole text. */
const struct type *type_word(enum kind kind, const struct type *elem,
                             const char *str, struct typeError *err);

/* str names the pointer type, NULL: "*" and the element's text. NULL without
 * memory. */
const struct type *type_pointer_to(const struct type *elem, const char *str);

/* An opaque struct made by another room, one for each str; ptrmask has a bit a
 * word, ptrdata/8 bits. Not comparable. NULL without memory.
 * Used by map/maptype for buckets, hmap, mapextra. */
const struct type *type_new_struct(const char *str, size_t size, size_t align,
                                   size_t ptrdata, const uint8_t *ptrmask);

/* The basic types that code names often. */
const struct type *type_basic(enum kind k); /* bool … complex128, string,
                                               unsafe.Pointer */
const struct type *type_eface(void);        /* interface{} */
const struct type *type_error(void);        /* error */

/*
 * From the shape of a type to how it is hashed and compared (typealg.c).
 *
 * What a type's hash and equal are follows from its parts alone, as the
 * compiler derives it: plain memory as long as no padding, blank field, float,
 * string or interface is inside; a one-field struct or one-element array is
 * what that one part is; everything else goes part by part.
 * Go: cmd/compile/internal/types/alg.go AlgType;
 * cmd/compile/internal/reflectdata/alg.go AlgType.
 */

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

/*
 * The descriptors that exist, found by their text (typetable.c).
 */

/*
 * The descriptor whose text is draft->str; made from draft when there is none.
 * The text, the fields and their names are copied. ptrmask is draft's pointer
 * mask; NULL: it is put together from the masks of the fields or elements.
 * NULL when the system gives no memory. Safe from any thread.
 */
const struct type *typetable_intern(const struct type *draft,
                                    const uint8_t *ptrmask);

/* Descriptors made so far, basic types not counted. */
size_t typetable_count(void);

/* Proves the table's invariants; throws where one does not hold. */
void typetable_check(void);

#endif
