/*
 * grouptype.c: from key and element type to the group of a swiss map.
 *
 *     maptype --> [grouptype] --> runtime/type (a group is a struct)
 *
 * A group is laid out by the same rules as any other struct:
 *
 *     ctrl uint64 | slots [8]struct{ key K; elem E }
 *
 * K and E become pointers when they are larger than 128 bytes. Key and element
 * stand side by side, so one cache line has both; what it costs is padding: a
 * slot of map[int64]bool has 16 bytes. An element without a size costs that,
 * too: a struct that ends in such a field is made larger, so that the field's
 * address is not that of whatever comes behind.
 *
 * Locking: none; descriptors are there from the start, or interned by
 * runtime/type.
 */
#include "alloc/malloc.h"
#include "map/swiss/swissgroup.h"
#include "map/swiss/swissmap.h"
#include "map/swiss/swisstable.h"
#include "runtime/base/bits.h"
#include <stdio.h>
#include <stdlib.h>

/* struct{ key K; elem E }, with pointers for what is indirect; NULL without
 * memory. */
static const struct type *slot_struct(const struct maptype *t)
{
    struct field f[] = {
        {.name = "key",
         .typ = t->indirectkey ? type_pointer_to(t->key, NULL) : t->key},
        {.name = "elem",
         .typ = t->indirectelem ? type_pointer_to(t->elem, NULL) : t->elem},
    };
    if (f[0].typ == NULL || f[1].typ == NULL)
        return NULL;
    return type_struct_of(f, ARRAY_LEN(f), NULL);
}

/* The struct that a group of such slots is; NULL without memory. */
static const struct type *group_struct(const struct type *slot)
{
    struct field f[] = {
        {.name = "ctrl", .typ = type_basic(kindUint64)},
        {.name = "slots", .typ = type_array_of(slot, groupSlots, NULL)},
    };
    if (f[1].typ == NULL)
        return NULL;
    return type_struct_of(f, ARRAY_LEN(f), NULL);
}

bool grouptype_fill(struct maptype *t)
{
    t->indirectkey = t->key->size > maxKeySize;
    t->indirectelem = t->elem->size > maxElemSize;
    const struct type *slot = slot_struct(t);
    const struct type *s = slot == NULL ? NULL : group_struct(slot);
    char *str;
    if (s == NULL ||
        asprintf(&str, "map.group[%s]%s", t->key->str, t->elem->str) < 0)
        return false;
    t->group = type_new_struct(str, s->size, s->align, s->ptrdata, s->gcdata);
    free(str);
    t->keysize = (uint8_t)slot->fields[0].typ->size;
    t->elemsize = (uint8_t)slot->fields[1].typ->size;
    t->groupsize = (uint32_t)s->size;
    t->slotsize = (uint32_t)slot->size;
    t->elemoff = (uint32_t)slot->fields[1].offset;
    return t->group != NULL;
}

/* Constants, because making the first map must need no more memory than Go's
 * does. */
static const uint8_t word0[8] __attribute__((aligned(8))) = {1};
static const uint8_t word2[8] __attribute__((aligned(8))) = {4};

static struct type mapType = {.str = "maps.Map",
                              .kind = kindStruct,
                              .size = sizeof(struct swissMap),
                              .align = PtrSize,
                              .ptrdata = 3 * PtrSize,
                              .gcdata = word2};

static struct type tableType = {.str = "maps.table",
                                .kind = kindStruct,
                                .size = sizeof(struct swissTable),
                                .align = PtrSize,
                                .ptrdata = 3 * PtrSize,
                                .gcdata = word2};

static struct type tablePtrType = {.str = "*maps.table",
                                   .kind = kindPtr,
                                   .elem = &tableType,
                                   .size = PtrSize,
                                   .align = PtrSize,
                                   .ptrdata = PtrSize,
                                   .gcdata = word0};

_Static_assert(sizeof(struct swissMap) == 48, "Go's Map has 48 bytes");
_Static_assert(sizeof(struct swissTable) == 32, "Go's table has 32 bytes");
_Static_assert(offsetof(struct swissMap, dirPtr) == 16 &&
                   offsetof(struct swissTable, groups) == 16,
               "the pointers of both are word 2");
_Static_assert(offsetof(struct swissMap, globalDepth) == 32 &&
                   offsetof(struct swissMap, writing) == 34 &&
                   offsetof(struct swissMap, clearSeq) == 40,
               "Go's Map, to the byte");
_Static_assert(offsetof(struct swissTable, localDepth) == 6 &&
                   offsetof(struct swissTable, lengthMask) == 24,
               "Go's table, to the byte");

const struct type *swissMap_type(void)
{
    return &mapType;
}

const struct type *swissTable_type(void)
{
    return &tableType;
}

const struct type *swissTablePtr_type(void)
{
    return &tablePtrType;
}

/*
 * What a hint makes.
 *
 * Locking: none; pure functions.
 */

/* The least power of two that is n or more; 0 when it does not fit.
 * Go: group.go alignUpPow2. */
static uint64_t alignUpPow2(uint64_t n)
{
    uint32_t bits = n == 0 ? 0 : bits_len64(n - 1);
    return n == 0 || bits == 64 ? 0 : (uint64_t)1 << bits;
}

struct tableSizes table_sizes(const struct maptype *t, intptr_t hint)
{
    const struct tableSizes none = {0, 0};
    uint64_t slots = (uint64_t)hint * groupSlots;
    uint64_t target = slots / maxAvgGroupLoad;
    size_t mem;
    if (hint <= groupSlots || target < (uint64_t)hint)
        return none;
    uint64_t dirSize =
        alignUpPow2((target + maxTableCapacity - 1) / maxTableCapacity);
    /* A group for each slot: eight times too much, but so Go counts. */
    if (mul_overflows(dirSize * maxTableCapacity, t->groupsize, &mem) ||
        mem > maxAlloc)
        return none;
    /* Rounded down here: a hint just past what fits in dirSize / 2 full tables
     * gets dirSize tables of half the room. */
    uint64_t capacity = alignUpPow2(target / dirSize);
    return (struct tableSizes){dirSize, (uint16_t)capacity};
}
