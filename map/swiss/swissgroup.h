/*
 * swissgroup.h: what lies in a swiss map's memory, and the small questions
 * everybody asks of it. Private to this room; its door is swissmap.h.
 *
 *              8 bytes        8 * slotsize bytes
 *     group  +------------+--------------------------+-- --+------------+
 *            | ctrl 0 … 7 | key 0 | elem 0 | padding |  …  | … elem 7 … |
 *            +------------+--------------------------+-- --+------------+
 *
 * A control byte says what is in its slot: the low seven bits of the key's hash
 * (h2), or one of the marks below. The other bits of the hash (h1) say in which
 * group of a table the search for a key begins.
 *
 *     hash  | directory index … h1 … group |  h2  |
 *           63                             7      0
 *
 * The directory is indexed by the top bits and groups by the low bits of h1, so
 * that a table's entries spread over its groups whatever the directory's size.
 */
#ifndef MAP_SWISS_SWISSGROUP_H
#define MAP_SWISS_SWISSGROUP_H

#include "alloc/malloc.h"
#include "map/mapkey.h"
#include "map/mapshared.h"
#include "map/swiss/swissmap.h"
#include "runtime/base/bytes8.h"
#include "runtime/base/throw.h"

/* Go: group.go ctrlEmpty, ctrlDeleted. Bytes below 128 are h2 of an entry. */
enum {
    ctrlEmpty = 0x80,
    ctrlDeleted = 0xfe, /* held an entry; searches must go on behind it */
};

struct swissGroup {
    union {
        uint64_t word;
        uint8_t ctrl[groupSlots];
    };
    char slots[];
};

/* Go: table.go table. */
struct swissTable {
    uint16_t used;       /* entries */
    uint16_t capacity;   /* slots: a power of two, 16 to maxTableCapacity */
    uint16_t growthLeft; /* empty slots that may still be filled */
    uint8_t localDepth;  /* top bits of the hash that all entries share */
    intptr_t index;      /* its first place in the directory; -1: replaced */
    struct swissGroup *groups;
    uint64_t lengthMask; /* number of groups, a power of two, minus 1 */
};

/* Hashes. Go: maps/map.go h1, h2. */

ALWAYS_INLINE uint64_t h1(uintptr_t hash)
{
    return hash >> 7;
}

ALWAYS_INLINE uint8_t h2(uintptr_t hash)
{
    return hash & 0x7f;
}

/* Control bytes. */

ALWAYS_INLINE struct bytes8 swissGroup_ctrls(const struct swissGroup *g)
{
    return bytes8_load(g->ctrl);
}

ALWAYS_INLINE uint64_t ctrls_matchEmpty(struct bytes8 ctrls)
{
    return bytes8_equal(ctrls, bytes8_all(ctrlEmpty));
}

ALWAYS_INLINE uint64_t ctrls_matchEmptyOrDeleted(struct bytes8 ctrls)
{
    return bytes8_high(ctrls);
}

ALWAYS_INLINE uint64_t ctrls_matchFull(struct bytes8 ctrls)
{
    return bytes8_others(bytes8_high(ctrls));
}

/*
 * The same questions to the word itself, for writes. What they store goes to
 * the place of the answer, and on an AMD EPYC (Zen 3) few later loads go ahead
 * of a store until its place is known (tests/bench/RESULTS.md); in a general
 * register it is known sooner than by way of SSE2's: 1000 integers are put into
 * a map made for them in 0.97 of the time. A set has the highest bit of each of
 * its bytes.
 */

static const uint64_t allEmpty = UINT64_MAX / 0xff * ctrlEmpty;

/* Of the bytes with the highest bit, ctrlEmpty has not the second lowest. */
ALWAYS_INLINE uint64_t word_matchEmpty(uint64_t word)
{
    return word & ~(word << 6) & allEmpty;
}

ALWAYS_INLINE uint64_t word_matchEmptyOrDeleted(uint64_t word)
{
    return word & allEmpty;
}

ALWAYS_INLINE uintptr_t word_first(uint64_t set)
{
    return (uintptr_t)(unsigned)__builtin_ctzll(set) / 8;
}

/* Writes a control byte, by storing its whole word: a load of the word would
 * wait until a byte that was just stored is in the cache. */
ALWAYS_INLINE void swissGroup_setCtrl(struct swissGroup *g, uintptr_t i,
                                      uint8_t ctrl)
{
    unsigned bit = 8 * (unsigned)i;
    g->word = (g->word & ~((uint64_t)0xff << bit)) | (uint64_t)ctrl << bit;
}

ALWAYS_INLINE void swissGroup_setEmpty(struct swissGroup *g)
{
    g->word = allEmpty;
}

/* Places. */

ALWAYS_INLINE struct swissGroup *swissTable_group(const struct maptype *t,
                                                  const struct swissTable *tab,
                                                  uint64_t i)
{
    return (struct swissGroup *)((char *)tab->groups + i * t->groupsize);
}

/* Where the key is, or where it points to the key. */
ALWAYS_INLINE void *key_place(const struct maptype *t, struct swissGroup *g,
                              uintptr_t i)
{
    return g->slots + i * t->slotsize;
}

/* Bytes from a key to its element. */
ALWAYS_INLINE size_t family_elemoff(const struct maptype *t, enum mapfast f)
{
    switch (f) {
    case MAP_FAST64:
        return sizeof(uint64_t); /* nothing is aligned to more */
    case MAP_FASTSTR:
        return sizeof(struct gostring);
    default:
        return t->elemoff;
    }
}

ALWAYS_INLINE void *elem_place(const struct maptype *t, enum mapfast f,
                               void *key)
{
    return (char *)key + family_elemoff(t, f);
}

/* The groups in which a key is looked for, one after the other: each further
 * from the one before by one more, which comes by every group once.
 * Go: table.go probeSeq. */
struct probeSeq {
    uint64_t mask;
    uint64_t offset; /* of the group that is looked at */
    uint64_t index;
};

ALWAYS_INLINE struct probeSeq makeProbeSeq(uint64_t lengthMask, uintptr_t hash)
{
    return (struct probeSeq){lengthMask, h1(hash) & lengthMask, 0};
}

ALWAYS_INLINE void probeSeq_next(struct probeSeq *seq)
{
    seq->index++;
    seq->offset = (seq->offset + seq->index) & seq->mask;
}

/* The directory. */

/* Which table of m the hash selects: its top bits, turned to the bottom. Go
 * shifts them there. Go: maps/map.go (*Map).directoryIndex. */
ALWAYS_INLINE uintptr_t swissMap_directoryIndex(const struct swissMap *m,
                                                uintptr_t hash)
{
    unsigned depth = m->globalDepth & 63;
    uintptr_t turned = hash << depth | hash >> (-depth & 63);
    return turned & ((uintptr_t)m->dirLen - 1);
}

/* Go: maps/map.go (*Map).directoryAt. */
ALWAYS_INLINE struct swissTable *swissMap_directoryAt(const struct swissMap *m,
                                                      uintptr_t i)
{
    return ((struct swissTable **)m->dirPtr)[i];
}

ALWAYS_INLINE struct swissTable *swissMap_tableOf(const struct swissMap *m,
                                                  uintptr_t hash)
{
    return swissMap_directoryAt(m, swissMap_directoryIndex(m, hash));
}

/* A map of at most eight entries has no directory: dirPtr is its one group, or
 * NULL before the first write. */
ALWAYS_INLINE bool swissMap_isSmall(const struct swissMap *m)
{
    return m->dirLen == 0;
}

/* In how many places of the directory a table of this depth stands. */
ALWAYS_INLINE uintptr_t directory_places(const struct swissMap *m,
                                         uint8_t localDepth)
{
    return (uintptr_t)1 << (m->globalDepth - localDepth);
}

/*
 * Go has no lock in a map, only this mark: a writer sets it and takes it away,
 * and whoever finds it in the wrong state ends the program. It is read and
 * written as an atomic so that the compiler keeps both looks; it detects misuse
 * by luck, as Go's does, and orders nothing.
 */
ALWAYS_INLINE bool swissMap_isWritten(const struct swissMap *m)
{
    return __atomic_load_n(&m->writing, __ATOMIC_RELAXED) != 0;
}

/* Nobody was writing, as the caller has seen; a thread that has begun since
 * takes the mark away again, and both find it missing. */
ALWAYS_INLINE void swissMap_beginWriting(struct swissMap *m)
{
    uint8_t writing = __atomic_load_n(&m->writing, __ATOMIC_RELAXED);
    __atomic_store_n(&m->writing, writing ^ 1, __ATOMIC_RELAXED);
}

ALWAYS_INLINE void swissMap_endWriting(struct swissMap *m)
{
    if (UNLIKELY(!swissMap_isWritten(m)))
        fatal("concurrent map writes");
    __atomic_store_n(&m->writing, 0, __ATOMIC_RELAXED);
}

#endif
