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
#include <string.h>

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

/* How the maps of lines without frames are told. */
struct readers {
    struct inferring *first; /* by the rules of the release that was found */
    struct inferring *other; /* of the other kind of maps; NULL: it is known */
};

static struct readers readers_of(const struct explained *e)
{
    const struct goversion *other = NULL;
    for (const struct goversion *v = goversions; v->name; v++)
        if (v->map != e->release.v->map)
            other = v;
    struct readers r = {infer_new(e->release.v, e->lines), NULL};
    if (!e->release.known_kind && other)
        r.other = infer_new(other, e->lines);
    return r;
}

static void readers_free(const struct readers *r)
{
    infer_free(r->first);
    if (r->other)
        infer_free(r->other);
}

/* Either kind of map is tried, unless the release is known. */
static int infer(const struct readers *r, const struct site *l,
                 struct mapStory *out)
{
    struct mapStory second[MaxStories];
    int found = infer_maps(r->first, l, out);
    if (!r->other || (found > 0 && out->verdict == VERDICT_MAP))
        return found;
    int others = infer_maps(r->other, l, second);
    if (others == 0 || (found > 0 && second[0].verdict <= out->verdict))
        return found;
    memcpy(out, second, sizeof second);
    return others;
}

/* What was found of a line before it is kept. */
struct found {
    struct mapStory maps[MaxStories];
    int nmaps;
    struct sliceStory slices;
    bool grows_slices;
};

/* Sizes that are a map's and an append series': whichever tells more of them;
 * and unsure where both tell the same. */
static void settle(const struct sites *all, struct found *f)
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

static void *keep(const void *what, size_t n, size_t size)
{
    return n > 0 ? memcpy(xcalloc(n, size), what, n * size) : NULL;
}

static void find(const struct explained *e, const struct readers *r,
                 const struct site *l, struct finding *to)
{
    struct found f;
    f.nmaps = 0;
    if (e->lines->shown == SHOWN_HIDDEN)
        f.nmaps = infer(r, l, f.maps);
    else if (l->mech_objects[MECH_MAP] > 0)
        f.nmaps = story_by_frames(e->release.v, e->lines, l, f.maps);
    f.grows_slices = slice_story(e->release.v, e->lines, l, &f.slices);
    if (f.grows_slices && f.slices.by_sizes)
        settle(e->lines, &f);
    *to = (struct finding){
        .line = l,
        .nmaps = f.nmaps,
        .maps = keep(f.maps, (size_t)f.nmaps, sizeof *f.maps),
        .costs =
            f.nmaps > 0 ? xcalloc((size_t)f.nmaps, sizeof *to->costs) : NULL,
        .slices = keep(&f.slices, f.grows_slices, sizeof f.slices),
    };
}

/* Of a release that was guessed the largest lines' maps say which kind it has:
 * it may be another one, or was built with the other kind. */
static void settle_kind(struct explained *e)
{
    enum { Enough = 200 };
    struct mapStory maps[MaxStories];
    struct readers r = readers_of(e);
    const struct goversion *other = NULL;
    double own = 0, others = 0;
    for (size_t i = 0; i < e->lines->n && i < Enough; i++)
        for (int j = 0, n = infer(&r, &e->lines->list[i], maps); j < n; j++) {
            bool is_own = maps[j].v->map == e->release.v->map;
            if (maps[j].verdict != VERDICT_MAP)
                continue;
            *(is_own ? &own : &others) += maps[j].objects;
            other = is_own ? other : maps[j].v;
        }
    readers_free(&r);
    e->release.known_kind = own != others;
    if (others > own) {
        e->release.v = other;
        e->release.why = "the last with maps whose arrays have these sizes";
    }
}

static void price(const struct explained *e, struct finding *f)
{
    for (int i = 0; i < f->nmaps; i++)
        if (f->maps[i].v->map == modelled->map && f->maps[i].top > 0)
            hintcost_measure(&f->maps[i], e->lines->rate <= 1, e->by_bytes,
                             &f->costs[i]);
}

static void find_all(struct explained *e, const struct explainOptions *o)
{
    struct readers readers = readers_of(e);
    e->list = xcalloc(e->lines->n, sizeof *e->list);
    for (size_t i = 0; i < e->lines->n; i++) {
        const struct site *l = &e->lines->list[i];
        bool listed = (o->all || matters(e->lines, l)) &&
                      (o->most == 0 || (int64_t)e->n < o->most);
        e->left_out += !listed;
        if (!listed)
            continue;
        find(e, &readers, l, &e->list[e->n]);
        price(e, &e->list[e->n++]);
    }
    readers_free(&readers);
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
    if (!e->release.known_kind && e->lines->shown == SHOWN_HIDDEN)
        settle_kind(e);
    program_start(e->release.v, o->seed, 0);
    find_all(e, o);
    return e;
}

void explained_free(struct explained *e)
{
    for (size_t i = 0; i < e->n; i++) {
        free(e->list[i].maps);
        free(e->list[i].costs);
        free(e->list[i].slices);
    }
    sites_free(e->lines);
    free(e->list);
    free(e);
}
