/*
 * pprofreport.h: pprof's text reports, to the byte: top, tree, peek, traces.
 *
 * The order of work is pprof's, because figures depend on it: the total is
 * taken before samples are filtered, so that percentages are of the whole
 * program.
 */
#ifndef TOOLS_PPROF_PPROFREPORT_H
#define TOOLS_PPROF_PPROFREPORT_H

#include "tools/pprof/graph.h"
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

#endif
