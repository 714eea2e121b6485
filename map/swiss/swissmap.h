/*
 * swissmap.h: THE DOOR of the swiss map: Go's map from 1.24 on, exact.
 *
 * The bucket map before it (map/classic) chains what does not fit; this one
 * looks further. Eight slots form a group, a power of two of groups a table,
 * and who does not find room in his group goes on to the next of a fixed
 * sequence. So a map is never more than 7/8 full, an entry costs no pointer,
 * and nothing is allocated but whole tables.
 *
 * WHO IS WHO
 *   Map        the header, 48 bytes: what the variable m points to
 *   group      8 control bytes, then 8 slots of key and element side by side
 *   table      32 bytes: counters, and an array of 2 to 128 groups
 *   directory  pointers to tables, a power of two of them
 *   maptype    what the compiler knows: sizes, key functions, group layout
 *
 *      Map                directory        tables           groups
 *    +-------------+     +-------+       +-------------+  +----+-- --+----+
 *    | used   seed |     | 00 ---|------>| localDepth 1|->| 0  |  …  | 63 |
 *    | dirPtr -----|---->| 01 ---|---^   +-------------+  +----+-- --+----+
 *    | dirLen    4 |     | 10 ---|------>| localDepth 2|-> …
 *    | globalDepth |     | 11 ---|--+    +-------------+
 *    |           2 |     +-------+  +--->| localDepth 2|-> …
 *    +-------------+                     +-------------+
 *
 *    of at most 8 entries:  dirPtr --> one group, and dirLen is 0
 *
 * Extendible hashing: the top globalDepth bits of a hash are its place in the
 * directory. A table that has not been split since the directory last doubled
 * stands in two places, or four: 2^(globalDepth - localDepth).
 *
 * THE ROAD OF ONE m[k] = v
 *   1. The compiler has picked mapassign, or mapassign_fast32, _fast64,
 *      _fast64ptr or _faststr where the key is 4 or 8 plain bytes, a pointer or
 *      a string and the element is at most 128 bytes.
 *   2. k is hashed with the map's own seed of 64 bits, so that nobody can
 *      prepare keys that collide.
 *   3. The first write of all allocates one group: growToSmall. Up to eight
 *      entries nothing else is needed: one group is searched whole, nothing is
 *      probed, and a deleted slot is simply empty again.
 *   4. The ninth key: growToTable makes a table of 16 slots, moves the eight
 *      entries into it by their whole hash, and a directory of one. From here
 *      on a slot depends on the seed.
 *   5. The top bits of the hash pick the table, the bits above the lowest seven
 *      (h1) the group in which the search begins.
 *   6. The group's eight control bytes are compared with the lowest seven bits
 *      (h2) at once, and only keys whose byte matches are looked at. Found: its
 *      element's address is the result.
 *   7. Has the group an empty slot? Then no key was ever pushed on from here,
 *      so k is not in the map. Else the next group is searched: 1 further, then
 *      2, then 3.
 *   8. k goes where a tombstone was met first, since that slot counts as taken
 *      already; else into the empty slot that ended the search, if growthLeft
 *      allows one more.
 *   9. It does not: tombstones that nobody needs are turned back
 *      (pruneTombstones), and if that is not enough the table makes room
 *      (rehash, below), and all begins again at 5, since everything stands
 *      elsewhere now.
 *  10. Keys or elements above 128 bytes are boxed: an object each, the slot
 *      holds the pointer.
 *  11. The control byte is written, the counters of table and map rise, and the
 *      caller stores v.
 *
 * HOW A MAP GROWS
 * A table at a time, and that table at once: there are no old arrays that later
 * writes empty. Below 1024 slots it is replaced by one of twice the capacity
 * (grow). At 1024 it is split in two of 1024, by the first bit of the hash that
 * the directory did not use for it (split); where the directory has no place
 * for both it is doubled first (installTableSplit). So the spike is one table,
 * 18 KB of a map[int]int, however large the map is. What it costs: tables fill
 * up at different times, so a large map is between 7/16 and 7/8 full, with all
 * degrees in between at once.
 *
 * TOMBSTONES
 * Who deletes from a full group must leave a mark: a search that passed by when
 * the group was full must go on passing by. Such a slot is taken until a new
 * key comes by. A group that is not full needs no mark, as searches end in it
 * anyway; so a group has empty slots or tombstones, never both. used +
 * tombstones + growthLeft is 7/8 of the capacity at all times. A table full of
 * tombstones grows like one full of entries. From Go 1.25 on it first looks for
 * groups that no entry's search passes, and if their tombstones are a tenth of
 * all slots, turns them to empty (swissgrow.c). Deleting frees no table;
 * clearing empties all tables in place.
 *
 * WHERE EACH ALLOCATION COMES FROM
 *   Map           make, unless it does not escape
 *   group         the first write (growToSmall)
 *   table and     make with a hint of 9 and more (NewMap), the ninth key
 *   its groups    (growToTable), a full table (grow; split: two of each)
 *   directory     make with such a hint, the ninth key, and a split of a table
 *                 that has only one place (installTableSplit)
 *   boxes         a new key or element above 128 bytes
 * Nothing else allocates: not look-up, overwriting, delete, clear or range.
 *
 * WHO MAY CALL WHEN
 * As with the bucket map: one thread writes, or any number read; the mark in
 * the header (writing) catches some of those who do not, in Go's words.
 *
 * WHAT DIFFERS BETWEEN RELEASES (runtime/base/goversion.h)
 *   prunes, prunesPtr  whose writes turn tombstones back
 *   clearsTombs        clear works on an empty map, too, if it had tombstones
 *   updatesFull        overwriting in a full small map does not grow it
 *   clonesTables       maps.Clone copies tables as they are
 *
 * WHERE THIS IS NOT GO
 *   - There are no write barriers: collections stop the world.
 *   - Small maps are always searched by hash, where Go's fast look-ups compare
 *     the eight keys. The slot found is the same.
 *   - An iteration is at a safepoint at each entry that is not in the group of
 *     the last.
 *   - The group array is two fields of the table, Go's groupsReference.
 *   - Allocations carry the map's name (m->owner), so that a profile can say
 *     which make is to blame.
 *   - Race, msan and asan hooks, and the functions for reflect, are left out.
 *
 * The files: swissgroup.h the layout; swissbody.h the operations, written once,
 * ordinary.h those of them that call nothing; swissany.c, swissfast.c,
 * swissleaf.c the functions by Go's names; swisstable.c tables; swissdir.c the
 * directory; swissgrow.c tombstones, growth and splits; swisstable.h what those
 * three and the descriptors are called by; swissiter.c iteration; swissclone.c
 * maps.Clone; grouptype.c descriptors and sizes; swisscheck.c all invariants;
 * swissview.c (../mapview.h) for onlookers.
 */
#ifndef MAP_SWISS_SWISSMAP_H
#define MAP_SWISS_SWISSMAP_H

#include "map/maptype.h"

/*
 * How large the parts of a swiss map are. Pure arithmetic: asked when one is
 * made and when one is only talked about.
 */

enum {
    groupSlots = 8,
    maxAvgGroupLoad = 7, /* slots of a group that are filled, on average */
    maxTableCapacity = 1024,
    minTableCapacity = 2 * groupSlots, /* what a small map grows to */
};

/* How many of a table's slots may be taken, by entries and tombstones.
 * Go: table.go (*table).maxGrowthLeft. */
ALWAYS_INLINE uint16_t table_limit(uint16_t capacity)
{
    return (uint16_t)(capacity * maxAvgGroupLoad / groupSlots);
}

/* What make(map[K]V, hint) makes: dirSize tables of so many slots each; both
 * are 0 where it makes none. */
struct tableSizes {
    uint64_t dirSize;
    uint16_t capacity;
};

/* For hint <= 8, negative or beyond all memory there are no tables.
 * Go: maps/map.go NewMap; maps/table.go newTable. */
struct tableSizes table_sizes(const struct maptype *t, intptr_t hint);

struct swissGroup;
struct swissTable;

/* A map's header: 48 bytes, Go's layout to the byte. Go: maps/map.go Map. */
struct swissMap {
    uint64_t used;   /* entries: len(m) */
    uintptr_t seed;  /* hash seed */
    void *dirPtr;    /* the directory; of a small map its group, or NULL */
    intptr_t dirLen; /* tables in it, 2^globalDepth; 0: a small map */
    uint8_t globalDepth;
    uint8_t globalShift;    /* 64 - globalDepth: Go's, not read here */
    uint8_t writing;        /* 1: somebody is; see swissgroup.h */
    bool tombstonePossible; /* one was put since the last clear */
    uint64_t clearSeq;      /* number of clears, for iterations */
};

/* make(map[K]V) and make(map[K]V, h) with a constant h <= 8 that escapes: a
 * header, no group. Go: map.go makemap_small. */
struct swissMap *swiss_makemap_small(void);
/* make(map[K]V, hint): room for hint entries, or as if without one when it is
 * negative or beyond all memory. m: where the header lives when it does not
 * escape, zeroed, else NULL. Go: map.go makemap. */
struct swissMap *swiss_makemap(const struct maptype *t, intptr_t hint,
                               struct swissMap *m);
/* make with a hint of at most 8 of a map that does not escape: m and group,
 * t->groupsize bytes, are zeroed memory of the caller's. Nothing is called in
 * Go; nothing is allocated. Go: cmd/compile walk/builtin.go walkMakeMap. */
void swiss_on_stack(struct swissMap *m, void *group);

/* v = m[k]: address of the element, or of zeroed memory of elem's size. Never
 * NULL; must not be written to; valid until the next write. A NULL map reads as
 * empty. Panics on an unhashable key. Go: maps/runtime.go
 * runtime_mapaccess1. */
const void *swiss_mapaccess1(const struct maptype *t, struct swissMap *m,
                             const void *key);
/* v, ok = m[k]: the same and whether it was there. */
const void *swiss_mapaccess2(const struct maptype *t, struct swissMap *m,
                             const void *key, bool *ok);
/* m[k] = v: address to store the element at, valid until the next write. The
 * key is copied. Panics on a NULL map and on an unhashable key.
 * Go: maps/runtime.go runtime_mapassign. */
void *swiss_mapassign(const struct maptype *t, struct swissMap *m,
                      const void *key);
/* delete(m, k): nothing happens when it is absent. Go: map.go mapdelete. */
void swiss_mapdelete(const struct maptype *t, struct swissMap *m,
                     const void *key);
/* clear(m), and for k := range m { delete(m, k) } on a reflexive key type:
 * empties the tables in place. Go: map.go mapclear. */
void swiss_mapclear(const struct maptype *t, struct swissMap *m);
/* maps.Clone(m): a map of the same entries; NULL of NULL.
 * Go: maps/maps.go Clone. */
struct swissMap *swiss_mapclone(const struct maptype *t, struct swissMap *m);

/* The same for keys of 4 plain bytes, of 8, and strings, where t->fast says so.
 * Go: maps/runtime_fast32.go, maps/runtime_fast64.go,
 * maps/runtime_faststr.go. */
const void *swiss_mapaccess1_fast32(const struct maptype *t, struct swissMap *m,
                                    uint32_t key);
const void *swiss_mapaccess2_fast32(const struct maptype *t, struct swissMap *m,
                                    uint32_t key, bool *ok);
void *swiss_mapassign_fast32(const struct maptype *t, struct swissMap *m,
                             uint32_t key);
void *swiss_mapassign_fast32ptr(const struct maptype *t, struct swissMap *m,
                                void *key);
void swiss_mapdelete_fast32(const struct maptype *t, struct swissMap *m,
                            uint32_t key);

const void *swiss_mapaccess1_fast64(const struct maptype *t, struct swissMap *m,
                                    uint64_t key);
const void *swiss_mapaccess2_fast64(const struct maptype *t, struct swissMap *m,
                                    uint64_t key, bool *ok);
void *swiss_mapassign_fast64(const struct maptype *t, struct swissMap *m,
                             uint64_t key);
void *swiss_mapassign_fast64ptr(const struct maptype *t, struct swissMap *m,
                                void *key);
void swiss_mapdelete_fast64(const struct maptype *t, struct swissMap *m,
                            uint64_t key);

const void *swiss_mapaccess1_faststr(const struct maptype *t,
                                     struct swissMap *m, struct gostring key);
const void *swiss_mapaccess2_faststr(const struct maptype *t,
                                     struct swissMap *m, struct gostring key,
                                     bool *ok);
void *swiss_mapassign_faststr(const struct maptype *t, struct swissMap *m,
                              struct gostring key);
void swiss_mapdelete_faststr(const struct maptype *t, struct swissMap *m,
                             struct gostring key);

/* An iteration; its place is on the caller's stack. key is NULL at the end. The
 * last three fields are not Go's: see swissiter.h. Go: maps/table.go Iter. */
struct swissIter {
    const void *key;
    void *elem;
    const struct maptype *t;
    struct swissMap *m;
    uint64_t entryOffset; /* random: where in a table it begins … */
    uint64_t dirOffset;   /* … and where in the directory */
    uint64_t clearSeq;    /* m's when it began */
    uint8_t globalDepth;  /* m's when it was last looked at */
    intptr_t dirIdx;      /* before dirOffset is added; -1: m was small */
    struct swissTable *tab;
    struct swissGroup *group; /* of the entry given last */
    uint64_t entryIdx; /* slots of tab that are behind, before entryOffset is
                        * added; those of window are among them */
    uint64_t window;   /* slots of group that are still to come; or 0 */
    const intptr_t *index; /* tab's: negative when it has been replaced */
    uint64_t slotsize;     /* of t, in bytes, as multiplied with */
};

/* for k, v := range m: begins at a random entry of m, which may be NULL; *it
 * need not be set. Until the end, entries may be added, changed and deleted by
 * the same thread. Go: map.go mapIterStart. */
void swiss_mapiterinit(const struct maptype *t, struct swissMap *m,
                       struct swissIter *it);

/* Proves every invariant of one map at rest; throws where one does not hold.
 * Reads all of it: O(entries). */
void swisscheck(const struct maptype *t, const struct swissMap *m);

#endif
