/*
 * type.h: type descriptors, and the reader that makes them from Go type text.
 *
 * A descriptor says what the allocator, the collector and the map must know of
 * a type: its size, which of its words are pointers, how it is hashed and
 * compared. One descriptor a type: equal texts give the same pointer.
 * Go: type.go; alg.go; cmd/compile/internal/reflectdata/reflect.go.
 */
#ifndef RUNTIME_TYPE_TYPE_H
#define RUNTIME_TYPE_TYPE_H

#include "runtime/base/base.h"

/* Go's kinds, with Go's numbers (typekind.go). */
enum kind {
    kindBool = 1,
    kindInt,
    kindInt8,
    kindInt16,
    kindInt32,
    kindInt64,
    kindUint,
    kindUint8,
    kindUint16,
    kindUint32,
    kindUint64,
    kindUintptr,
    kindFloat32,
    kindFloat64,
    kindComplex64,
    kindComplex128,
    kindArray,
    kindChan,
    kindFunc,
    kindInterface,
    kindMap,
    kindPtr,
    kindSlice,
    kindString,
    kindStruct,
    kindUnsafePointer,
};

/* How values of a type are hashed and compared: Go's AlgType, with the memory
 * kinds told apart by size as reflectdata.AlgType does. */
enum alg {
    ANOEQ, /* not comparable */
    AMEM0, /* plain memory of 0, 1, 2, 4, 8 or 16 bytes … */
    AMEM8,
    AMEM16,
    AMEM32,
    AMEM64,
    AMEM128,
    AMEM, /* … or of any other size */
    ASTRING,
    ANILINTER, /* interface{} */
    AFLOAT32,
    AFLOAT64,
    ACPLX64,
    ACPLX128,
    ASPECIAL, /* array or struct, element by element */
};

struct type;

struct field {
    const char *name; /* "_" is blank: never hashed nor compared */
    const struct type *typ;
    size_t offset; /* bytes from the start of the struct */
};

struct type {
    size_t size; /* bytes */
    size_t
        ptrdata; /* bytes of the prefix that holds every pointer; 0: noscan */
    const uint8_t *gcdata; /* bit i: word i is a pointer; ptrdata/8 bits, then
                              zeros up to whole, aligned 64-bit words */
    /* What the compiler generates for a map key of this type (see typealg.h);
     * NULL: not comparable.
     * Go: cmd/compile/internal/reflectdata/alg.go genhash, geneq. */
    uintptr_t (*hash)(const struct type *t, const void *p, uintptr_t seed);
    bool (*equal)(const struct type *t, const void *a, const void *b);
    const char *str; /* as Go's reflect prints it: "map.bucket[string]int" */
    const struct type *elem;    /* array, pointer, slice, chan, map value */
    const struct type *key;     /* map */
    const struct field *fields; /* struct: nfields of them */
    size_t len;                 /* array */
    uint16_t nfields;
    uint8_t align; /* bytes, a power of two */
    uint8_t kind;
    uint8_t alg;        /* enum alg */
    bool regularMemory; /* equal and hash treat it as size plain bytes */
    bool reflexiveKey; /* k == k for every k: no floats, no interfaces inside */
    bool
        needKeyUpdate; /* overwriting must store the key again: +0/-0, strings */
    bool hashMightPanic; /* an interface somewhere inside */
};

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
 * unsafe.Pointer, byte, rune, any, interface{} (no methods), *T, [N]T, []T,
 * map[K]V, struct{a, b T; c U}, chan T, func(T) U. The whole text must be one
 * type. NULL and *err filled when it is not (err may be NULL), also for an
 * uncomparable map key and sizes above MaxTypeSize.
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

/* Go's values as they lie in memory. */
struct gostring {
    const char *str;
    intptr_t len;
};
struct eface { /* interface{}: NULL _type is the nil interface */
    const struct type *_type;
    const void *data;
};
struct slice {
    void *array;
    intptr_t len;
    intptr_t cap;
};

/* True when an interface holding t stores the value itself as data, not a
 * pointer to a box. Go: typekind.go isDirectIface. */
bool type_is_direct_iface(const struct type *t);

#endif
