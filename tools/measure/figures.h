/*
 * figures.h: the few figures that a scenario's lesson is about, by name: what
 * two releases of Go are compared by, and what a child process hands back.
 */
#ifndef TOOLS_MEASURE_FIGURES_H
#define TOOLS_MEASURE_FIGURES_H

#include "runtime/base/base.h"
#include <stdio.h>

struct namedFigure {
    char *name; /* "objects of n inserts" */
    double value;
    int decimals; /* digits after the point */
};

/* Zeroed memory is an empty list. */
struct figures {
    struct namedFigure
        *list; /* n of them, in the order in which they were added */
    size_t n;
};

void figures_add(struct figures *f, const char *name, double value,
                 int decimals);
/* The one of that name; NULL when there is none. */
const struct namedFigure *figures_find(const struct figures *f,
                                       const char *name);
void figures_free(struct figures *f);

/* A line each, and back: adds what was written. text is cut at its lines. */
void figures_write(const struct figures *f, FILE *out);
void figures_parse(struct figures *f, char *text);

#endif
