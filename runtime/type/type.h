/*
 * type.h: type descriptors, and the reader that makes them from Go type text.
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

#endif
