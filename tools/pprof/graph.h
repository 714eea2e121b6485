/*
 * graph.h: samples folded into a graph of functions: a node for each, with what
 * it allocated itself (flat) and with its callees (cum), an edge for each pair
 * of caller and callee.
 *
 * Nodes are functions, as in pprof's default granularity; locations without a
 * name share one node a program.
 */
#ifndef TOOLS_PPROF_GRAPH_H
#define TOOLS_PPROF_GRAPH_H

#include "tools/profile/profile.h"

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
