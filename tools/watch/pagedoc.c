/*
 * pagedoc.c: from a recording or a profile to the document of a page.
 *
 * A recording is made twice at least: first to count its steps, then with so
 * many left out as there are too many. If the page is too large all the same,
 * again, more coarsely.
 */
#include "tools/watch/pagedoc.h"
#include "tools/explain/explain.h"
#include "tools/lib/exits.h"
#include "tools/lib/text.h"
#include "tools/log/logout.h"
#include "tools/log/picture.h"
#include "tools/page/pagefile.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { StepsMost = 10000, CellsLeast = 16, TriesMost = 10 };

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
    json_array_foreach(parts, i, part)
    {
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

static json_t *record_all(const struct subject *s, const struct releases *go,
                          const struct shownParts *parts, int64_t every,
                          uint32_t cells)
{
    json_t *all = json_array();
    for (size_t i = 0; go->list[i] != NULL; i++) {
        struct logWants w = {.put = logout_pack,
                             .every = every,
                             .cells = cells,
                             .parts = parts[i].list,
                             .nparts = parts[i].n};
        json_array_append_new(all, subject_record_apart(s, go->list[i], &w));
    }
    return all;
}

static json_t *recorded_doc(const char *command, json_t *recordings,
                            int64_t every, uint32_t cells)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:o}", "page", "map", "command",
                     valid_utf8(command), "every", (json_int_t)every, "cells",
                     (json_int_t)cells, "recordings", recordings);
}

/* As finely as there is room: steps are left out in proportion to what is too
 * much, and a few more, and every other time cells stand for more buckets;
 * cells alone where nothing is left but growths, which are always told. */
static json_t *record_to_fit(const struct subject *s, const struct releases *go,
                             const struct shownParts *parts, size_t n,
                             const char *command)
{
    enum { FirstCells = 2 }; /* the try after which cells are fewer */
    int64_t most = most_steps(parts, n);
    /* A first step, that of make, is free. */
    int64_t every =
        most <= StepsMost + 1 ? 1 : (most + StepsMost - 1) / StepsMost;
    uint32_t cells = CellsMost;
    for (int tries = 0;; tries++) {
        json_t *all = record_all(s, go, parts, every, cells);
        json_t *doc = recorded_doc(command, all, every, cells);
        size_t size = page_size(doc), empty = page_empty();
        if (size <= PageMost || tries == TriesMost)
            return doc;
        json_decref(doc);
        double times = (double)(size - empty) / (double)(PageMost - empty);
        bool fewer = every >= most || (tries >= FirstCells && tries % 2 == 0);
        if (fewer && cells > CellsLeast)
            cells /= 16;
        else
            every = (int64_t)ceil((double)every * times * 1.2);
    }
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
        json_t *counted = subject_record_apart(s, go->list[n], &count);
        parts[n] = parts_shown(counted);
        json_decref(counted);
    }
    json_t *doc = record_to_fit(s, go, parts, n, command);
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
