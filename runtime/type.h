/*
 * type.h: type descriptors, and the reader that makes them from Go type text.
 *
 * A descriptor says what the allocator, the collector and the map must know of
 * a type: its size, which of its words are pointers, how it is hashed and
 * compared. One descriptor a type: equal texts give the same pointer.
 * Go: type.go, alg.go, cmd/compile reflectdata.
 */
#ifndef RUNTIME_TYPE_H
#define RUNTIME_TYPE_H

#include "runtime/base.h"

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

struct type;

struct field {
    const char *name;
    const struct type *typ;
    size_t offset; /* bytes from the start of the struct */
};

struct type {
    size_t size;    /* bytes */
    size_t ptrdata; /* bytes of the prefix that holds every pointer; 0: noscan */
    const uint8_t *gcdata; /* bit i: word i is a pointer; ptrdata/8 bits */
    /* Go: typehash and the compiler's eq functions. NULL: not comparable. */
    uintptr_t (*hash)(const struct type *t, const void *p, uintptr_t seed);
    bool (*equal)(const struct type *t, const void *a, const void *b);
    const char *str; /* as Go's reflect prints it: "map.bucket[string]int" */
    const struct type *elem;    /* array, pointer, slice, map value */
    const struct type *key;     /* map */
    const struct field *fields; /* struct: nfields of them */
    size_t len;                 /* array */
    uint16_t nfields;
    uint8_t align; /* bytes, a power of two */
    uint8_t kind;
    bool regularMemory; /* equal and hash treat it as size plain bytes */
    bool reflexiveKey;  /* k == k for every k: no floats, no interfaces inside */
    bool needKeyUpdate; /* overwriting must store the key again: +0/-0, strings */
    bool hashMightPanic; /* an interface somewhere inside */
};

/* What was wrong with a type text. */
struct typeError {
    char msg[160]; /* one line, no newline: what, and what would be right */
    size_t at;     /* byte offset in the text */
};

/*
 * Reads one Go type: bool, int…uintptr, float32/64, complex64/128, string,
 * unsafe.Pointer, byte, rune, error-free any and interface{}, *T, [N]T, []T,
 * map[K]V, struct{a, b T; c U}, chan T, func(). The whole text must be one
 * type. NULL and *err filled when it is not (err may be NULL), also for an
 * uncomparable map key and sizes that no map can hold.
 * Descriptors live for ever (persistentalloc).
 */
const struct type *type_parse(const char *text, struct typeError *err);

/* Descriptors made by other rooms: interned by str. ptrmask has a bit a word.
 * Used by map/maptype for buckets, hmap, mapextra, []*bmap. */
const struct type *type_new_struct(const char *str, size_t size, size_t align,
                                   size_t ptrdata, const uint8_t *ptrmask);
const struct type *type_pointer_to(const struct type *elem, const char *str);
const struct type *type_array_of(const struct type *elem, size_t len);

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
 * pointer to a box. Go: ifaceIndir / kindDirectIface. */
bool type_is_direct_iface(const struct type *t);

#endif
