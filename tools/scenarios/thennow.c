/*
 * thennow.c: the figures of a scenario, a column a release.
 */
#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/scenarios/scenario.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MostColumns = 16 };

unsigned changes_between(const struct goversion *a, const struct goversion *b)
{
    unsigned changes = 0;
    if (a->map != b->map)
        changes |= CHANGE_MAP;
    if (a->syncMap != b->syncMap)
        changes |= CHANGE_SYNCMAP;
    if (a->headerBytes != b->headerBytes)
        changes |= CHANGE_HEADER;
    if (a->map == b->map && a->prunes != b->prunes)
        changes |= CHANGE_PRUNING;
    if (a->updatesFull != b->updatesFull)
        changes |= CHANGE_UPDATE;
    if (a->marksInSpan != b->marksInSpan || a->bitsInSpan != b->bitsInSpan)
        changes |= CHANGE_SPANS;
    return changes;
}

/* A figure's value in a release; NULL where it has none. */
static const struct namedFigure *figure_in(const struct releaseFigures *r,
                                           const char *name)
{
    return r->on ? figures_find(&r->figures, name) : NULL;
}

static void add_value(struct table *t, const struct namedFigure *f)
{
    if (f == NULL)
        table_none(t);
    else if (f->decimals == 0)
        table_num(t, (int64_t)f->value);
    else
        table_real(t, f->value, f->decimals);
}

/* A change to ratio times, at most 2: "-72 %", or more digits where it would
 * round to none or to all: "+0.3 %", "x 0.004". */
static void add_ratio(struct table *t, double ratio)
{
    double percent = 100 * (ratio - 1);
    if (ratio > 0 && ratio < 0.005)
        table_text(t, "x %.1g", ratio);
    else
        table_text(t, fabs(percent) < 0.5 ? "%+.1g %%" : "%+.0f %%", percent);
}

/* "same", "-72 %", "x 12.4"; nothing where one of them has no such figure. */
static void add_change(struct table *t, const struct namedFigure *from,
                       const struct namedFigure *to)
{
    if (from == NULL || to == NULL)
        table_none(t);
    else if (from->value == to->value)
        table_text(t, "same");
    else if (from->value == 0 || to->value > 2 * from->value)
        table_text(t, from->value == 0 ? "more" : "x %.1f",
                   to->value / from->value);
    else
        add_ratio(t, to->value / from->value);
}

static void add_row(struct table *t, const char *name,
                    const struct releaseFigures *of, size_t n)
{
    table_text(t, "%s", name);
    for (size_t i = 0; i < n; i++)
        add_value(t, figure_in(&of[i], name));
    if (n > 1)
        add_change(t, figure_in(&of[0], name), figure_in(&of[n - 1], name));
}

/* The names of all figures, each once, in order of the first that has it. */
static void add_rows(struct table *t, const struct releaseFigures *of, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < of[i].figures.n; k++) {
            const char *name = of[i].figures.list[k].name;
            bool shown = false;
            for (size_t before = 0; before < i; before++)
                shown |= figure_in(&of[before], name) != NULL;
            if (!shown)
                add_row(t, name, of, n);
        }
    }
}

static void print_table(const struct releaseFigures *of, size_t n, size_t rows)
{
    struct column cols[MostColumns + 2] = {{"figure", COL_WRAP}};
    for (size_t i = 0; i < n; i++)
        cols[1 + i] = (struct column){of[i].v->name, COL_RIGHT};
    cols[1 + n] = (struct column){"change", COL_RIGHT};
    struct table *t = table_new(cols, (int)n + (n > 1 ? 2 : 1));
    add_rows(t, of, n);
    table_print_first(t, rows);
    table_free(t);
}

void thennow_print(const struct scenario *s, const struct releaseFigures *of,
                   size_t n, size_t rows)
{
    if (n > 1) {
        char *title = xprintf("The same program, %s to %s:", of[0].v->name,
                              of[n - 1].v->name);
        print_paragraph(title, 0, STYLE_TITLE);
        free(title);
    }
    print_table(of, n, rows);
    unsigned changes = changes_between(of[0].v, of[n - 1].v);
    for (const struct reason *w = s->reasons; w != NULL && w->why != NULL; w++)
        if ((changes & w->change) != 0)
            print_paragraph(w->why, 0, STYLE_PLAIN);
}
