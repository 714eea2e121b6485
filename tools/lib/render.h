/*
 * render.h: a table once filled, printed three ways: for people (libsmartcols,
 * as wide as the terminal), as TSV, as JSON.
 *
 * On a terminal, columns marked COL_WRAP share what the others leave and wrap
 * at blanks (a chain wraps after its " <"). In a pipe nothing is wrapped or
 * cut: one row is one line. Text is shown printable (text.h); JSON has it
 * as it came.
 */
#ifndef TOOLS_LIB_RENDER_H
#define TOOLS_LIB_RENDER_H

#include "runtime/base/base.h"
#include <jansson.h>

enum columnFlags {
    COL_RIGHT = 1, /* aligned right: numbers */
    COL_WRAP = 2,  /* may take several lines on a terminal */
};

struct column {
    const char *head; /* "objects"; also the field's name in TSV and JSON */
    unsigned flags;
};

struct table;

/* cols (ncols of them, ended by nothing) must outlive the table. */
struct table *table_new(const struct column *cols, int ncols);
void table_free(struct table *t);

/* Cells are filled row by row, left to right; a row ends with its last cell. */
void table_text(struct table *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A number: with thousands separators for people, plain in TSV and JSON. */
void table_num(struct table *t, int64_t value);
/* A number with decimals digits after the point. */
void table_real(struct table *t, double value, int decimals);
/* yes or no; in JSON true or false. */
void table_bool(struct table *t, bool value);
/* No value: "-" for people, empty in TSV, null in JSON. */
void table_none(struct table *t);

void table_print(const struct table *t); /* for people */
/* The first rows of it, at most n, and how many more there are. */
void table_print_first(const struct table *t, size_t n);
void table_print_tsv(const struct table *t); /* header line, then rows */
json_t *table_json(const struct table *t);   /* an array of objects */

/* Text around tables. */

enum textStyle { STYLE_PLAIN, STYLE_TITLE, STYLE_DIM };

/* A paragraph, wrapped to the terminal (80 columns in a pipe), each line
 * indented by indent blanks. */
void print_paragraph(const char *text, int indent, enum textStyle style);

/* The same; label (at most indent bytes) stands in the first line's indent. */
void print_labelled(const char *label, const char *text, int indent,
                    enum textStyle style);

/* n with a comma between thousands, in one of a few static buffers: good until
 * a handful of further calls. */
const char *commas(int64_t n);

/* "1 object", "2 objects": the word in the number that fits n; static buffers
 * as commas has them. */
const char *plural(int64_t n, const char *one, const char *many);

/* Columns of the terminal on standard output; 0 when it is none. */
int term_width(void);
/* Colour is wanted: a terminal, NO_COLOR unset or empty, TERM not dumb. */
bool term_colour(void);

/* From now on standard output, where it is a terminal, goes through $PAGER
 * (less, if there is one; "cat" or nothing: no pager). Tables stay as wide as
 * the terminal, and coloured. Our end waits until the reader is through. */
void pager_start(void);

/* "hmap: 3 of 32 scenarios" in the last line of the terminal that is standard
 * error; the line goes when done is n. For work that says nothing meanwhile. */
void progress(size_t done, size_t n, const char *what);
/* "hmap: " and what is done now, where nobody knows how often it will be; NULL:
 * no more of it, the line goes. */
void progress_doing(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints doc and a newline; takes the reference. */
void print_json(json_t *doc);

#endif
