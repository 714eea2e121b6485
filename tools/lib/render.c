/*
 * render.c: tables.
 *
 * libsmartcols aligns, colours and pads; which column may take how many lines
 * is decided here, before it is asked, because only we know that a chain breaks
 * after its " <": cells of COL_WRAP columns are handed over already broken.
 */
#include "tools/lib/render.h"
#include "tools/lib/exits.h"
#include "tools/lib/text.h"
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum cellKind { CELL_TEXT, CELL_NUM, CELL_REAL, CELL_BOOL, CELL_NONE };

struct cell {
    enum cellKind kind;
    char *text;        /* as it came: what JSON has */
    const char *shown; /* as people read it */
    int64_t num;       /* of a bool: 0 or 1 */
    double real;
};

enum {
    Gap = 2, /* blanks between columns */
    MaxColumns = 16,
};

struct table {
    const struct column *cols;
    int ncols;
    struct cell *cells; /* ncells of them, row after row */
    size_t ncells, cap;
};

struct table *table_new(const struct column *cols, int ncols)
{
    struct table *t = xcalloc(1, sizeof *t);
    t->cols = cols;
    t->ncols = ncols < MaxColumns ? ncols : MaxColumns;
    return t;
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->ncells; i++)
        free(t->cells[i].text);
    free(t->cells);
    free(t);
}

static struct cell *new_cell(struct table *t, enum cellKind kind)
{
    if (t->ncells == t->cap) {
        t->cap = t->cap != 0 ? 2 * t->cap : 64;
        t->cells = xrealloc(t->cells, t->cap, sizeof *t->cells);
    }
    struct cell *c = &t->cells[t->ncells++];
    *c = (struct cell){.kind = kind};
    return c;
}

/* Takes text. */
static void set_text(struct cell *c, char *text)
{
    c->text = text;
    c->shown = printable(text);
}

void table_text(struct table *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text;
    if (vasprintf(&text, fmt, ap) < 0)
        text = xprintf("?");
    va_end(ap);
    set_text(new_cell(t, CELL_TEXT), text);
}

void table_num(struct table *t, int64_t value)
{
    struct cell *c = new_cell(t, CELL_NUM);
    c->num = value;
    set_text(c, xprintf("%s", commas(value)));
}

void table_real(struct table *t, double value, int decimals)
{
    double scale = pow(10, decimals);
    struct cell *c = new_cell(t, CELL_REAL);
    c->real = round(value * scale) / scale;
    set_text(c, xprintf("%.*f", decimals, value));
}

void table_bool(struct table *t, bool value)
{
    struct cell *c = new_cell(t, CELL_BOOL);
    c->num = value;
    set_text(c, xprintf("%s", value ? "yes" : "no"));
}

void table_none(struct table *t)
{
    set_text(new_cell(t, CELL_NONE), xprintf("-"));
}

static size_t nrows(const struct table *t)
{
    return t->ncells / (size_t)t->ncols;
}

static const struct cell *cell_at(const struct table *t, size_t row, int col)
{
    return &t->cells[row * (size_t)t->ncols + (size_t)col];
}

/* What the cells of a column want, its head included: the widest text in one
 * line, and the longest piece that no break makes shorter. */
struct wish {
    size_t whole, piece;
};

static void widen(struct wish *w, const char *text)
{
    size_t whole = strlen(text), piece = wrap_longest(text);
    if (whole > w->whole)
        w->whole = whole;
    if (piece > w->piece)
        w->piece = piece;
}

static struct wish wish_of(const struct table *t, int col)
{
    struct wish w = {1, 1};
    widen(&w, t->cols[col].head);
    for (size_t row = 0; row < nrows(t); row++)
        widen(&w, cell_at(t, row, col)->shown);
    return w;
}

/* The narrowest column that is not whole; -1 when all are. */
static int narrowest(const struct wish *w, const size_t *width, int n)
{
    int found = -1;
    for (int i = 0; i < n; i++)
        if (width[i] < w[i].whole && (found < 0 || width[i] < width[found]))
            found = i;
    return found;
}

/* Words too long for the terminal are cut, the widest column's first, so that
 * the table is not. Returns what is taken then. */
static size_t cut_words(const struct table *t, size_t total, size_t taken,
                        size_t *width)
{
    enum { Narrow = 20 };
    for (; taken > total; taken--) {
        int widest = -1;
        for (int i = 0; i < t->ncols; i++)
            if ((t->cols[i].flags & COL_WRAP) && width[i] > Narrow &&
                (widest < 0 || width[i] > width[widest]))
                widest = i;
        if (widest < 0)
            break;
        width[widest]--;
    }
    return taken;
}

/* How many lines the table takes, or its first rows where it has many. */
static size_t height(const struct table *t, const size_t *width)
{
    enum { Enough = 200 };
    size_t lines = 0;
    for (size_t row = 0; row < nrows(t) && row < Enough; row++) {
        size_t most = 1;
        for (int i = 0; i < t->ncols; i++) {
            const char *text = cell_at(t, row, i)->shown;
            size_t n =
                t->cols[i].flags & COL_WRAP ? wrap_count(text, width[i]) : 1;
            most = n > most ? n : most;
        }
        lines += most;
    }
    return lines;
}

/* The longest piece of a column that only a cut in a word makes shorter. */
static size_t shortest_of(const struct table *t, int col)
{
    size_t longest = wrap_longest(t->cols[col].head);
    for (size_t row = 0; row < nrows(t); row++) {
        size_t piece = wrap_longest_name(cell_at(t, row, col)->shown);
        longest = piece > longest ? piece : longest;
    }
    return longest;
}

/* Takes from one column for another, where that makes the table lower: a name
 * breaks behind its dots, too. */
static bool give(const struct table *t, size_t *width, const size_t *least,
                 size_t step)
{
    size_t lines = height(t, width);
    for (int from = 0; from < t->ncols; from++)
        for (int to = 0; to < t->ncols; to++) {
            if (from == to || !(t->cols[from].flags & COL_WRAP) ||
                !(t->cols[to].flags & COL_WRAP) ||
                width[from] < least[from] + step)
                continue;
            width[from] -= step;
            width[to] += step;
            if (height(t, width) < lines)
                return true;
            width[from] += step;
            width[to] -= step;
        }
    return false;
}

static void lower(const struct table *t, size_t *width)
{
    size_t least[MaxColumns];
    for (int i = 0; i < t->ncols; i++)
        least[i] = shortest_of(t, i);
    for (size_t step = 16; step > 0; step /= 2)
        while (give(t, width, least, step))
            continue;
}

/* Fills width[] for a terminal of total columns: no word is cut where that is
 * enough, and what is left goes to the narrowest, one by one; then the table is
 * made as low as it can be. */
static void share_width(const struct table *t, size_t total, size_t *width)
{
    struct wish wishes[MaxColumns];
    size_t taken = Gap * ((size_t)t->ncols - 1);
    for (int i = 0; i < t->ncols; i++) {
        wishes[i] = wish_of(t, i);
        bool wraps = t->cols[i].flags & COL_WRAP;
        width[i] = wraps ? wishes[i].piece : wishes[i].whole;
        taken += width[i];
    }
    taken = cut_words(t, total, taken, width);
    int i;
    while (taken++ < total && (i = narrowest(wishes, width, t->ncols)) >= 0)
        width[i]++;
    lower(t, width);
}

static struct libscols_table *scols_like(const struct table *t, int term)
{
    struct libscols_table *s = scols_new_table();
    if (s == NULL)
        io_error("drawing a table");
    scols_table_enable_colors(s, term_colour());
    scols_table_set_column_separator(s, "  ");
    scols_table_set_termforce(s, term > 0 ? SCOLS_TERMFORCE_ALWAYS
                                          : SCOLS_TERMFORCE_NEVER);
    if (term > 0)
        scols_table_set_termwidth(s, (size_t)term);
    for (int i = 0; i < t->ncols; i++) {
        bool right = t->cols[i].flags & COL_RIGHT;
        bool wrap = t->cols[i].flags & COL_WRAP;
        struct libscols_column *c = scols_table_new_column(
            s, t->cols[i].head, 0,
            (right ? SCOLS_FL_RIGHT : 0) | (wrap ? SCOLS_FL_WRAP : 0));
        if (c == NULL)
            io_error("drawing a table");
        scols_cell_set_color(scols_column_get_header(c), "bold");
        if (!wrap)
            continue;
        scols_column_set_wrapfunc(c, scols_wrapnl_chunksize,
                                  scols_wrapnl_nextchunk, NULL);
        scols_column_set_safechars(c, "\n");
    }
    return s;
}

/* What libsmartcols is to own. */
static char *shown_text(const struct cell *c, bool wrap, size_t width)
{
    return wrap ? wrap_text(c->shown, width) : xprintf("%s", c->shown);
}

static void print_rows(const struct table *t, size_t n)
{
    size_t width[MaxColumns] = {0};
    int term = term_width();
    struct libscols_table *s = scols_like(t, term);
    if (term > 0)
        share_width(t, (size_t)term, width);
    for (size_t row = 0; row < n; row++) {
        struct libscols_line *line = scols_table_new_line(s, NULL);
        if (line == NULL)
            io_error("drawing a table");
        for (int i = 0; i < t->ncols; i++) {
            bool wrap = term > 0 && (t->cols[i].flags & COL_WRAP);
            char *text = shown_text(cell_at(t, row, i), wrap, width[i]);
            scols_line_refer_data(line, (size_t)i, text); /* now theirs */
        }
    }
    scols_print_table(s);
    scols_unref_table(s);
}

void table_print(const struct table *t)
{
    print_rows(t, nrows(t));
}

void table_print_first(const struct table *t, size_t n)
{
    if (n >= nrows(t)) {
        table_print(t);
        return;
    }
    print_rows(t, n);
    char *more = xprintf(
        "... %s", plural((int64_t)(nrows(t) - n), "more row", "more rows"));
    print_paragraph(more, 0, STYLE_DIM);
    free(more);
}

static void print_tsv_cell(const struct cell *c)
{
    if (c->kind == CELL_NUM)
        printf("%" PRId64, c->num);
    else if (c->kind != CELL_NONE)
        fputs(c->shown, stdout);
}

void table_print_tsv(const struct table *t)
{
    for (int i = 0; i < t->ncols; i++)
        printf("%s%s", t->cols[i].head, i + 1 < t->ncols ? "\t" : "\n");
    for (size_t row = 0; row < nrows(t); row++)
        for (int i = 0; i < t->ncols; i++) {
            print_tsv_cell(cell_at(t, row, i));
            putchar(i + 1 < t->ncols ? '\t' : '\n');
        }
}

static json_t *json_cell(const struct cell *c)
{
    switch (c->kind) {
    case CELL_NUM:
        return json_integer(c->num);
    case CELL_REAL:
        return json_real(c->real);
    case CELL_BOOL:
        return json_boolean(c->num);
    case CELL_NONE:
        return json_null();
    default:
        return json_string(valid_utf8(c->text));
    }
}

json_t *table_json(const struct table *t)
{
    json_t *rows = json_array();
    for (size_t row = 0; row < nrows(t); row++) {
        json_t *object = json_object();
        for (int i = 0; i < t->ncols; i++)
            json_object_set_new(object, t->cols[i].head,
                                json_cell(cell_at(t, row, i)));
        json_array_append_new(rows, object);
    }
    return rows;
}
