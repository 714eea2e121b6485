/*
 * report.h: where a scenario writes, whatever the reader asked for: paragraphs
 * and tables on a screen, one JSON document, or the chain rows as TSV.
 *
 * As text, each part is printed when it is reported; as JSON, parts gather in
 * order under "parts" until the report ends; as TSV only chain rows are
 * printed. A brief text is the first table or measurement alone, cut to what is
 * most of it: the rest of the answer are the figures.
 */
#ifndef TOOLS_MEASURE_REPORT_H
#define TOOLS_MEASURE_REPORT_H

#include "runtime/base/base.h"
#include "tools/lib/render.h"
#include "tools/measure/measure.h"
#include <stdio.h>

/*
 * The few figures that a scenario's lesson is about, by name: what two releases
 * of Go are compared by, and what a child process hands back.
 */

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

/*
 * The report.
 */

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_TSV,
    FORMAT_FIGURES, /* nothing is printed: the figures alone are wanted */
};

struct report {
    const char *scenario; /* its name */
    const char *release;  /* "go1.19", where several run; else NULL */
    enum format format;
    bool brief;    /* of FORMAT_TEXT */
    bool answered; /* of a brief one: its table has been printed */
    enum frameView view;
    enum chainOrder order;
    int64_t rate;  /* of the profile: 1 records everything */
    json_t *parts; /* FORMAT_JSON */
    struct figures figures;
};

/* A paragraph: wrapped as the reader's terminal wants. */
void report_text(struct report *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of what an answer would mislead without: a brief text has it. */
void report_caveat(struct report *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A table with a title (NULL: none). Frees the table. */
void report_table(struct report *r, const char *title, struct table *t);

/* Everything that m knows under one title: chains, totals, tiers, what the
 * objects are, the growth log where there is one. */
void report_measurement(struct report *r, const char *title,
                        const struct measurement *m);

/* A figure that the lesson is about: by these, under the same names, a scenario
 * is compared between releases. Nothing is printed here. */
void report_figure(struct report *r, const char *name, int64_t value);
void report_real(struct report *r, const char *name, double value,
                 int decimals);
/* Two of them: "objects, NAME" and "bytes, NAME" that m counted. */
void report_cost(struct report *r, const char *name,
                 const struct measurement *m);

/* The header line of what FORMAT_TSV prints; with a column for the release
 * where several run. */
void report_tsv_header(bool releases);

#endif
