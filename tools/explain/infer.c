/*
 * infer.c: every unit that there can be against a line's sizes; the one that
 * the signs (signs.h) speak for is told as a story.
 *
 *     line --sizes--> series of each unit --signs--> best --> story
 *      `-- where that says little: with the sizes of its function's other lines
 *
 * Locking: none.
 */
#include "tools/explain/infer.h"

#include "alloc/malloc.h"
#include "tools/explain/signs.h"
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
    {"net/url.parseQuery", StringToStrings},
    {"net/url.Values.Add", StringToStrings},
    {"net/textproto.MIMEHeader.Add", StringToStrings},
};

static const struct filler *filler_of(const char *func)
{
    for (size_t i = 0; i < ARRAY_LEN(fillers); i++)
        if (strcmp(func, fillers[i].func) == 0)
            return &fillers[i];
    return NULL;
}

/* --- what arrays and other objects share --- */

/* The number of arrays at a stage whose size lists of overflow buckets have,
 * too: what the next stage that is its own has, and at least one. */
static void share_with_lists(const struct evidence *e, struct series *s)
{
    double above = 0;
    for (int i = s->top; i >= s->low; i--) {
        bool shared =
            shape_is_list(e->v, stage_bytes(e->v, s->unit, s->noscan, i));
        if (shared && s->count[i] > 0)
            s->count[i] = fmin(s->count[i], fmax(above, 1));
        above = fmax(above, s->count[i]);
    }
    s->covered = 0;
    for (int i = s->low; i <= s->top; i++)
        s->covered += s->count[i];
}

/* Directories of one map whose size is also that of some of its arrays: as many
 * sizes as its tables need. */
static void share_with_directories(const struct evidence *e, struct series *s)
{
    double tables = 1 + (s->count[SwissTables] - 1) / 2;
    for (int d = 1; ldexp(1, d - 1) < tables; d++)
        for (int i = s->low; i <= SwissTables; i++)
            if (stage_bytes(e->v, s->unit, s->noscan, i) ==
                    (int64_t)objsize_slot(e->v, (size_t)PtrSize << d, false) &&
                s->count[i] > 1) {
                s->count[i]--;
                s->covered--;
            }
}

/* How many of the last single table's size were maps' only tables: no more than
 * of the stage before, such that the others are pairs, one a directory at
 * least. */
static double single_tables(const struct evidence *e, const struct series *s,
                            double pairs)
{
    double last = s->count[SwissTables], n = 0, off = 0;
    for (int i = s->low; i < SwissTables; i++)
        if (s->count[i] > 0) {
            n = s->count[i];
            off = estimate_off(e->all, n, s->samples[i]);
        }
    if (!e->exact)
        return fmax(n - off, 1);
    n = 2 * pairs <= last ? fmin(n, last - 2 * pairs) : n;
    return fmod(last - n, 2) != 0 ? n - 1 : n;
}

/* A swiss map's tables that were split off have the size of its last single
 * one: each split makes two. So many tables a map need a directory of as many,
 * and more. */
static void take_splits(const struct evidence *e, struct series *s)
{
    double pairs = e->exact ? evidence_of(e, 2 * PtrSize).n : 0;
    double single = single_tables(e, s, pairs), last = s->count[SwissTables];
    if (s->top != SwissTables || single < 0 || last < single + 2)
        return;
    s->splits = last - single;
    s->count[SwissTables] = single;
    s->covered -= s->splits;
    double maps = fmin(fmax(pairs, 1), s->splits / 2);
    if (s->low < SwissTables)
        maps = single;
    double tables = 1 + s->splits / 2 / maps;
    for (int d = 1; ldexp(1, d - 1) < tables && SwissTables + d < MaxStages;
         d++) {
        s->top = SwissTables + d;
        s->count[s->top] = maps;
        s->samples[s->top] = maps;
    }
    if (single <= 0 && s->low == SwissTables)
        s->low++; /* all of its maps had split before */
}

/* --- booking --- */

static double bytes_of(const struct evidence *e, const struct series *s,
                       double units)
{
    double bytes = units * (double)stage_bytes(e->v, s->unit, s->noscan, 0);
    for (int i = s->low; i <= s->top; i++)
        bytes += s->count[i] * (double)stage_bytes(e->v, s->unit, s->noscan, i);
    return bytes;
}

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
        if (stage_bytes(s->v, s->grown.unit, s->grown.noscan, i) == size)
            return i;
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
        if (z->size == stage_bytes(s->v, s->grown.unit, s->grown.noscan, 0))
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
    double size = (double)stage_bytes(s->v, s->grown.unit, s->grown.noscan, 0);
    s->part_objects[PIECE_UNIT] = first;
    s->part_bytes[PIECE_UNIT] = first * size;
    s->part_objects[PIECE_CHAIN] = units - first;
    s->part_bytes[PIECE_CHAIN] = (units - first) * size;
}

/* --- units --- */

static bool is_better(const struct candidate *a, const struct candidate *b,
                      const struct goversion *v)
{
    if (a->verdict != b->verdict)
        return a->verdict > b->verdict;
    bool common = series_common(v, a->s.unit);
    if (common != series_common(v, b->s.unit))
        return common;
    if ((a->units > 0) != (b->units > 0))
        return a->units > 0;
    if (a->unit_samples != b->unit_samples)
        return a->unit_samples > b->unit_samples;
    return a->bytes > b->bytes;
}

static void weigh(const struct evidence *e, struct candidate c,
                  struct candidate *best)
{
    struct sizeCount unit =
        evidence_of(e, stage_bytes(e->v, c.s.unit, c.s.noscan, 0));
    c.units = unit.n;
    c.unit_samples = e->exact ? 0 : unit.samples;
    c.bytes = bytes_of(e, &c.s, c.units);
    signs_judge(e, &c);
    if (c.verdict != VERDICT_NONE && is_better(&c, best, e->v))
        *best = c;
}

/* One size of arrays and no single bucket: no sign speaks for a map then, but
 * where the arrays may be those of tables that were split off. */
static bool says_nothing(const struct evidence *e, const struct series *s)
{
    bool splits = e->v->map == MAPKIND_SWISS && s->top == SwissTables;
    return s->covered <= 0 ||
           (s->low == s->top && !splits &&
            evidence_of(e, stage_bytes(e->v, s->unit, s->noscan, 0)).n <= 0);
}

/* A series as it stands, and as it is where others have its sizes, too. */
static void try_unit(const struct evidence *e, int unit, bool noscan,
                     struct candidate *best)
{
    struct candidate c = {.s =
                              series_try(e->v, e->list, e->n, 1, unit, noscan)};
    if (says_nothing(e, &c.s))
        return;
    if (shape_lists(e))
        share_with_lists(e, &c.s);
    struct candidate shared = c;
    if (e->v->map == MAPKIND_SWISS) {
        take_splits(e, &c.s);
        share_with_directories(e, &shared.s);
        take_splits(e, &shared.s);
        weigh(e, shared, best);
    }
    weigh(e, c, best);
}

static struct candidate best_unit(const struct evidence *e)
{
    struct candidate best = {.verdict = VERDICT_NONE};
    struct unitSet units = units_of(e->v, e->list, e->n, 1);
    int at = 0, unit;
    bool noscan;
    while (units_next(&units, &at, &unit, &noscan))
        try_unit(e, unit, noscan, &best);
    return best;
}

/* --- a function's lines together --- */

/* A function's sizes, all of its lines' added up, and the map that they are
 * those of. */
struct pooled {
    struct sizeCount *list; /* n of them */
    size_t n;
    struct candidate best;
};

struct inferring {
    const struct goversion *v;
    const struct sites *all;
    const struct site **by_func; /* all lines, by their functions; NULL: nobody
                                    has asked yet */
    struct pooled **pools; /* of each function that was asked for, at its first
                              line in by_func */
};

static int by_func(const void *a, const void *b)
{
    const struct site *x = *(const struct site *const *)a;
    const struct site *y = *(const struct site *const *)b;
    if (x->func != y->func)
        return x->func > y->func ? 1 : -1;
    return (x > y) - (x < y);
}

struct inferring *infer_new(const struct goversion *v, const struct sites *all)
{
    struct inferring *f = xcalloc(1, sizeof *f);
    f->v = v;
    f->all = all;
    return f;
}

static void sort_lines(struct inferring *f)
{
    const struct sites *all = f->all;
    f->by_func = xcalloc(all->n, sizeof(struct site *));
    f->pools = xcalloc(all->n, sizeof(struct pooled *));
    for (size_t i = 0; i < all->n; i++)
        f->by_func[i] = &all->list[i];
    qsort(f->by_func, all->n, sizeof(struct site *), by_func);
}

void infer_free(struct inferring *f)
{
    for (size_t i = 0; f->pools && i < f->all->n; i++)
        if (f->pools[i]) {
            free(f->pools[i]->list);
            free(f->pools[i]);
        }
    free(f->by_func);
    free(f->pools);
    free(f);
}

static struct pooled *pool_lines(const struct inferring *f,
                                 const struct evidence *e, size_t first,
                                 size_t end)
{
    struct pooled *p = xcalloc(1, sizeof *p);
    size_t cap = 0;
    for (size_t i = first; i < end; i++) {
        struct sizeCount *one;
        size_t n = site_sizes(f->by_func[i], 1u << PIECE_NOT_MAP, &one);
        p->list = array_reserve(p->list, &cap, p->n + n, sizeof *p->list);
        memcpy(p->list + p->n, one, n * sizeof *one);
        p->n += n;
        free(one);
    }
    struct evidence all = *e;
    all.n = p->n = sizes_add_up(p->list, p->n);
    all.list = p->list;
    p->best = best_unit(&all);
    return p;
}

/* The pool of the line's function; NULL: the function has no other line. */
static const struct pooled *pool_of(struct inferring *f,
                                    const struct evidence *e)
{
    size_t low = 0, high = f->all->n, end;
    if (!f->by_func)
        sort_lines(f);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (f->by_func[middle]->func < e->l->func)
            low = middle + 1;
        else
            high = middle;
    }
    if (f->pools[low])
        return f->pools[low];
    for (end = low; end < f->all->n; end++)
        if (f->by_func[end]->func != e->l->func)
            break;
    if (end - low > 1)
        f->pools[low] = pool_lines(f, e, low, end);
    return f->pools[low];
}

/* Of a function's map the line has arrays that no other of its lines has, and
 * without which the map would lack a stage. */
static bool fills_gap(const struct evidence *e, const struct pooled *p)
{
    const struct series *s = &p->best.s;
    for (int i = s->low; i < s->top; i++) {
        int64_t size = stage_bytes(e->v, s->unit, s->noscan, i);
        const struct sizeCount *all = sizes_find(p->list, p->n, size);
        double own = evidence_of(e, size).n;
        if (size > 0 && own > 0 && all->n <= own)
            return true;
    }
    return false;
}

/* What the line's function says of it, where its own sizes say less. c is
 * changed only then. */
static void ask_function(struct inferring *f, const struct evidence *e,
                         struct candidate *c)
{
    enum { FewStages = 2 };
    const struct pooled *p = pool_of(f, e);
    if (!p || p->best.verdict != VERDICT_MAP)
        return;
    struct series own =
        series_try(e->v, e->list, e->n, 1, p->best.s.unit, p->best.s.noscan);
    if (own.top - own.low < FewStages || !fills_gap(e, p))
        return;
    c->s = own;
    c->verdict = VERDICT_UNSURE;
    c->why = "only together with the function's other lines are the sizes a "
             "map's";
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
        series_smooth(e->v, &out->grown, e->all->rate);
    add_objects(out, e);
    split_units(out);
    story_count(out, e->all,
                out->grown.low > 1 ? 0 : out->part_objects[PIECE_UNIT]);
}

bool infer_map(struct inferring *f, const struct site *l, struct mapStory *out)
{
    struct sizeCount *list;
    const struct filler *known = filler_of(l->func);
    struct evidence e = {.v = f->v,
                         .all = f->all,
                         .l = l,
                         .exact = f->all->rate <= 1,
                         .named = known != NULL};
    if (known && known->width > 0)
        e.unit = unit_of_width(f->v, known->width);
    e.n = site_sizes(l, 1u << PIECE_NOT_MAP, &list);
    e.list = list;
    if (strcmp(l->func, "runtime") == 0)
        e.n = 0; /* the runtime's own needs: no line of anybody's */
    struct candidate best = best_unit(&e);
    if (e.n > 0 && e.exact && best.verdict == VERDICT_NONE)
        ask_function(f, &e, &best);
    if (best.verdict != VERDICT_NONE)
        tell(&e, &best, out);
    free(list);
    return best.verdict != VERDICT_NONE;
}
