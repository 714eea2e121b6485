/*
 * chains.h: the heap profile turned into a table of call chains.
 *
 * The profile keeps one bucket for each (stack of return addresses, size, tag);
 * a reader wants one row for each chain of names. Rows add up every bucket
 * whose frames read the same in the chosen view.
 */
#ifndef TOOLS_CHAINS_H
#define TOOLS_CHAINS_H

#include "runtime/memprofile.h"

struct chainRow {
    char *text; /* "runtime.makeBucketArray < runtime.hashGrow < main.fill" */
    const struct frame **frames; /* nframes of them, leaf first */
    int nframes;
    uint64_t alloc_objects, alloc_bytes;
    uint64_t inuse_objects, inuse_bytes;
    uint64_t tier_objects[NTIERS]; /* alloc_objects by the tier that served */
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
 * mprof_reset are left out. In order of CHAINS_OBJECTS. */
struct chains *chains_collect(enum frameView view);
void chains_sort(struct chains *c, enum chainOrder order);
void chains_free(struct chains *c);

/* The row whose chain begins with the frame leaf ("runtime.makeBucketArray"), and
 * with the frame next after it unless next is NULL; added up over all such
 * rows. */
struct chainRow chains_sum(const struct chains *c, const char *leaf,
                           const char *next);

#endif
