/*
 * buckettype.c: what a bucket of one key and element type is like.
 *
 *     maptable --> [buckettype] --> runtime/type (buckets are structs)
 *
 * A bucket is laid out by the same rules as any other struct, from the fields
 * that Go's compiler gives it:
 *
 *     topbits [8]uint8 | keys [8]K | elems [8]E | overflow
 *
 * K and E become pointers when they are larger than 128 bytes. The overflow
 * field is a pointer, except where neither K nor E has any: then it is declared
 * uintptr, the whole bucket is pointer-free, the collector skips it, and hmap
 * keeps the overflow buckets alive by a list on the side (mapextra).
 *
 * Locking: none.
 */
#include "map/classic/hmap.h"
#include "map/classic/mapbucket.h"
#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include <stdio.h>
#include <stdlib.h>

/* The type of a slot for values of type t; NULL without memory. */
static const struct type *slot_type(const struct type *t, size_t max)
{
    return t->size > max ? type_pointer_to(t, NULL) : t;
}

/* The struct that a bucket is; NULL without memory. */
static const struct type *bucket_struct(const struct type *keyslot,
                                        const struct type *elemslot)
{
    bool scan = keyslot->ptrdata > 0 || elemslot->ptrdata > 0;
    struct field f[] = {
        {.name = "topbits",
         .typ = type_array_of(type_basic(kindUint8), bucketCnt, NULL)},
        {.name = "keys", .typ = type_array_of(keyslot, bucketCnt, NULL)},
        {.name = "elems", .typ = type_array_of(elemslot, bucketCnt, NULL)},
        {.name = "overflow",
         .typ = type_basic(scan ? kindUnsafePointer : kindUintptr)},
    };

    for (size_t i = 0; i < ARRAY_LEN(f); i++) {
        if (f[i].typ == NULL)
            return NULL;
    }
    return type_struct_of(f, ARRAY_LEN(f), NULL);
}

/* "map.bucket[K]E": the bucket's struct under the name that Go gives it; NULL
 * without memory. */
static const struct type *bucket_type(const struct maptype *t,
                                      const struct type *keyslot,
                                      const struct type *elemslot)
{
    const struct type *s = bucket_struct(keyslot, elemslot), *named;
    char *str;

    if (s == NULL)
        return NULL;
    ASSERT(s->align == PtrSize);
    ASSERT(s->fields[3].offset == s->size - PtrSize);
    if (asprintf(&str, "map.bucket[%s]%s", t->key->str, t->elem->str) < 0)
        return NULL;
    named = type_new_struct(str, s->size, s->align, s->ptrdata, s->gcdata);
    free(str);
    return named;
}

bool buckettype_fill(struct maptype *t)
{
    const struct type *keyslot = slot_type(t->key, maxKeySize);
    const struct type *elemslot = slot_type(t->elem, maxElemSize);

    if (keyslot == NULL || elemslot == NULL)
        return false;
    t->bucket = bucket_type(t, keyslot, elemslot);
    if (t->bucket == NULL)
        return false;
    t->bucketsize = (uint16_t)t->bucket->size;
    t->keysize = (uint8_t)keyslot->size;
    t->elemsize = (uint8_t)elemslot->size;
    t->indirectkey = keyslot != t->key;
    t->indirectelem = elemslot != t->elem;
    return true;
}

/* What maps allocate apart from buckets: there from the start, because making
 * the first map must need no more memory than Go's does. */
static const uint8_t word0[8] __attribute__((aligned(8))) = {1};
static const uint8_t words012[8] __attribute__((aligned(8))) = {7};
static const uint8_t words235[8] __attribute__((aligned(8))) = {0x2c};

static struct type bmapType = {
    .str = "runtime.bmap", .kind = kindStruct, .size = bucketCnt, .align = 1};

static struct type bmapPtrType = {.str = "*runtime.bmap",
                                  .kind = kindPtr,
                                  .elem = &bmapType,
                                  .size = PtrSize,
                                  .align = PtrSize,
                                  .ptrdata = PtrSize,
                                  .gcdata = word0};

static struct type bmapSliceType = {.str = "[]*runtime.bmap",
                                    .kind = kindSlice,
                                    .elem = &bmapPtrType,
                                    .size = sizeof(struct slice),
                                    .align = PtrSize,
                                    .ptrdata = PtrSize,
                                    .gcdata = word0};

static struct type mapextraType = {.str = "runtime.mapextra",
                                   .kind = kindStruct,
                                   .size = sizeof(struct mapextra),
                                   .align = PtrSize,
                                   .ptrdata = sizeof(struct mapextra),
                                   .gcdata = words012};

static struct type hmapType = {.str = "runtime.hmap",
                               .kind = kindStruct,
                               .size = sizeof(struct hmap),
                               .align = PtrSize,
                               .ptrdata = sizeof(struct hmap),
                               .gcdata = words235};

_Static_assert(sizeof(struct hmap) == 48, "Go's hmap has 48 bytes");
_Static_assert(sizeof(struct mapextra) == 24, "Go's mapextra has 24 bytes");
_Static_assert(offsetof(struct hmap, buckets) == 16 &&
                   offsetof(struct hmap, oldbuckets) == 24 &&
                   offsetof(struct hmap, extra) == 40,
               "hmap's pointers are words 2, 3 and 5");

const struct type *hmap_type(void)
{
    return &hmapType;
}

const struct type *mapextra_type(void)
{
    return &mapextraType;
}

const struct type *bmapSlice_type(void)
{
    return &bmapSliceType;
}

const struct type *bmapPtr_type(void)
{
    return &bmapPtrType;
}
