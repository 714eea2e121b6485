/*
 * pagedoc.c: from a recording or a profile to the document of a page.
 *
 * A recording is made twice at least: first to count its steps, then with so
 * many left out as there are too many. If the page is too large all the same,
 * again, more coarsely: once with growths alone, which says what is left for
 * the other steps.
 */
#include "tools/watch/pagedoc.h"
#include "tools/explain/explain.h"
#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include "tools/log/logout.h"
#include "tools/log/picture.h"
#include "tools/page/pagefile.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    StepsMost = 10000,
    CellsEnough = 4096, /* of a map: as many as are seen well */
    CellsLeast = 256,   /* … still a picture */
    EveryHopeful = 20,  /* from there on the finest page cannot fit */
    EveryFew = 8,       /* a try with so many times fewer steps */
    StepsFew = 300,  /* rather than fewer, the map is drawn more seldom … */
    DrawStep = 4,    /* … each time by so much … */
    DrawSeldom = 64, /* … until it is drawn so seldom */
};

/* Shares of a page: of growths, and of all that is recorded. */
static const double GrowthsMost = 0.6, RoomMost = 0.95;

/* Which parts of a recording are shown. */
struct shownParts {
    bool *list;
    size_t n;
    int64_t steps; /* in all of them */
};

static struct shownParts parts_shown(const json_t *recording)
{
    const json_t *parts = json_object_get(recording, "parts");
    struct shownParts p = {.n = json_array_size(parts)};
    size_t i;
    json_t *part;
    p.list = xcalloc(p.n + 1, sizeof p.list[0]);
    json_array_foreach (parts, i, part) {
        p.list[i] = subject_shows(parts, part);
        if (p.list[i])
            p.steps += json_integer_value(json_object_get(part, "steps"));
    }
    return p;
}

/* The steps of the release that has most. */
static int64_t most_steps(const struct shownParts *p, size_t n)
{
    int64_t most = 1;
    for (size_t i = 0; i < n; i++)
        most = p[i].steps > most ? p[i].steps : most;
    return most;
}

/* How finely a recording is told. */
struct grain {
    int64_t every, draw;
    uint32_t cells; /* as in struct logWants */
};

/* What is to be recorded. */
struct order {
    const struct subject *s;
    const struct releases *go;
    const struct shownParts *parts; /* of each release */
    const char *command;
    int64_t most; /* steps of the release that has most */
};

static json_t *record_all(const struct order *o, const struct grain *g)
{
    json_t *all = json_array();
    for (size_t i = 0; o->go->list[i] != NULL; i++) {
        struct logWants w = {.put = logout_pack,
                             .every = g->every,
                             .draw = g->draw,
                             .cells = g->cells,
                             .parts = o->parts[i].list,
                             .nparts = o->parts[i].n};
        progress_doing("page: %s on %s, one step in %s", o->s->name,
                       o->go->list[i]->name, commas(g->every));
        json_array_append_new(all,
                              subject_record_apart(o->s, o->go->list[i], &w));
    }
    return all;
}

static json_t *recorded_doc(const struct order *o, const struct grain *g)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "page", "map", "command",
                     valid_utf8(o->command), "every", (json_int_t)g->every,
                     "draw", (json_int_t)g->draw, "cells", (json_int_t)g->cells,
                     "recordings", record_all(o, g));
}

/* The bytes that a page of this grain takes beyond an empty one, as a share of
 * those that there are. */
static double share_of(const json_t *doc)
{
    return (double)(page_size(doc) - page_empty()) /
           (double)(PageMost - page_empty());
}

static double share_at(const struct order *o, const struct grain *g)
{
    json_t *doc = recorded_doc(o, g);
    double share = share_of(doc);
    json_decref(doc);
    return share;
}

/* A first step, that of make, is free. */
static int64_t finest_every(const struct order *o)
{
    return o->most <= StepsMost + 1 ? 1 : (o->most + StepsMost - 1) / StepsMost;
}

/* Growths are always told, so without the other steps they must leave room for
 * those: first cells stand for more buckets, then the map is drawn in fewer of
 * the steps, as few as what is not drawing leaves room for. Returns what share
 * growths take then. */
static double make_growths_fit(const struct order *o, struct grain *g)
{
    struct grain growths = {o->most, g->draw, g->cells};
    double share = share_at(o, &growths);
    if (share <= GrowthsMost)
        return share;
    growths.cells = g->cells = CellsLeast;
    share = share_at(o, &growths);
    growths.cells = 0;
    double undrawn = share <= GrowthsMost ? 0 : share_at(o, &growths);
    double most = fmax(GrowthsMost, undrawn + (1 - undrawn) / 3);
    growths.cells = CellsLeast;
    while (share > most && growths.draw < o->most) {
        double fewer = undrawn < most ? (share - undrawn) / (most - undrawn)
                                      : (double)o->most;
        growths.draw = (int64_t)ceil((double)growths.draw * fmax(fewer, 2));
        share = share_at(o, &growths);
    }
    g->draw = growths.draw;
    return share;
}

/* The least k for which every k-th step fits, as a try let know: there all that
 * is no growth took others, a share times its k. */
static int64_t every_for(const struct order *o, double others, double room)
{
    double every = room > 0 ? ceil(others / room) : (double)o->most;
    return (int64_t)fmin(fmax(every, (double)finest_every(o)), (double)o->most);
}

/* What fits when some must be left out. What growths do not take is for the
 * other steps, which take the less the fewer are told: a try with few of them
 * says how much, and each try that is too large says it anew. Where only very
 * few steps would be left the map is drawn in fewer of them. */
static json_t *record_coarsely(const struct order *o)
{
    struct grain g = {
        .every = EveryFew * finest_every(o), .draw = 1, .cells = CellsEnough};
    double growths = make_growths_fit(o, &g), share = share_at(o, &g);
    for (double room = RoomMost;; room *= RoomMost) {
        double others = (share - growths) * (double)g.every;
        int64_t every = every_for(o, others, room - growths);
        if (o->most / every < StepsFew && g.draw < DrawSeldom) {
            g.draw *= DrawStep;
            share = share_at(o, &g);
            continue;
        }
        g.every = every > g.every || share <= 1 ? every : g.every + 1;
        json_t *doc = recorded_doc(o, &g);
        share = share_of(doc);
        if (share <= 1 || g.every >= o->most)
            return doc;
        json_decref(doc);
    }
}

static json_t *record_to_fit(const struct order *o)
{
    const struct grain g = {finest_every(o), 1, CellsMost};
    json_t *doc = NULL;
    if (g.every <= EveryHopeful)
        doc = recorded_doc(o, &g);
    if (doc != NULL && share_of(doc) <= 1)
        return doc;
    json_decref(doc);
    return record_coarsely(o);
}

json_t *pagedoc_recorded(const struct subject *given, const struct releases *go,
                         const char *command)
{
    struct subject same = *given, *s = &same;
    if (s->s != NULL && (s->s->takes & TAKES_N) && s->flags.n == NotGiven)
        s->flags.n = scenario_n(s->s, go->list[0]); /* in all of them */
    struct shownParts parts[MaxReleases] = {{NULL, 0, 0}};
    size_t n = 0;
    for (; go->list[n] != NULL; n++) {
        struct logWants count = {.every = 1};
        progress_doing("page: counting the steps of %s on %s", s->name,
                       go->list[n]->name);
        json_t *counted = subject_record_apart(s, go->list[n], &count);
        parts[n] = parts_shown(counted);
        json_decref(counted);
    }
    struct order o = {s, go, parts, command, most_steps(parts, n)};
    json_t *doc = record_to_fit(&o);
    progress_doing(NULL);
    while (n-- > 0)
        free(parts[n].list);
    return doc;
}

/* --- profiles ------------------------------------------------------------- */

static const char *frame_text(const struct profLoc *l, uint32_t i)
{
    return l->nlines == 0 ? "?" : l->lines[i].func->name;
}

/* Root first, as one text: functions parted by newlines. */
static char *stack_text(const struct profSample *s)
{
    size_t size = 1;
    for (uint32_t i = 0; i < s->nlocs; i++)
        for (uint32_t k = 0; k == 0 || k < s->locs[i]->nlines; k++)
            size += strlen(frame_text(s->locs[i], k)) + 1;
    char *text = xcalloc(size, 1), *to = text;
    for (uint32_t i = s->nlocs; i-- > 0;) {
        uint32_t lines = s->locs[i]->nlines > 0 ? s->locs[i]->nlines : 1;
        for (uint32_t k = lines; k-- > 0;) {
            to = stpcpy(to, frame_text(s->locs[i], k));
            *to++ = '\n';
        }
    }
    return text;
}

struct stackSum {
    char *text;
    int64_t objects, bytes;
};

static int by_bytes(const void *a, const void *b)
{
    const struct stackSum *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return strcmp(x->text, y->text);
}

static int64_t value_of(const struct profSample *s, int type)
{
    return type < 0 ? 0 : s->values[type];
}

/* [[stack, objects, bytes] ...], the largest first; of very many the smaller
 * ones are added up. */
static json_t *stacks_json(const struct profile *p)
{
    enum { StacksMost = 1500 };
    int objects = profile_type_index(p, "alloc_objects");
    int bytes = profile_type_index(p, "alloc_space");
    if (objects < 0)
        objects = profile_type_index(p, "inuse_objects");
    if (bytes < 0)
        bytes = profile_type_index(p, "inuse_space");
    struct stackSum *all = xcalloc(p->nsamples + 1, sizeof all[0]);
    struct stackSum rest = {.text = xprintf("(smaller stacks)\n")};
    for (size_t i = 0; i < p->nsamples; i++)
        all[i] = (struct stackSum){stack_text(p->samples[i]),
                                   value_of(p->samples[i], objects),
                                   value_of(p->samples[i], bytes)};
    qsort(all, p->nsamples, sizeof all[0], by_bytes);
    json_t *list = json_array();
    for (size_t i = 0; i < p->nsamples; i++) {
        rest.objects += i < StacksMost ? 0 : all[i].objects;
        rest.bytes += i < StacksMost ? 0 : all[i].bytes;
        if (i < StacksMost)
            json_array_append_new(list, json_pack("[s, I, I]",
                                                  valid_utf8(all[i].text),
                                                  (json_int_t)all[i].objects,
                                                  (json_int_t)all[i].bytes));
        free(all[i].text);
    }
    if (rest.bytes > 0)
        json_array_append_new(list, json_pack("[s, I, I]", rest.text,
                                              (json_int_t)rest.objects,
                                              (json_int_t)rest.bytes));
    free(rest.text);
    free(all);
    return list;
}

json_t *pagedoc_explained(const struct source *s, uint64_t seed,
                          const char *command)
{
    const struct explainOptions o = {.seed = seed};
    struct explained *e = explain(s, &o);
    json_t *doc = json_pack("{s:s, s:s, s:o, s:o}", "page", "profile",
                            "command", valid_utf8(command), "explained",
                            explain_document(e), "stacks", stacks_json(s->p));
    explained_free(e);
    return doc;
}
