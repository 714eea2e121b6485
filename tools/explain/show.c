/*
 * show.c: what was found, told to people: the answer first, one row a line, and
 * then each line's story.
 */
#include "tools/explain/daily.h"
#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/pprof/pprofreport.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char buf[UnitsTextSize];
};

static const char *bytes(double n, struct text *t)
{
    return units_label(t->buf, llround(n), "bytes", "auto");
}

static double share(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

/* "83 objects (20.25kB)"; the caller frees it. */
static char *amount(double objects, double size)
{
    struct text t;
    return xprintf("%s (%s)", plural(llround(objects), "object", "objects"),
                   bytes(size, &t));
}

/* "about 83", or "83" where nothing is an estimate; with its range where
 * that is wider than a tenth. The caller frees it. */
static char *estimate(const struct explained *e, double n, double samples)
{
    double off = estimate_off(e->lines, n, samples);
    if (off <= 0)
        return xprintf("%s", commas(llround(n)));
    return xprintf("about %s (%s to %s)", commas(llround(n)),
                   commas(llround(fmax(n - off, 1))), commas(llround(n + off)));
}

static void say(char *line)
{
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
}

/* --- the head --- */

static void say_head(const struct explained *e)
{
    struct text a, b;
    const struct sites *l = e->lines;
    char *says = source_says(e->source);
    char *sampled = l->rate > 1 ? xprintf("sampled, one in %s: counts are "
                                          "estimates",
                                          bytes((double)l->rate, &a))
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
        bytes(l->total.bytes, &b), l->has_allocs ? "allocated" : "in use");
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
        double part = most < 0 ? 0 : share(l->mech_objects[most], l->objects);
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
        struct text a;
        char *place = site_place(l), *why = why_of(&e->list[i]);
        table_num(t, llround(l->objects));
        table_real(t, share(l->objects, total->objects), 1);
        table_text(t, "%s", bytes(l->bytes, &a));
        table_real(t, share(l->bytes, total->bytes), 1);
        table_text(t, "%s", place);
        table_text(t, "%s", why);
        free(place);
        free(why);
    }
    table_print(t);
    table_free(t);
}

/* --- maps --- */

/* What people call a stage: "B = 5", "128 groups", "4 tables". */
static char *stage_name(const struct mapStory *s, int stage)
{
    if (s->v->map == MAPKIND_CLASSIC)
        return xprintf("B = %d", stage);
    if (stage <= SwissTables)
        return xprintf("%s", plural((int64_t)1 << stage, "group", "groups"));
    return xprintf("%lld tables", 1ll << (stage - SwissTables));
}

static void say_one_map(const struct mapStory *s)
{
    char *stage = stage_name(s, s->top);
    int64_t low = s->top > 0 ? stage_capacity(s->v, s->top - 1) + 1 : 1;
    say(xprintf("One map grew here, to %s: %s to %s entries.", stage,
                commas(low), commas(stage_capacity(s->v, s->top))));
    free(stage);
}

static void say_histogram(const struct explained *e, const struct mapStory *s)
{
    char *maps = estimate(e, s->maps, s->samples);
    char *text = xprintf("%s maps were filled here. Entries, and how many maps "
                         "ended with so many:",
                         maps);
    free(maps);
    const char *between = " ";
    for (int i = 0; i <= s->top; i++) {
        if (s->ended[i] < 0.5)
            continue;
        int64_t low = i > 0 ? stage_capacity(s->v, i - 1) + 1 : 1;
        xappend(&text, "%s%s to %s: %s", between, commas(low),
                commas(stage_capacity(s->v, i)), commas(llround(s->ended[i])));
        between = "; ";
    }
    xappend(&text, ".");
    say(text);
}

static void say_unit(const struct mapStory *s, const char *type)
{
    const char *what = s->v->map == MAPKIND_CLASSIC ? "bucket" : "group";
    char *pairs = common_pairs(s);
    if (type)
        say(xprintf("A %s is %d bytes: %s.", what, s->grown.unit, type));
    else if (s->grown.unit != s->grown.unit_to)
        say(xprintf("A %s is %d to %d bytes.", what, s->grown.unit,
                    s->grown.unit_to));
    else
        say(xprintf("A %s is %d bytes%s%s.", what, s->grown.unit,
                    pairs ? ", as of " : "", pairs ? pairs : ""));
    free(pairs);
}

static void say_parts(const struct mapStory *s)
{
    static const char *const names[NPIECES] = {
        [PIECE_UNIT] = "first ones",    [PIECE_GROWN] = "growth",
        [PIECE_SPLIT] = "split tables", [PIECE_CHAIN] = "overflow buckets",
        [PIECE_EXTRA] = "bookkeeping",  [PIECE_TABLE] = "tables",
        [PIECE_DIR] = "directories",
    };
    char *text = xprintf("%s", "");
    for (int i = 0; i < NPIECES; i++) {
        if (!names[i] || s->part_objects[i] < 0.5)
            continue;
        char *part = amount(s->part_objects[i], s->part_bytes[i]);
        xappend(&text, "%s%s %s", *text ? ", " : "", names[i], part);
        free(part);
    }
    char *all = amount(s->objects, s->bytes);
    say(xprintf("Together %s: %s.", all, text));
    free(all);
    free(text);
}

/* Where maps had grown so far: frames tell what make made. */
static const char *came_from(const struct mapStory *s, int stage)
{
    if (s->begun_elsewhere)
        return "grown on another line before";
    return s->hinted[stage] > 0 ? "made with a hint that was too small"
                                : "made with a hint that was too small, or "
                                  "grown on another line before";
}

static void say_began(const struct mapStory *s)
{
    for (int i = 0; i <= s->top; i++) {
        char *stage = stage_name(s, i);
        if (s->began[i] >= 0.5)
            say(xprintf("%s here with room for %s entries: %s.",
                        plural(llround(s->began[i]), "map came", "maps came"),
                        commas(stage_capacity(s->v, i)), came_from(s, i)));
        if (s->again[i] >= 0.5)
            say(xprintf(
                "%s made again at the same size (%s): keys come and "
                "go, and no hint helps against that.",
                plural(llround(s->again[i]), "array was", "arrays were"),
                stage));
        free(stage);
    }
}

/* What a hint saves, of what; the caller frees it. */
static char *saving(const struct hintPrice *p, const struct hintCosts *c)
{
    struct text a;
    return xprintf("%s of %s (%.0f%%) and %s (%.0f%%)",
                   commas(llround(p->saved_objects)),
                   plural(llround(c->objects), "object", "objects"),
                   share(p->saved_objects, c->objects),
                   bytes(p->saved_bytes, &a), share(p->saved_bytes, c->bytes));
}

static void say_best(const struct hintCosts *c, const struct site *l,
                     const struct explained *e)
{
    const struct hintPrice *p = c->best;
    const char *type = l->type ? strchr(l->type, '[') : NULL;
    char *saved = saving(p, c);
    say(xprintf("make(map%s, %" PRId64 "), or any hint up to %s, saves %s: "
                "%.1f%% of the program's %s.",
                type ? type : "[K]V", p->hint_low, commas(p->hint_high), saved,
                e->by_bytes ? share(p->saved_bytes, e->lines->total.bytes)
                            : share(p->saved_objects, e->lines->total.objects),
                e->by_bytes ? "bytes" : "objects"));
    free(saved);
}

/* Maps of several sizes, and each its own hint. */
static void say_own(const struct hintCosts *c)
{
    char *saved = saving(&c->own, c);
    say(xprintf(
        "Where each map's size is known before, give each its own: that "
        "saves %s.",
        saved));
    free(saved);
}

/* Hints beside the best one: what they would save or cost. */
static void say_candidates(const struct hintCosts *c)
{
    struct text a;
    char *text = xprintf("%s", "");
    for (int i = 0; i < c->n; i++) {
        const struct hintPrice *p = &c->list[i];
        xappend(&text, "%s%" PRId64 ": %s, %s", *text ? "; " : "", p->hint_low,
                commas(llround(p->saved_objects)), bytes(p->saved_bytes, &a));
    }
    say(xprintf("Each hint, with the objects and bytes that it saves (below 0: "
                "costs): %s.",
                text));
    free(text);
}

/* Many maps of which hardly any lives. */
static void say_reuse(const struct explained *e, const struct mapStory *s)
{
    enum { Many = 100, OneIn = 50 };
    if (s->maps < Many || s->live_objects * OneIn > s->maps ||
        s->verdict != VERDICT_KNOWN || !e->lines->has_allocs)
        return;
    say(xprintf("Hardly any of them is in use at the end: one map made before "
                "the loop, and cleared, would serve for all: clear(m), or in "
                "old releases for k := range m { delete(m, k) }."));
}

/* Package sync makes its maps itself. */
static bool takes_hint(const struct site *l)
{
    return !l->syncmap && strncmp(l->func, "sync.", 5) != 0 &&
           strncmp(l->func, "internal/sync.", 14) != 0;
}

static void say_hints(const struct explained *e, const struct finding *f, int i)
{
    const struct mapStory *s = &f->maps[i];
    const struct hintCosts *c = &f->costs[i];
    if (s->top == 0)
        say(xprintf("None outgrew its first %s: a hint would save nothing.",
                    s->v->map == MAPKIND_CLASSIC ? "bucket" : "group"));
    else if (!takes_hint(f->line))
        say(xprintf("A sync.Map takes no hint; a map of your own behind a lock "
                    "would."));
    else if (s->begun_elsewhere)
        say(xprintf("A hint where they are made takes all of this away: what "
                    "each of them needs it makes there."));
    else if (c->n == 0)
        return;
    else if (c->best)
        say_best(c, f->line, e);
    else
        say(xprintf("No hint pays: what it saves the large maps it costs the "
                    "small ones."));
    if (c->n > 0 && s->maps > 1.5 && s->low < s->top && takes_hint(f->line)) {
        say_own(c);
        say_candidates(c);
    }
    say_reuse(e, s);
}

static void say_map(const struct explained *e, const struct finding *f, int i)
{
    const struct mapStory *s = &f->maps[i];
    if (s->verdict == VERDICT_UNSURE)
        say(xprintf("Unsure: %s. If it is a map:", s->why));
    if (s->maps > 1.5 || s->top == 0)
        say_histogram(e, s);
    else
        say_one_map(s);
    say_unit(s, f->line->type);
    say_parts(s);
    say_began(s);
    say_hints(e, f, i);
}

/* --- slices --- */

static void say_slices(const struct explained *e, const struct sliceStory *s)
{
    struct text a;
    double samples = 0;
    int last = 0;
    for (int i = 0; i < s->nsteps; i++) {
        samples += s->samples[i];
        last = s->ended[i] >= 0.5 ? i : last;
    }
    char *n = estimate(e, s->slices, samples);
    say(xprintf("%s %s grew by append here%s, in %s of %s: the largest has "
                "room for %s elements of %d bytes.",
                n, llround(s->slices) == 1 ? "slice" : "slices",
                s->by_sizes ? ", as the sizes suggest" : "",
                plural(llround(s->objects), "array", "arrays"),
                bytes(s->bytes, &a), commas(s->cap[last]), s->elem));
    free(n);
    if (s->saved_objects < 1)
        return;
    say(xprintf("Made with the right capacity each would be one array: %s and "
                "%s less.",
                plural(llround(s->saved_objects), "object", "objects"),
                bytes(s->saved_bytes, &a)));
}

/* --- a line --- */

static void say_caller(const struct site *l)
{
    const struct siteCaller *most = l->callers;
    for (size_t i = 1; i < l->ncallers; i++)
        if (l->callers[i].bytes > most->bytes)
            most = &l->callers[i];
    if (l->ncallers == 0)
        return;
    say(xprintf("A line of Go's own packages, called %sfrom %s:%" PRId64 ".",
                l->ncallers > 1 ? "most " : "", most->func, most->line));
}

static void say_line(const struct explained *e, const struct finding *f)
{
    const struct site *l = f->line;
    if (f->nmaps == 0 && !f->slices)
        return;
    char *head = xprintf("%s  %s:%" PRId64, l->func, l->file, l->line);
    putchar('\n');
    print_paragraph(head, 0, STYLE_TITLE);
    free(head);
    say_caller(l);
    for (int i = 0; i < f->nmaps; i++)
        say_map(e, f, i);
    if (f->slices)
        say_slices(e, f->slices);
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
        say_line(e, &e->list[i]);
    if (e->left_out)
        printf("\n%s: -all lists %s.\n",
               plural((int64_t)e->left_out, "more line is smaller",
                      "more lines are smaller"),
               e->left_out > 1 ? "them" : "it");
}
