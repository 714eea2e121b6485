/*
 * measure.h: what a stretch of a program allocated: measure_begin before it,
 * measure_end after it, and everything in between is counted, by call chain, by
 * tier and by growth step.
 */
#ifndef TOOLS_MEASURE_MEASURE_H
#define TOOLS_MEASURE_MEASURE_H

#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/base/base.h"
#include "runtime/prof/memprofile.h"

/*
 * The heap profile turned into a table of call chains (chains.c).
 *
 * The profile keeps one bucket for each (stack of return addresses, size, tag);
 * a reader wants one row for each chain of names. Rows add up every bucket
 * whose frames read the same in the chosen view.
 */

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

/*
 * A measurement.
 */

struct measurement {
    /* runtime.MemStats, the difference from begin to end; exact whatever the
     * profile rate is */
    uint64_t mallocs, frees;   /* objects, tiny ones counted one by one */
    uint64_t bytes;            /* TotalAlloc */
    uint64_t live;             /* HeapAlloc at the end */
    struct tierStats tiers;    /* the difference */
    struct chains *chains;     /* the profile */
    struct mapGrowth *growths; /* ngrowths of them, in order */
    int64_t *steps;            /* measure_step's number at each growth */
    size_t ngrowths;
    int64_t part; /* of the event log, where one is recorded; or 0 */
};

/*
 * From now on everything counts, and counts start at zero. Random numbers start
 * over from the seed too: a program's numbers are the same whatever was
 * measured before it. Call chains end with
 * the functions called by the caller: a scenario's run function calls
 * measure_begin, then fill, and chains read "… < main.fill". What the run
 * function allocates itself would have no name: it calls functions.
 */
void measure_begin(void);

/* Ends it. The caller owns the result: measure_free. */
struct measurement *measure_end(enum frameView view);
void measure_free(struct measurement *m);

/* The number that growth logs show as the step at which a map grew. A program
 * that does not only insert new keys counts its operations with it; else the
 * step of a growth is the insert: entries + 1. */
void measure_step(int64_t step);

/*
 * What chance does to a figure: it is measured under many seeds and
 * shown as its least, middle and greatest value.
 */

struct spread {
    double min, median, max;
};

/* Sorts values, n > 0 of them. The median of an even number of values is the
 * upper one of the middle two: always a value that was measured. */
struct spread spread_of(double *values, size_t n);

/* The first of n seeds in a row for a run of seed: another seed has n
 * others. */
ALWAYS_INLINE uint64_t spread_first_seed(uint64_t seed, uint64_t n)
{
    return (seed - 1) * n + 1;
}

#endif
