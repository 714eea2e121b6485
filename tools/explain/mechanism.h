/*
 * mechanism.h: why an allocation was made, read off the runtime's frames of its
 * stack.
 *
 *   leaf ... runtime.makeBucketArray < runtime.hashGrow < runtime.mapassign
 *                                                       < main.fill < ...
 *            `-- which part of the map --'  `- mechanism -'  `- line -'
 *
 * The line is the innermost frame that is not the runtime's; the runtime
 * function that it called is the mechanism; what that one called tells a map's
 * parts apart. Up to Go 1.25 a profile leaves out mallocgc and its one caller:
 * an object straight below the line is then one of several mechanisms.
 */
#ifndef TOOLS_EXPLAIN_MECHANISM_H
#define TOOLS_EXPLAIN_MECHANISM_H

#include "tools/profile/profile.h"

enum mechanism {
    MECH_MAP,     /* a map's header, buckets, groups, tables … */
    MECH_APPEND,  /* growslice */
    MECH_MAKE,    /* makeslice */
    MECH_STRING,  /* strings built, and converted from and to bytes */
    MECH_BOX,     /* a value put into an interface */
    MECH_NEW,     /* new(T), &T{}, a variable that escapes, a closure */
    MECH_REFLECT, /* reflect.New, reflect.MakeSlice and the like */
    MECH_SYNCMAP, /* a sync.Map's own entries, boxes, nodes */
    MECH_CGO,     /* C.GoBytes and the like */
    MECH_CHAN,    /* make(chan T) */
    MECH_GO,      /* a goroutine's own data */
    MECH_DEFER,   /* deferred calls */
    MECH_RUNTIME, /* the runtime's own needs */
    MECH_DIRECT,  /* new, make, append or boxing: the frame that tells is cut */
    MECH_HIDDEN,  /* Go hid the frames that tell */
    NMECHS,
};

extern const char *const mechanism_names[NMECHS]; /* for people */
extern const char *const mechanism_words[NMECHS]; /* for programs */

/* What an object is to the map it belongs to. */
enum piece {
    PIECE_NOT_MAP,
    PIECE_HEAD,     /* the 48 bytes that the variable points to */
    PIECE_UNIT,     /* the first bucket, the first group */
    PIECE_GROWN,    /* an array of buckets or groups that growth made */
    PIECE_SPLIT,    /* a group array of a table that was split off */
    PIECE_MADE,     /* an array that make(m, hint) made */
    PIECE_CHAIN,    /* an overflow bucket, or what keeps track of them */
    PIECE_EXTRA,    /* mapextra and the like */
    PIECE_TABLE,    /* a swiss table's header */
    PIECE_DIR,      /* a swiss directory that growth made */
    PIECE_MADE_DIR, /* … and that make made */
    PIECE_ENTRY,    /* a key or element above 128 bytes */
    NPIECES,
};

extern const char *const part_words[NPIECES]; /* "array"; "" for none */

struct siteReason {
    enum mechanism mech;
    enum piece part;
    bool swiss;                  /* of a map: whose rules it grows by */
    bool syncmap;                /* … and package sync made it */
    const struct profLine *line; /* innermost frame of the program's; NULL: all
                                    frames are the runtime's */
    const struct profLine *caller; /* where line is of the standard library: the
                                      program's own innermost; else NULL */
    uint64_t call; /* where frames are hidden: the instruction on the line that
                      called what they hid; 0: not known */
};

/* What a sample's frames tell. library is libraries_of its profile; hides: the
 * runtime's frames are hidden in it. */
struct siteReason reason_of(const struct profSample *s, const bool *library,
                            bool hides);

/* True for a function of Go's own packages, whose lines nobody changes. */
bool name_of_library(const char *func);

/* name_of_library of every function of p, by its index: stacks have the same
 * ones again and again. The caller frees it. */
bool *libraries_of(const struct profile *p);

#endif
