/*
 * chains.h: the heap profile turned into a table of call chains.
 *
 * The profile keeps one bucket for each (stack of return addresses, size, tag);
 * a reader wants one row for each chain of names. Rows add up every bucket
 * whose frames read the same in the chosen view.
 */
#ifndef TOOLS_MEASURE_CHAINS_H
#define TOOLS_MEASURE_CHAINS_H

#include "runtime/prof/memprofile.h"

/* What an allocation is to the map it belongs to, told by its type and by the
 * functions in its chain. */
enum mapPart {
    PART_HEADER,      /* runtime.hmap; maps.Map */
    PART_FIRST,       /* the one bucket, or group, of a small map */
    PART_ARRAY,       /* of buckets, with spare overflow buckets; of groups */
    PART_OVERFLOW,    /* an overflow bucket allocated by itself */
    PART_BOOKKEEPING, /* mapextra and the lists of overflow buckets; tables and
                         directories */
    PART_OTHER, /* keys and elements kept by pointer; not a map's at all */
    NPARTS,
};

/* What this release's maps call it: "bucket arrays", "group arrays". */
const char *part_name(enum mapPart part);

struct chainRow {
    char *text; /* "runtime.makeBucketArray < runtime.hashGrow < main.fill" */
    const struct frame **frames; /* nframes of them, leaf first */
    int nframes;
    uint64_t alloc_objects, alloc_bytes;
    uint64_t inuse_objects, inuse_bytes;
    uint64_t tier_objects[NTIERS]; /* alloc_objects by the tier that served */
    uint64_t part_objects[NPARTS]; /* alloc_objects by what they are */
    uint64_t part_bytes[NPARTS];
    uint64_t part_live_objects[NPARTS]; /* inuse_objects by what they are */
    uint64_t part_live_bytes[NPARTS];
    size_t minsize, maxsize; /* bytes of its smallest and largest object */
    const struct type *type; /* of all its objects; NULL: several */
    uint64_t first;          /* ordinal of its first allocation */
};

struct chains {
    struct chainRow *rows; /* n of them */
    size_t n;
    struct chainRow total; /* text, frames and type are NULL */
};

enum chainOrder {
    CHAINS_OBJECTS, /* most objects first */
    CHAINS_SPACE,   /* most bytes first */
    CHAINS_NAME,    /* by text, as strcmp */
    CHAINS_FIRST,   /* in the order of their first allocation */
};

/* The profile as it stands, in libc's memory; rows that counted nothing since
 * mprof_reset are left out. In order of CHAINS_OBJECTS. Where stacks cannot be
 * captured or named the program ends: chains would not be hard to read but
 * wrong. */
struct chains *chains_collect(enum frameView view);
void chains_sort(struct chains *c, enum chainOrder order);
void chains_free(struct chains *c);

/* "hmap 1, first bucket 1, bucket arrays 5": how many of row's objects are
 * what, parts without any left out; cut to size bytes. */
void chains_what(const struct chainRow *row, char *out, size_t size);

#endif
