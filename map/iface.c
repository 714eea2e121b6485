/*
 * iface.c: the boxes of interfaces.
 *
 *     m.Store(k, v) in a program --> [iface] --> mallocgc
 *
 * Eight pointer-free bytes are a tiny object: two boxed integers share a block.
 *
 * Locking: none.
 */
#include "map/iface.h"
#include "alloc/malloc.h"
#include "map/mapshared.h"
#include "runtime/type/type.h"
#include <string.h>

/* clang-format off */
const uint64_t staticuint64s[256] = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
    24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
    36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
    48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59,
    60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71,
    72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83,
    84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95,
    96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107,
    108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119,
    120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131,
    132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143,
    144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155,
    156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167,
    168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179,
    180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191,
    192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203,
    204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215,
    216, 217, 218, 219, 220, 221, 222, 223, 224, 225, 226, 227,
    228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239,
    240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251,
    252, 253, 254, 255,
};
/* clang-format on */

GOFRAME const void *convT16(uint16_t val)
{
    if (val < ARRAY_LEN(staticuint64s))
        return &staticuint64s[val];
    uint16_t *x = mallocgc(sizeof(val), type_basic(kindUint16), false);
    *x = val;
    return x;
}
GOFRAME_OF(convT16, "runtime.convT16");

GOFRAME const void *convT32(uint32_t val)
{
    if (val < ARRAY_LEN(staticuint64s))
        return &staticuint64s[val];
    uint32_t *x = mallocgc(sizeof(val), type_basic(kindUint32), false);
    *x = val;
    return x;
}
GOFRAME_OF(convT32, "runtime.convT32");

GOFRAME const void *convT64(uint64_t val)
{
    if (val < ARRAY_LEN(staticuint64s))
        return &staticuint64s[val];
    uint64_t *x = mallocgc(sizeof(val), type_basic(kindUint64), false);
    *x = val;
    return x;
}
GOFRAME_OF(convT64, "runtime.convT64");

GOFRAME const void *convTstring(struct gostring val)
{
    if (val.len == 0)
        return zero_value(sizeof(val));
    struct gostring *x = mallocgc(sizeof(val), type_basic(kindString), true);
    *x = val;
    return x;
}
GOFRAME_OF(convTstring, "runtime.convTstring");

GOFRAME const void *convTslice(struct slice val)
{
    if (val.array == NULL)
        return zero_value(sizeof(val));
    const struct type *t = type_slice_of(type_basic(kindUint8), NULL);
    struct slice *x = mallocgc(sizeof(val), t, true);
    *x = val;
    return x;
}
GOFRAME_OF(convTslice, "runtime.convTslice");

GOFRAME const void *convT(const struct type *t, const void *v)
{
    void *x = mallocgc(t->size, t, true);
    memcpy(x, v, t->size);
    return x;
}
GOFRAME_OF(convT, "runtime.convT");

GOFRAME const void *convTnoptr(const struct type *t, const void *v)
{
    void *x = mallocgc(t->size, t, false);
    memcpy(x, v, t->size);
    return x;
}
GOFRAME_OF(convTnoptr, "runtime.convTnoptr");

/* A value of size bytes that could stand in a register of that size. */
static bool is_plain(const struct type *t, size_t size)
{
    return t->size == size && t->align == size && t->ptrdata == 0;
}

/* A struct of one field, or an array of one element, is what is in it. */
static const struct type *sole_component(const struct type *t)
{
    for (;;) {
        if (t->kind == kindStruct && t->nfields == 1)
            t = t->fields[0].typ;
        else if (t->kind == kindArray && t->len == 1)
            t = t->elem;
        else
            return t;
    }
}

static bool is_one_byte(const struct type *t)
{
    t = sole_component(t);
    return t->kind == kindBool || t->kind == kindInt8 || t->kind == kindUint8;
}

/* How a value that must go to the heap as it is gets there. */
static enum conv conv_boxed(const struct type *t)
{
    enum kind sole = sole_component(t)->kind;
    if (sole == kindString)
        return CONV_STRING;
    if (sole == kindSlice)
        return CONV_SLICE;
    return t->ptrdata == 0 ? CONV_NOPTR : CONV_ANY;
}

enum conv conv_of(const struct type *t)
{
    if (type_is_direct_iface(t))
        return CONV_DIRECT;
    if (t->size == 0)
        return CONV_ZERO;
    if (is_one_byte(t))
        return CONV_BYTE;
    if (is_plain(t, 2))
        return CONV_16;
    if (is_plain(t, 4))
        return CONV_32;
    if (is_plain(t, 8))
        return CONV_64;
    return conv_boxed(t);
}
