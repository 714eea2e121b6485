/*
 * explain.h: why the lines of a Go program allocate, and what would save it.
 *
 *   source -> site        each line's objects, by size and mechanism
 *   (frames)  mechanism   which runtime function made an object, and what it is
 *                         to its map
 *          -> release     by whose rules maps and slices grew
 *          -> story       the maps of a line, counted, where frames tell
 *             infer       … and where Go hid them by the sizes of arrays alone,
 *             signs       which are weighed by what only a map has: in what one
 *             onecall     call instruction made, and where that is a part of a
 *             neighbours  map's, in what the calls beside it made
 *             slicestory  slices that grow by append
 *          -> hintcost    each hint's price over all of a line's maps, measured
 *                         on our own heap
 *          -> show        for people
 *             export      for programs: TSV, JSON
 *             daily       notes, annotations, SARIF, flat rows; and by growths
 *                         what has changed since another profile or a baseline
 *
 * A map that outgrew its hint is told by its growth. One whose hint was too
 * large is not: its array is there, and no profile counts entries.
 *
 * With frames nothing is inferred. Without them, but with the program, a call
 * instruction says which of the runtime's functions it calls: whether a line
 * writes to a map is then known, too, sampled or not, and only how its maps
 * grew is read off the sizes: surely where all were recorded. Without both a
 * verdict is never more than the evidence, and what could not be seen is said.
 * Three classes of growing lines stay unsure however long one looks, since two
 * programs have the same profile:
 *
 *   bucket maps of fewer than 16 buckets     slices that begin with as many
 *                                            bytes as a bucket and double
 *   bucket maps in a sample without the      append to a slice of elements
 *   step to spare buckets                    that have a bucket's size
 *   swiss maps in a sample: tables and       make([]T, n), or make(map, n),
 *   directories are too small to be in it    for several n
 *
 * Measured on the profiles that tests keep (test_full.c): of 174 growing lines
 * of half a percent or more, every object recorded, 169 are sure; of 139 of two
 * percent or more at rate 524288, 49; no other line is called a map. With the
 * programs themselves, built and sampled anew by Go 1.19, 1.22, 1.24 and 1.27
 * (make check-called): of 104 growing lines all are known to write to a map, 31
 * surely grew one, 72 are unsure how far, of one no growth is seen; no other
 * line is taken for one.
 */
#ifndef TOOLS_EXPLAIN_EXPLAIN_H
#define TOOLS_EXPLAIN_EXPLAIN_H

#include "tools/explain/hintcost.h"
#include "tools/explain/release.h"
#include "tools/explain/slicestory.h"
#include "tools/profile/source.h"
#include <jansson.h>

/* What was found on one line. */
struct finding {
    const struct site *line;
    struct mapStory *maps; /* nmaps of them … */
    struct hintCosts *costs;
    int nmaps;
    struct sliceStory *slices; /* NULL: none that grow */
};

struct explained {
    const struct source *source;
    struct sites *lines;
    struct releaseFound release;
    struct finding *list; /* n of them, in the order of the lines */
    size_t n;
    size_t left_out; /* lines that were too small to be listed */
    bool by_bytes;   /* ranked by bytes, else by objects */
    uint64_t seed;   /* of the measurements */
};

struct explainOptions {
    const struct goversion *go; /* NULL: by evidence */
    bool by_bytes;
    bool all;     /* lines below half a percent, too */
    int64_t most; /* lines to list; 0: all */
    uint64_t seed;
};

/* Explains a source, which must outlive it. Starts the heap under study for the
 * release found: once a process. */
struct explained *explain(const struct source *s,
                          const struct explainOptions *o);
void explained_free(struct explained *e);

/* On standard output, for people and for programs. */
void explain_show(const struct explained *e);
void explain_tsv(const struct explained *e);
void explain_json(const struct explained *e);
/* What explain_json prints; the caller owns it. */
json_t *explain_document(const struct explained *e);

/* The worst verdict of a finding's maps; VERDICT_NONE: there are none. */
enum verdict finding_verdict(const struct finding *f);

/* "main.count:20"; the caller frees it. */
char *site_place(const struct site *l);

/* "int -> int, string -> struct{}": what common keys and elements buckets or
 * groups of that size hold, in a string that the caller frees; NULL: none that
 * is common. */
char *common_pairs(const struct mapStory *s);

#endif
