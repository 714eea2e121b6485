/*
 * maptype.h: what a map of one key and element type is like: what the compiler
 * knows of it and hands to every map function.
 *
 * The two kinds of map keep the same entries in different boxes, so a type has
 * the layout of the one that the modelled release makes: of the other, nothing
 * is set. Who fills it in: classic/buckettype.c and swiss/grouptype.c.
 */
#ifndef MAP_MAPTYPE_H
#define MAP_MAPTYPE_H

#include "runtime/base/goversion.h"
#include "runtime/type/type.h"

/* Larger ones are kept by pointer, in either kind of map.
 * Go: map.go maxKeySize; internal/abi/map.go MapMaxKeyBytes. */
enum {
    maxKeySize = 128,
    maxElemSize = 128,
};

/* Which of Go's families of functions the compiler picks for a key type; the
 * kind of the map is part of it, so that an operation is one switch. */
enum mapfast {
    MAP_SLOW,
    MAP_FAST32,
    MAP_FAST32PTR,
    MAP_FAST64,
    MAP_FAST64PTR,
    MAP_FASTSTR,
    SWISS_SLOW, /* the same of swiss maps, in the same order */
    SWISS_FAST32,
    SWISS_FAST32PTR,
    SWISS_FAST64,
    SWISS_FAST64PTR,
    SWISS_FASTSTR,
};

/* Go: type.go maptype; internal/abi/map.go MapType. */
struct maptype {
    struct type typ; /* "map[string]int" */
    const struct type *key;
    const struct type *elem;
    enum mapKind kind;
    enum mapfast fast;
    bool indirectkey;
    bool indirectelem;
    uint8_t keysize; /* bytes that a slot has for it: PtrSize when indirect */
    uint8_t elemsize;

    /* MAPKIND_CLASSIC */
    uint16_t bucketsize;       /* bytes */
    const struct type *bucket; /* "map.bucket[string]int" */

    /* MAPKIND_SWISS */
    const struct type *group; /* "map.group[string]int" */
    uint32_t groupsize;       /* bytes */
    uint32_t slotsize;        /* bytes of {key, elem} with its padding */
    uint32_t elemoff;         /* bytes from a slot to its element */
};

/*
 * One descriptor for each pair of key and element type. Part of the door (map.h
 * includes it).
 */

/* The map type of key and elem, one for each pair, of the kind that the
 * modelled release has. NULL and *err filled when key is not comparable. */
const struct maptype *maptype_of(const struct type *key,
                                 const struct type *elem,
                                 struct typeError *err);
/* The same from text: "map[string]int". */
const struct maptype *maptype_parse(const char *text, struct typeError *err);

#endif
