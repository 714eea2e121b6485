/*
 * signs.h: what speaks for a map and what against it, where a line's sizes are
 * all that there is.
 *
 *   what a map has       arrays of each stage without a gap, never more of a
 *                        later one; a first bucket or group each, or none at
 *                        all where those are on the stack
 *   bucket maps          from 16 buckets on 24 bytes of bookkeeping each
 *   swiss maps           32 bytes for each table, 8 for each first directory,
 *                        a ladder of larger ones where tables split
 *   what a slice has     sizes in a constant ratio: halves of halves, or
 *                        doubles of doubles. A bucket array of 16 buckets and
 *                        more has a sixteenth more than twice the one before,
 *                        and so the sizes on both sides of that step are in
 *                        no such ratio
 *   what says it aloud   a line of reflect's or of maps' that does nothing but
 *                        put an entry into a map
 */
#ifndef TOOLS_EXPLAIN_SIGNS_H
#define TOOLS_EXPLAIN_SIGNS_H

#include "tools/explain/story.h"

enum {
    FirstSpares = 4, /* the first stage of bucket maps with spare buckets */
    TableBytes = 32, /* Go: internal/runtime/maps/table.go table */
};

struct evidence {
    const struct goversion *v;
    const struct sites *all;
    const struct site *l;
    const struct sizeCount *list; /* all sizes that count, n of them */
    size_t n;
    bool exact;    /* every object was recorded */
    bool one_call; /* one instruction asked for all of them (onecall.c) */
    bool called;   /* … and it is a map's write: the program says so */
    bool named;    /* the line's function does nothing but fill a map … */
    int unit;      /* … of buckets or groups of so many bytes; 0: any */
};

/* A series of sizes, and what stands beside it. */
struct candidate {
    struct series s;
    enum verdict verdict;
    double units, unit_samples; /* single buckets or groups */
    double bytes;               /* that it tells */
    const char *why;            /* of VERDICT_UNSURE: the other reading */
};

/* What the list has of a size; zeros where it has none. */
struct sizeCount evidence_of(const struct evidence *e, int64_t size);

/* Fills c's verdict and why; the rest is the caller's. */
void signs_judge(const struct evidence *e, struct candidate *c);

/*
 * The shape of a series (shape.c).
 */

/* Is size that of some stage? */
bool shape_is_stage(const struct series *s, int64_t size);

/* Could each stage that was seen be as many in truth as the next one that was?
 * Always where every object was recorded and it is so. */
bool shape_never_rises(const struct evidence *e, const struct series *s);

/* A stage of which a sample should have been seen, had it been no fewer than
 * the next that was has at least. */
bool shape_has_gap(const struct evidence *e, const struct series *s);

/* Stages that were seen, and those of them whose size no buffer and no slice of
 * words has that is doubled. */
int shape_stages(const struct series *s, int *distinct);

/* Some X, its half, its quarter … would have all of these sizes. */
bool shape_halves(const struct evidence *e, const struct series *s);

/* Each stage has about half the arrays of the one before: something is cut into
 * halves, as by a merge sort; and it goes on so below the single buckets. */
bool shape_are_halved(const struct series *s);
bool shape_goes_on_below(const struct evidence *e, const struct candidate *c);

/* Some slice that grows by append has all of these sizes. */
bool shape_append_has(const struct evidence *e, const struct series *s);

/* How many sizes above a unit's neither the arrays nor their bookkeeping have:
 * all, or those that are no powers of two. */
int shape_strangers(const struct evidence *e, const struct series *s,
                    bool powers);

/* A bucket map without pointers keeps, for each array, a list of its overflow
 * buckets: an append series of words. Whether the size is one of those; whether
 * the line has such lists, and as many as arrays. */
bool shape_is_list(const struct goversion *v, int64_t size);
bool shape_lists(const struct evidence *e);
bool shape_lists_balance(const struct evidence *e, const struct series *s);

/* Objects of 24 bytes that a series needs. */
double signs_extras(const struct series *s);

/*
 * One call (onecall.c): what one instruction asked for is of one kind.
 */

/* Every size is one of the series' or of what goes with it. */
bool onecall_told(const struct evidence *e, const struct candidate *c);

/* False: onecall_told is of no series of that unit, as is seen without one. */
bool onecall_may_be_told(const struct evidence *e, int unit, bool noscan);

/* Surely none of a map's: a map of one type makes no other sizes, except keys
 * and elements above 128 bytes. */
bool onecall_is_none(const struct evidence *e, const struct candidate *c);

/* Surely a map's: bookkeeping and arrays balance, and nothing else was made. */
bool onecall_buckets(const struct evidence *e, const struct candidate *c);
bool onecall_groups(const struct evidence *e, const struct candidate *c);

/* … of a sampled profile: what was seen is nothing but a map's. */
bool onecall_sampled(const struct evidence *e, const struct candidate *c);

/* Swiss: a table of 32 bytes for each array, as nearly as a profile counts. */
bool onecall_tables_match(const struct evidence *e, const struct series *s);

#endif
