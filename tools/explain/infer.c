/*
 * infer.c: a line's sizes, those of each of its calls, and the unit that the
 * signs (signs.h) speak for, told as a story.
 *
 *     line --calls--> sizes --> series of each unit --signs--> best --> story
 *      `-- where that says little: with the sizes of its function's other calls
 *
 * Locking: none.
 */
#include "tools/explain/infer.h"

#include "alloc/malloc.h"
#include "tools/explain/bestunit.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { StringToStrings = sizeof(struct gostring) + sizeof(struct slice) };

/* Functions of Go's whose lines allocate only to put entries into a map, and
 * slices of which no size is one of its arrays': map[string][]string grows its
 * values by append, one by one. */
static const struct filler {
    const char *func;
    int width; /* bytes of a key and its element; 0: of any map */
} fillers[] = {
    {"reflect.Value.SetMapIndex", 0},
    {"maps.Copy[...]", 0},
    {"maps.Insert[...]", 0},
    {"net/http.copyValues", StringToStrings},
    {"net/url.parseQuery", StringToStrings},
    {"net/url.Values.Add", StringToStrings},
    {"net/textproto.MIMEHeader.Add", StringToStrings},
    {"net/textproto.readMIMEHeader", StringToStrings},
};

static const struct filler *filler_of(const char *func)
{
    for (size_t i = 0; i < ARRAY_LEN(fillers); i++)
        if (strcmp(func, fillers[i].func) == 0)
            return &fillers[i];
    return NULL;
}

struct inferring {
    const struct goversion *v;
    const struct sites *all;
    struct neighbours *neighbours;
};

struct inferring *infer_new(const struct goversion *v, const struct sites *all)
{
    struct inferring *f = xcalloc(1, sizeof *f);
    f->v = v;
    f->all = all;
    f->neighbours = neighbours_new(all);
    return f;
}

void infer_free(struct inferring *f)
{
    neighbours_free(f->neighbours);
    free(f);
}

/* --- booking --- */

static void add_part(struct mapStory *s, enum piece part, double n,
                     int64_t size)
{
    s->part_objects[part] += n;
    s->part_bytes[part] += n * (double)size;
    s->objects += n;
    s->bytes += n * (double)size;
}

/* The stage whose array has that size; 0: none. */
static int stage_of(const struct mapStory *s, int64_t size)
{
    for (int i = s->grown.low; i <= s->grown.top; i++)
        if (s->grown.bytes[i] == size)
            return i;
    if (s->grown.splits > 0 && s->grown.bytes[SwissTables] == size)
        return SwissTables;
    return 0;
}

/* Books the line's objects that the series tells. */
static void add_objects(struct mapStory *s, const struct evidence *e)
{
    bool lists = shape_lists_balance(e, &s->grown);
    bool swiss = s->v->map == MAPKIND_SWISS;
    double extras = lists ? INFINITY : signs_extras(&s->grown);
    for (size_t i = 0; i < e->n; i++) {
        const struct sizeCount *z = &e->list[i];
        enum piece part = PIECE_NOT_MAP;
        double n = z->n;
        if (z->size == s->grown.bytes[0])
            part = PIECE_UNIT;
        int stage = stage_of(s, z->size);
        if (stage > 0) {
            part = PIECE_GROWN;
            n = fmin(n, s->grown.count[stage]);
            add_part(s, PIECE_EXTRA, lists ? z->n - n : 0, z->size);
            if (stage == SwissTables)
                add_part(s, PIECE_SPLIT, s->grown.splits, z->size);
        } else if (part == PIECE_NOT_MAP && z->size == ExtraBytes &&
                   extras > 0) {
            part = PIECE_EXTRA;
            n = fmin(n, extras);
        } else if (part == PIECE_NOT_MAP && lists &&
                   shape_is_list(s->v, z->size)) {
            part = PIECE_EXTRA;
        }
        if (part == PIECE_NOT_MAP && swiss && z->size == TableBytes) {
            part = PIECE_TABLE;
            n = fmin(n, s->grown.covered + s->grown.splits);
        }
        if (part == PIECE_NOT_MAP)
            continue;
        add_part(s, part, n, z->size);
        s->samples += z->samples;
        s->live_objects += part == PIECE_EXTRA ? fmin(z->inuse, n) : z->inuse;
        s->live_arrays += stage > 0 ? fmin(z->inuse, n) : 0;
    }
    s->noscan |= lists;
    s->known_noscan |= lists;
}

/* First buckets and overflow buckets have one size: of as many maps as grew,
 * the first are so many, and the rest overflow. */
static void split_units(struct mapStory *s)
{
    double units = s->part_objects[PIECE_UNIT];
    double first = s->grown.low == 1 ? s->grown.count[1] : 0;
    if (s->v->map != MAPKIND_CLASSIC || units <= first)
        return;
    double size = (double)s->grown.bytes[0];
    s->part_objects[PIECE_UNIT] = first;
    s->part_bytes[PIECE_UNIT] = first * size;
    s->part_objects[PIECE_CHAIN] = units - first;
    s->part_bytes[PIECE_CHAIN] = (units - first) * size;
}

/* --- the story --- */

static void tell(const struct evidence *e, const struct candidate *c,
                 struct mapStory *out)
{
    *out = (struct mapStory){.v = e->v,
                             .verdict = c->verdict,
                             .grown = c->s,
                             .why = c->why,
                             .noscan = c->s.noscan};
    if (!e->exact)
        series_smooth(&out->grown, e->all->rate);
    add_objects(out, e);
    split_units(out);
    story_count(out, e->all,
                out->grown.low > 1 ? 0 : out->part_objects[PIECE_UNIT]);
}

/* --- a line's calls --- */

/* The best reading of e's objects, its function asked where they say little. */
static struct candidate read_sizes(struct inferring *f,
                                   const struct evidence *e)
{
    struct candidate best = best_unit(e);
    if (e->exact && best.verdict != VERDICT_MAP)
        neighbours_ask(f->neighbours, e, &best);
    return best;
}

/* Tells the maps of the calls that are surely some; of the others the best one
 * is kept. */
static int tell_calls(struct inferring *f, struct evidence e,
                      const uint64_t *calls, size_t n, struct mapStory *out,
                      struct candidate *best)
{
    int told = 0;
    for (size_t i = 0; i < n && told < MaxStories; i++) {
        struct sizeCount *list;
        e.n = site_call_sizes(e.l, calls[i], &list);
        e.list = list;
        e.one_call = calls[i] > 0;
        e.called = site_call_assigns(e.l, calls[i]);
        struct candidate c = read_sizes(f, &e);
        if (c.verdict == VERDICT_MAP)
            tell(&e, &c, &out[told++]);
        else if (c.verdict != VERDICT_NONE && candidate_better(&c, best, e.v))
            *best = c;
        free(list);
    }
    return told;
}

/* Reads the line as a whole: calls that were inlined in several places are
 * several, and one. */
static int tell_line(struct inferring *f, struct evidence e, size_t ncalls,
                     struct candidate best, struct mapStory *out)
{
    struct sizeCount *list;
    e.n = site_call_sizes(e.l, AnyCall, &list);
    e.list = list;
    e.called = site_call_assigns(e.l, AnyCall);
    struct candidate all = {.verdict = VERDICT_NONE};
    if (e.n > 0)
        all = read_sizes(f, &e);
    if (ncalls <= 1 || all.verdict == VERDICT_MAP)
        best = all;
    if (best.verdict != VERDICT_NONE)
        tell(&e, &best, out);
    free(list);
    return best.verdict != VERDICT_NONE;
}

int infer_maps(struct inferring *f, const struct site *l, struct mapStory *out)
{
    uint64_t *calls;
    const struct filler *known = filler_of(l->func);
    struct evidence e = {.v = f->v,
                         .all = f->all,
                         .l = l,
                         .exact = f->all->rate <= 1,
                         .named = known != NULL};
    if (strcmp(l->func, "runtime") == 0)
        return 0; /* the runtime's own needs: no line of anybody's */
    if (known && known->width > 0)
        e.unit = unit_of_width(f->v, known->width);
    struct candidate best = {.verdict = VERDICT_NONE};
    size_t n = site_calls(l, &calls);
    int told = n > 1 ? tell_calls(f, e, calls, n, out, &best) : 0;
    e.one_call = n == 1 && calls[0] > 0;
    free(calls);
    return told > 0 ? told : tell_line(f, e, n, best, out);
}
