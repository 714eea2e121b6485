/*
 * iface.h: putting a value into an interface{}, as the Go compiler does it.
 *
 * An interface is two words, the type and one word of data. A pointer is that
 * word itself; anything else is copied to the heap and the word points there.
 * This boxing is what m.Store(k, v) costs before sync.Map has done anything.
 * Some values need no box: those of one byte and integers below 256 point into
 * a table, empty strings and slices at zeroed memory.
 *
 * Part of the door (map.h includes it). Go: iface.go convT64
 */
#ifndef MAP_IFACE_H
#define MAP_IFACE_H

#include "runtime/type/type.h"

/* Each returns the data word for a value of its kind; what it points to must
 * not be changed. Go: iface.go convT64, and so on. */
const void *convT16(uint16_t val);
const void *convT32(uint32_t val);
const void *convT64(uint64_t val);
const void *convTstring(struct gostring val);
const void *convTslice(struct slice val);
const void *convT(const struct type *t, const void *v);      /* with pointers */
const void *convTnoptr(const struct type *t, const void *v); /* without */

/* Which of them the compiler calls for type t. */
enum conv {
    CONV_DIRECT, /* none: the value is the word */
    CONV_ZERO,   /* none: a value of no size */
    CONV_BYTE,   /* none: one byte, from the table */
    CONV_16,
    CONV_32,
    CONV_64,
    CONV_STRING,
    CONV_SLICE,
    CONV_NOPTR,
    CONV_ANY,
};
/* Go: cmd/compile/internal/walk/convert.go dataWord, dataWordFuncName. */
enum conv conv_of(const struct type *t);

extern const uint64_t staticuint64s[256]; /* 0, 1, 2, … Go: iface.go */

/* interface{}(*v), v of type t. Inlined: the conversion's caller is the user's
 * own function. */
ALWAYS_INLINE struct eface eface_of(const struct type *t, const void *v)
{
    struct eface e = {._type = t};
    /* The compiler must not know what v points to: else it warns of branches
     * that t never takes. */
    __asm__("" : "+r"(v));
    switch (conv_of(t)) {
    case CONV_DIRECT:
        e.data = *(void *const *)v;
        break;
    case CONV_ZERO:
        e.data = v;
        break;
    case CONV_BYTE:
        e.data = &staticuint64s[*(const uint8_t *)v];
        break;
    case CONV_16:
        e.data = convT16(*(const uint16_t *)v);
        break;
    case CONV_32:
        e.data = convT32(*(const uint32_t *)v);
        break;
    case CONV_64:
        e.data = convT64(*(const uint64_t *)v);
        break;
    case CONV_STRING:
        e.data = convTstring(*(const struct gostring *)v);
        break;
    case CONV_SLICE:
        e.data = convTslice(*(const struct slice *)v);
        break;
    case CONV_NOPTR:
        e.data = convTnoptr(t, v);
        break;
    case CONV_ANY:
        e.data = convT(t, v);
        break;
    }
    return e;
}

/* interface{}(k) for an int: what the examples use. */
ALWAYS_INLINE struct eface eface_int(int64_t k)
{
    return (struct eface){type_basic(kindInt), convT64((uint64_t)k)};
}

#endif
