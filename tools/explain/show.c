/*
 * show.c: what was found, told to people: the answer first, one row a line, and
 * then each line's story (showline.c).
 */
#include "tools/explain/show.h"
#include "tools/explain/daily.h"
#include "tools/lib/exits.h"
#include "tools/lib/render.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* --- the head --- */

static void say_head(const struct explained *e)
{
    struct shownText a, b;
    const struct sites *l = e->lines;
    char *says = source_says(e->source);
    char *sampled = l->rate > 1 ? xprintf("sampled, one in %s: counts are "
                                          "estimates",
                                          show_bytes((double)l->rate, &a))
                                : xprintf("every allocation");
    char *line = xprintf(
        "%s: %s; %s%s. Rules of %s, %s; seed %" PRIu64 ".", e->source->title,
        says, sampled,
        l->has_allocs ? ""
                      : ", but only what is in use: no count of what was "
                        "allocated",
        e->release.v->name, e->release.why, e->seed);
    print_paragraph(line, 0, STYLE_DIM);
    free(line);
    line = xprintf(
        "%s, %s %s.", plural(llround(l->total.objects), "object", "objects"),
        show_bytes(l->total.bytes, &b), l->has_allocs ? "allocated" : "in use");
    print_paragraph(line, 0, STYLE_PLAIN);
    free(line);
    free(sampled);
    free(says);
}

/* --- the answer --- */

/* Of the findings that are worth half a percent of all that was allocated the
 * one that saves most, behind another (NULL: none); NULL: there is none. */
static const struct finding *next_best(const struct explained *e,
                                       const struct finding *after)
{
    enum { OneIn = 200 };
    const struct site *total = &e->lines->total;
    double least = (e->by_bytes ? total->bytes : total->objects) / OneIn;
    double most = after ? finding_saves(after, e->by_bytes) : INFINITY;
    const struct finding *best = NULL;
    for (size_t i = 0; i < e->n; i++) {
        const struct finding *f = &e->list[i];
        double saves = finding_saves(f, e->by_bytes);
        bool comes = saves < most || (saves == most && f > after);
        if (comes && saves >= least &&
            (!best || saves > finding_saves(best, e->by_bytes)))
            best = f;
    }
    return best;
}

/* What to change first, before all that leads there. */
static void say_answer(const struct explained *e)
{
    enum { Answers = 3 };
    const struct finding *f = NULL;
    for (int i = 0; i < Answers && (f = next_best(e, f)); i++) {
        char *advice = finding_advice(f);
        char *line = xprintf("%s:%" PRId64 ": %s.", f->line->file,
                             f->line->line, advice);
        if (i == 0)
            print_paragraph("What would save most:", 0, STYLE_PLAIN);
        print_paragraph(line, 2, STYLE_PLAIN);
        free(line);
        free(advice);
    }
    putchar('\n');
}

/* --- the table --- */

static const struct column columns[] = {
    {"objects", COL_RIGHT}, {"%", COL_RIGHT},   {"bytes", COL_RIGHT},
    {"%", COL_RIGHT},       {"line", COL_WRAP}, {"why", COL_WRAP},
};

/* "string building 97%, map 3%": the mechanisms of a line by what they are of
 * its objects, those that are a percent at least: a row is one line in a pipe.
 * The caller frees it. */
static char *mechanisms(const struct finding *f)
{
    const struct site *l = f->line;
    bool done[NMECHS] = {false};
    char *all = xprintf("%s", "");
    for (int n = 0; n < NMECHS; n++) {
        int most = -1;
        for (int m = 0; m < NMECHS; m++)
            if (!done[m] && l->mech_objects[m] > 0 &&
                (most < 0 || l->mech_objects[m] > l->mech_objects[most]))
                most = m;
        double part =
            most < 0 ? 0 : show_share(l->mech_objects[most], l->objects);
        if (most < 0 || (n > 0 && part < 1))
            break;
        done[most] = true;
        xappend(&all, "%s%s", n ? ", " : "", mechanism_names[most]);
        if (part <= 99 || n > 0)
            xappend(&all, " %.0f%%", part);
    }
    return all;
}

/* Where frames are hidden the verdict stands in the mechanism's place. */
static char *why_of(const struct finding *f)
{
    const struct site *l = f->line;
    if (l->mech_objects[MECH_HIDDEN] < l->objects)
        return mechanisms(f);
    switch (finding_verdict(f)) {
    case VERDICT_MAP:
    case VERDICT_KNOWN:
        return xprintf("map, by its sizes");
    case VERDICT_UNSURE:
        return xprintf("unsure: a map, or slices");
    case VERDICT_NONE:
        break;
    }
    return xprintf("%s", f->slices ? "append, by its sizes"
                                   : "not told: frames hidden");
}

static void print_rows(const struct explained *e)
{
    struct table *t = table_new(columns, ARRAY_LEN(columns));
    const struct site *total = &e->lines->total;
    for (size_t i = 0; i < e->n; i++) {
        const struct site *l = e->list[i].line;
        struct shownText a;
        char *place = site_place(l), *why = why_of(&e->list[i]);
        table_num(t, llround(l->objects));
        table_real(t, show_share(l->objects, total->objects), 1);
        table_text(t, "%s", show_bytes(l->bytes, &a));
        table_real(t, show_share(l->bytes, total->bytes), 1);
        table_text(t, "%s", place);
        table_text(t, "%s", why);
        free(place);
        free(why);
    }
    table_print(t);
    table_free(t);
}

void explain_show(const struct explained *e)
{
    say_head(e);
    if (e->source->shown == SHOWN_NAMELESS)
        return; /* there is no line to tell of */
    say_answer(e);
    if (e->n > 0)
        print_rows(e);
    for (size_t i = 0; i < e->n; i++)
        show_line(e, &e->list[i]);
    if (e->left_out)
        printf("\n%s: -all lists %s.\n",
               plural((int64_t)e->left_out, "more line is smaller",
                      "more lines are smaller"),
               e->left_out > 1 ? "them" : "it");
}
