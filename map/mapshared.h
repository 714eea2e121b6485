/*
 * mapshared.h: what both kinds of map share: zeroed memory to answer with, the
 * report of a growth, and whose allocation it is. The growth's report is part
 * of the door (map.h includes it).
 */
#ifndef MAP_MAPSHARED_H
#define MAP_MAPSHARED_H

#include "alloc/malloc.h"
#include "map/maptype.h"
#include "runtime/base/base.h"
#include "runtime/sched/thread.h"

/*
 * Zeroed memory to answer with where a key is absent.
 */

enum { maxZero = 1024 }; /* bytes that nearly every element fits in */

extern const uint64_t zeroVal[maxZero / sizeof(uint64_t)];

/* size zeroed bytes for an element above maxZero. They are shared, live for
 * ever, and must not be written to. Ends the program without memory. In Go the
 * compiler lays such a block down for each type (map.go mapaccess1_fat). */
const void *zero_large(size_t size);

/* size zeroed bytes, not to be written to. */
ALWAYS_INLINE const void *zero_value(size_t size)
{
    return LIKELY(size <= maxZero) ? zeroVal : zero_large(size);
}

/*
 * What a map reports when it grows, to whoever listens: the growth log of
 * scenarios. Nobody does until a measurement begins.
 */

struct mapGrowth {
    const struct maptype *t;
    const void *m;  /* the map's header */
    intptr_t count; /* entries of the map when it began */
    intptr_t moves; /* … of those, what it moves: all, or those of one table */
    size_t bytes;   /* of the new array or arrays, class-rounded */

    /* MAPKIND_CLASSIC */
    uint8_t oldB, newB;
    uint16_t noverflow; /* before */
    bool sameSize;      /* too many overflow buckets, not too many entries */

    /* MAPKIND_SWISS */
    uint32_t oldSlots, newSlots; /* of the table, and of each in its place */
    size_t letGo;                /* bytes of what they replace, in use until
                                    the insert has ended */
    bool split;                  /* two tables in its place */
    size_t places;               /* of the directory now */
};
extern void (*mapgrow_hook)(const struct mapGrowth *g);

/*
 * When the proof of a map is due (CHECK=3).
 */

/* Whether a map of so many entries is to be looked through after this write:
 * always up to a thousand, and a larger one so seldom that a write pays for a
 * thousand entries, or a map of 10^5 could not be grown under proof. */
static inline bool map_proof_due(uint64_t entries)
{
    enum { EntriesAWrite = 1000 };
    static __thread uint64_t writes;

    return entries <= EntriesAWrite ||
           ++writes % (entries / EntriesAWrite) == 0;
}

/*
 * Whose allocation it is. While a map allocates, its thread names it
 * (m->owner), and so the profile can say which make is to blame.
 */

/* From here to map_disown, profiles name map m as the owner of what is
 * allocated. Returns who it was before. */
ALWAYS_INLINE const void *map_own(const void *m)
{
    struct m *thread = getm();
    const void *before = thread->owner;
    thread->owner = m;
    return before;
}

ALWAYS_INLINE void map_disown(const void *before)
{
    getm()->owner = before;
}

/* newobject(typ) for map m. Inlined, so that the caller is the one in the
 * chain. */
ALWAYS_INLINE void *map_newobject(const void *m, const struct type *typ)
{
    const void *before = map_own(m);
    void *p = newobject(typ);
    map_disown(before);
    return p;
}

#endif
