/*
 * goversion.h: the Go releases that can be modelled, and what differs between
 * them. One const table; a process chooses its row once, before its heap and
 * its hash keys, and keeps it.
 *
 * Nobody compares releases, and no release is named anywhere else: whoever
 * behaves differently asks the field that says how. Those are few: object sizes
 * (alloc/objsize.h), map types (map/maptype.h) with the swiss map's four
 * switches, the fallback hash (runtime/type/hash.h), and frames
 * (runtime/prof/goframe.h).
 */
#ifndef RUNTIME_BASE_GOVERSION_H
#define RUNTIME_BASE_GOVERSION_H

#include "runtime/base/base.h"

enum mapKind {
    MAPKIND_CLASSIC, /* buckets of eight, overflow chains: runtime/map.go */
    MAPKIND_SWISS,   /* groups, tables, a directory: internal/runtime/maps */
};

enum syncMapKind {
    SYNCMAP_READ_DIRTY, /* two maps: sync/map.go up to Go 1.23 */
    SYNCMAP_HASHTRIE,   /* internal/sync/hashtriemap.go */
};

/* Which of the innermost frames runtime.MemProfile leaves out. */
enum leafRule {
    LEAF_CALLER,      /* mallocgc and the one frame that called it */
    LEAF_MALLOCGC,    /* what mallocgc calls: mallocgc is the leaf */
    LEAF_SPECIALISED, /* the same; but an object of up to specialMax bytes that
                         compiled code makes never passes mallocgc: a function
                         for its size class serves it, and is left out */
};

/* Bytes of the largest object that has no header in any release, and whose
 * pointer bits fit a word. Go: mbitmap.go minSizeForMallocHeader */
enum { minSizeForMallocHeader = 512 };

struct goversion {
    const char *name; /* "go1.19" */

    /* Object sizes. */
    uint16_t maxSmall; /* bytes; larger objects are spans of their own */
    uint8_t
        headerBytes;  /* that small objects with pointers above 512 bytes carry;
                            0: none do */
    bool bitsInSpan;  /* spans of pointers up to 512 bytes keep their heap bits
                            themselves: a 64th of them */
    bool marksInSpan; /* spans of 16 to 512 bytes keep their mark bits
                            themselves: 128 bytes (Green Tea) */
    bool growsWhole; /* append asks for whole elements, not for all of a slot */

    /* Collector. */
    uint8_t limitHeadroom; /* percent that the goal stays below GOMEMLIMIT */
    bool pacerIntegrates;  /* its estimate of cons/mark is a PI controller's, of
                            the precomputed trigger; else the most of five
                            cycles */

    /* Maps. */
    enum mapKind map;
    enum syncMapKind syncMap;
    bool syncMapSwaps; /* Store calls Swap, and read is an atomic.Pointer
                            (SYNCMAP_READ_DIRTY) */
    bool prunes;       /* fast32, fast64, faststr turn tombstones back */
    bool prunesPtr;    /* … and fast64ptr */
    bool clearsTombs;  /* clear works on an empty map that had tombstones */
    bool updatesFull;  /* m[k] = v of a key that a full small map has does not
                            grow it */
    bool clonesTables; /* maps.Clone copies tables as they are */

    /* Hashing. */
    bool
        hashkeyWords; /* the fallback hash takes m2 to m4 from hashkey[1] to [3]
                          and has no m1 */

    bool
        hashesSignature; /* keys with parts are hashed by what they are made of,
                             not struct by struct */

    /* Chance. */
    bool sharesRandom; /* the unwinder that fills the profile draws from random
                          numbers of maps: they cannot be pinned */

    /* Frames. */
    enum leafRule leaf;
    uint8_t specialMax; /* bytes (LEAF_SPECIALISED) */
    uint16_t mainLine;  /* of proc.go, where runtime.main calls main.main */
    uint8_t profStack;  /* frames that the heap profile keeps */
    bool hidesInternal; /* the written profile hides leading internal/runtime/
                           frames, too, and not runtime. ones alone */
    bool mallocSplit;   /* mallocgc calls a function for each kind of object */

    /* GODEBUG. */
    bool allocfreetrace; /* the setting exists */

    /* The toolchain. */
    bool
        checksLinknames; /* the linker refuses linknames into the runtime unless
                             told otherwise */
};

/* All that can be modelled, oldest first; NULL name at the end. */
extern const struct goversion goversions[];

/* The release that this process models: the first of the table until another
 * is chosen. */
extern const struct goversion *modelled;

/* The row called name, "1.19" or "go1.19" (a patch number may follow: "1.19.8"
 * is 1.19); NULL when there is none. */
const struct goversion *goversion_named(const char *name);

/* The newest of the table. */
const struct goversion *goversion_newest(void);

/* "1.19, 1.22, …": the known ones, for messages. Lives for ever. */
const char *goversion_list(void);

/* This process models v from now on. Before the heap, the hash keys and the
 * first map type exist. */
void goversion_choose(const struct goversion *v);

#endif
