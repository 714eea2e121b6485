/*
 * typedesc.h: a type descriptor: what the allocator, the collector and the map
 * must know of a type: its size, which of its words are pointers, how it is
 * hashed and compared. type.h makes them.
 * Go: type.go; alg.go; cmd/compile/internal/reflectdata/reflect.go.
 */
#ifndef RUNTIME_TYPE_TYPEDESC_H
#define RUNTIME_TYPE_TYPEDESC_H

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
    /* What the compiler generates for a map key of this type (see type.h);
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
    bool needKeyUpdate;  /* overwriting must store the key: +0/-0, strings */
    bool hashMightPanic; /* an interface somewhere inside */
    /* What newobject (malloc.c) has found out about making one; 0: nothing yet.
     * It is the same whoever asks: any thread may write it, unlocked. So no
     * descriptor stands where nothing can be written. */
    int8_t newclass;
};

ALWAYS_INLINE int8_t type_newclass(const struct type *t)
{
    return __atomic_load_n(&t->newclass, __ATOMIC_RELAXED);
}

ALWAYS_INLINE void type_setNewclass(const struct type *t, int8_t newclass)
{
    __atomic_store_n(&((struct type *)(uintptr_t)t)->newclass, newclass,
                     __ATOMIC_RELAXED);
}

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

#endif
