/*
 * explain.c: the road from a source to findings.
 *
 * Locking: none. The heap under study is this process's, for one release.
 */
#include "tools/explain/explain.h"

#include "tools/cli/cmd.h"
#include "tools/explain/infer.h"
#include "tools/lib/exits.h"

#include <stdio.h>
#include <stdlib.h>

enum verdict finding_verdict(const struct finding *f)
{
    enum verdict worst = VERDICT_NONE;
    for (int i = 0; i < f->nmaps; i++)
        worst =
            i == 0 || f->maps[i].verdict < worst ? f->maps[i].verdict : worst;
    return worst;
}

char *site_place(const struct site *l)
{
    return xprintf("%s:%lld", l->func, (long long)l->line);
}

/* Worth a reader's time: half a percent of all objects or of all bytes. */
static bool matters(const struct sites *all, const struct site *l)
{
    enum { OneIn = 200 };
    return l->objects * OneIn >= all->total.objects ||
           l->bytes * OneIn >= all->total.bytes;
}

/* Without frames either kind of map is tried, unless the release is known. */
static void infer(const struct explained *e, const struct site *l,
                  struct finding *f)
{
    const struct goversion *other = NULL;
    for (const struct goversion *v = goversions; v->name; v++)
        if (v->map != e->release.v->map)
            other = v;
    struct mapStory second;
    bool first = infer_map(e->release.v, e->lines, l, &f->maps[0]);
    f->nmaps = first;
    if (e->release.known_kind || !other ||
        (first && f->maps[0].verdict == VERDICT_MAP) ||
        !infer_map(other, e->lines, l, &second))
        return;
    if (!first || second.verdict > f->maps[0].verdict)
        f->maps[0] = second;
    f->nmaps = 1;
}

/* Sizes that are a map's and an append series': whichever tells more of them;
 * and unsure where both tell the same. */
static void settle(const struct sites *all, struct finding *f)
{
    struct mapStory *s = &f->maps[0];
    double clearly = all->rate > 1 ? 2 : 1.1; /* counts are estimates */
    if (f->nmaps == 0)
        return;
    if (s->verdict >= VERDICT_MAP || s->bytes > f->slices.bytes * clearly)
        f->grows_slices = false;
    else if (f->slices.bytes > s->bytes * clearly)
        f->nmaps = 0;
    else
        s->why = "a slice that grows by append has these sizes, too";
}

static void find(const struct explained *e, const struct site *l,
                 struct finding *f)
{
    *f = (struct finding){.line = l};
    if (l->mech_objects[MECH_MAP] > 0)
        f->nmaps = story_by_frames(e->release.v, e->lines, l, f->maps);
    else if (e->lines->shown == SHOWN_HIDDEN)
        infer(e, l, f);
    f->grows_slices = slice_story(e->release.v, e->lines, l, &f->slices);
    if (f->grows_slices && f->slices.by_sizes)
        settle(e->lines, f);
}

static void price(const struct explained *e, struct finding *f)
{
    for (int i = 0; i < f->nmaps; i++)
        if (f->maps[i].v->map == modelled->map && f->maps[i].top > 0)
            hintcost_measure(&f->maps[i], e->lines->rate <= 1, e->by_bytes,
                             &f->costs[i]);
}

struct explained *explain(const struct source *s,
                          const struct explainOptions *o)
{
    struct explained *e = xcalloc(1, sizeof *e);
    e->source = s;
    e->by_bytes = o->by_bytes;
    e->seed = o->seed;
    e->release = release_find(s->p, s->release);
    if (o->go)
        e->release = (struct releaseFound){o->go, "as -go says", true};
    e->lines = sites_collect(s->p, s->shown);
    sites_sort(e->lines, o->by_bytes);
    program_start(e->release.v, o->seed, 0);
    e->list = xcalloc(e->lines->n, sizeof *e->list);
    for (size_t i = 0; i < e->lines->n; i++) {
        const struct site *l = &e->lines->list[i];
        bool listed = (o->all || matters(e->lines, l)) &&
                      (o->most == 0 || (int64_t)e->n < o->most);
        e->left_out += !listed;
        if (!listed)
            continue;
        find(e, l, &e->list[e->n]);
        price(e, &e->list[e->n++]);
    }
    return e;
}

void explained_free(struct explained *e)
{
    sites_free(e->lines);
    free(e->list);
    free(e);
}
