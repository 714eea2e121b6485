/*
 * daily.h: what explain says, in the forms of a working day: notes for editors,
 * annotations for code hosts, SARIF for scanners, flat rows for a fleet, and
 * the difference to an earlier profile with a gate on it.
 */
#ifndef TOOLS_EXPLAIN_DAILY_H
#define TOOLS_EXPLAIN_DAILY_H

#include "tools/explain/growths.h"

/* What would save something on the line, in one sentence that the caller frees;
 * NULL: nothing that is certain would. */
char *finding_advice(const struct finding *f);
/* … and how many objects or bytes; 0 where it is NULL. */
double finding_saves(const struct finding *f, bool by_bytes);

/* "FILE:LINE: note: ADVICE", a line each. */
void explain_notes(const struct explained *e);
/* GitHub's workflow commands: "::notice file=…,line=…::ADVICE". */
void explain_github(const struct explained *e);
/* SARIF 2.1.0. */
void explain_sarif(const struct explained *e);

/* Flat JSON rows, one line each: the source's lines, or one row with its error.
 * labels: "k=v,k=v" added to each row, or NULL. */
void explain_ndjson(const struct explained *e, const char *labels);
void ndjson_error(const char *source, const char *why, const char *labels);

/* Whether labels are of the form k=v,k=v. */
bool labels_ok(const char *labels);

/* When a change of a function's growth is too much. */
struct gate {
    double bytes;   /* more than so many more; 0: no limit */
    double percent; /* more than so many percent more; 0: no limit */
    bool growths; /* any map that grows further, or that did not grow before */
};

/* "64kB", "10%" or "growths". False: none of them. */
bool gate_parse(const char *text, struct gate *g);

/* Prints what changed from old to new, a row a function; true where it is more
 * than the gate lets through (NULL: none). */
bool growths_compare(const struct growths *old, const struct growths *now,
                     const struct gate *gate);

#endif
