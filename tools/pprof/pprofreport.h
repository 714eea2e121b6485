/*
 * pprofreport.h: pprof's text reports, to the byte: top, tree, peek, traces.
 *
 * The order of work is pprof's, because figures depend on it: the total is
 * taken before samples are filtered, so that percentages are of the whole
 * program.
 */
#ifndef TOOLS_PPROF_PPROFREPORT_H
#define TOOLS_PPROF_PPROFREPORT_H

#include "runtime/base/base.h"
#include "tools/profile/profile.h"
#include "tools/profile/profile_filter.h"

enum pprofKind { PPROF_TOP, PPROF_TREE, PPROF_PEEK, PPROF_TRACES };

struct pprofReport {
    enum pprofKind kind;
    int value;                         /* index of the sample type */
    bool cum;                          /* sort by cum */
    int nodecount;                     /* -1: the report's own default */
    const char *focus, *ignore, *hide; /* as given; NULL or "": not */
    const struct profFilter *filter;   /* the same, compiled */
    const struct goregex *symbol;      /* peek: the functions to show */
};

/* Filters p and prints the report on standard output. Warnings about
 * expressions that matched nothing go to stderr. False: peek found no function
 * that matches symbol. */
bool pprof_report(struct profile *p, const struct pprofReport *o);

/* The samples of p, one by one, each with its value of the sample type at
 * index; the header lines are the caller's. */
void pprof_print_traces(struct profile *p, int index);

/* The expression of a flag compiled; NULL where none was given. One that is
 * none ends the program with one line and status 2. */
struct goregex *regex_must_compile(const char *flag, const char *text);

/* Index of the sample type called name, or the program ends with one line that
 * offers the names there are, and status 2. */
int profile_must_have_type(const struct profile *p, const char *name);

/*
 * Numbers with units as pprof prints them: 1024-based bytes, times, counts; two
 * decimals, none when they are zeros.
 */

enum { UnitsTextSize = 48 };

/* value (of unit from) in unit to; "minimum" and "auto" choose a unit that
 * makes it at least 1. *unit is the unit's short name, "" where it is not
 * worth printing. Go: measurement.go Scale. */
double units_scale(int64_t value, const char *from, const char *to,
                   const char **unit);

/* "1.50kB" in buf (UnitsTextSize bytes), which is returned.
 * Go: measurement.go ScaledLabel. */
char *units_label(char *buf, int64_t value, const char *from, const char *to);

/* " 5.00%", six columns wide. Go: measurement.go Percentage. */
char *units_percent(char *buf, int64_t value, int64_t total);

/*
 * Samples folded into a graph of functions: a node for each, with what it
 * allocated itself (flat) and with its callees (cum), an edge for each pair of
 * caller and callee.
 *
 * Nodes are functions, as in pprof's default granularity; locations without a
 * name share one node a program.
 */

struct graphNode;

struct graphEdge {
    struct graphNode *src, *dest;
    int64_t weight;
    bool inlined; /* every call over it was inlined */
    bool dropped; /* too light: printed nowhere */
};

struct graphNode {
    const char *name;  /* as printed: "main.fill", "[prog]", "<unknown>" */
    const char *order; /* decides between nodes of one name */
    int64_t flat, cum;
    struct graphEdge **in, **out; /* heaviest first */
    size_t nin, nout, cap_in, cap_out;
    size_t seen; /* number of the last sample counted here, from 1 */
    bool kept;   /* survives trimming */
};

struct graph {
    struct graphNode **nodes; /* n of them, sorted */
    size_t n;
    struct graphNode **all; /* nall of them: the trimmed ones too */
    size_t nall;
    struct pool *pool; /* of the nodes and edges */
    size_t original;   /* nodes before nodecount cut them */
    size_t dropped;    /* nodes that were too light */
};

struct graphOptions {
    int value;                         /* index of the sample type to add up */
    bool cum_sort;                     /* sort by cum rather than flat */
    int nodecount;                     /* keep at most so many; 0: all */
    double nodefraction, edgefraction; /* of the total; below it: dropped */
};

/* The graph of p's samples, trimmed and sorted; graph_free gives it back. p
 * must outlive it. Go: report.go (*Report).newTrimmedGraph. */
struct graph *graph_new(const struct profile *p, const struct graphOptions *o);
void graph_free(struct graph *g);

/* The printed name of one line of a location (NULL: a location without any),
 * interned in p's pool. */
const char *frame_name(struct pool *pool, const struct profLoc *loc,
                       const struct profLine *line);

#endif
