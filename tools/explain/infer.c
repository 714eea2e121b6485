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

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Functions whose lines allocate only to put entries into a map. */
static bool fills_maps(const char *func)
{
    static const char *const names[] = {"reflect.Value.SetMapIndex",
                                        "maps.Copy[...]", "maps.Insert[...]"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(func, names[i]) == 0)
            return true;
    return false;
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

/* A series as it stands, and as it is where others have its sizes, too. */
static void try_unit(const struct evidence *e, int unit, bool noscan,
                     struct candidate *best)
{
    struct candidate c = {.s =
                              series_try(e->v, e->list, e->n, 1, unit, noscan)};
    if (c.s.covered <= 0)
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
    for (int unit = MinUnit; unit <= MaxUnit && e->n > 0; unit += UnitStep)
        for (int noscan = e->v->headerBytes == 0; noscan < 2; noscan++)
            try_unit(e, unit, noscan, &best);
    return best;
}

/* --- a function's lines together --- */

static int by_size(const void *a, const void *b)
{
    const struct sizeCount *x = a, *y = b;
    return (x->size > y->size) - (x->size < y->size);
}

/* The sizes of all lines of l's function but l itself. Returns how many; the
 * caller frees *list, which has room for more of them. */
static size_t sizes_beside(const struct sites *all, const struct site *l,
                           size_t more, struct sizeCount **list)
{
    size_t n = 0, cap = more;
    *list = xcalloc(cap + 1, sizeof **list);
    for (size_t i = 0; i < all->n; i++) {
        struct sizeCount *one;
        if (&all->list[i] == l || all->list[i].func != l->func)
            continue;
        size_t m = site_sizes(&all->list[i], 1u << PIECE_NOT_MAP, &one);
        cap += m;
        *list = xrealloc(*list, cap + 1, sizeof **list);
        memcpy(*list + n, one, m * sizeof *one);
        n += m;
        free(one);
    }
    return n;
}

static size_t add_up(struct sizeCount *list, size_t n)
{
    size_t kept = 0;
    qsort(list, n, sizeof *list, by_size);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || list[kept - 1].size != list[i].size) {
            list[kept++] = list[i];
            continue;
        }
        list[kept - 1].n += list[i].n;
        list[kept - 1].inuse += list[i].inuse;
        list[kept - 1].samples += list[i].samples;
    }
    return kept;
}

/* Of a function's map the line has arrays that no other of its lines has, and
 * without which the map would lack a stage. */
static bool fills_gap(const struct evidence *e, const struct evidence *rest,
                      const struct candidate *c)
{
    for (int i = c->s.low; i < c->s.top; i++) {
        int64_t size = stage_bytes(e->v, c->s.unit, c->s.noscan, i);
        if (size > 0 && evidence_of(e, size).n > 0 &&
            evidence_of(rest, size).n <= 0)
            return true;
    }
    return false;
}

/* What the line's function says of it, where its own sizes say less. c is
 * changed only then. */
static void ask_function(const struct evidence *e, struct candidate *c)
{
    enum { FewStages = 2 };
    struct sizeCount *list;
    size_t n = sizes_beside(e->all, e->l, e->n, &list);
    if (n > 0) {
        struct evidence rest = *e, both = *e;
        rest.n = add_up(list, n);
        rest.list = list;
        struct sizeCount *sum = xcalloc(rest.n + e->n, sizeof *sum);
        memcpy(sum, list, rest.n * sizeof *sum);
        memcpy(sum + rest.n, e->list, e->n * sizeof *sum);
        both.n = add_up(sum, rest.n + e->n);
        both.list = sum;
        struct candidate pooled = best_unit(&both);
        struct series own = {.unit = pooled.s.unit};
        if (pooled.verdict == VERDICT_MAP)
            own = series_try(e->v, e->list, e->n, 1, pooled.s.unit,
                             pooled.s.noscan);
        if (own.top - own.low >= FewStages && fills_gap(e, &rest, &pooled)) {
            c->s = own;
            c->verdict = VERDICT_UNSURE;
            c->why = "only together with the function's other lines are the "
                     "sizes a map's";
        }
        free(sum);
    }
    free(list);
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

bool infer_map(const struct goversion *v, const struct sites *all,
               const struct site *l, struct mapStory *out)
{
    struct sizeCount *list;
    struct evidence e = {
        v, all, l, NULL, 0, all->rate <= 1, fills_maps(l->func)};
    e.n = site_sizes(l, 1u << PIECE_NOT_MAP, &list);
    e.list = list;
    if (strcmp(l->func, "runtime") == 0)
        e.n = 0; /* the runtime's own needs: no line of anybody's */
    struct candidate best = best_unit(&e);
    if (e.n > 0 && e.exact && best.verdict == VERDICT_NONE)
        ask_function(&e, &best);
    if (best.verdict != VERDICT_NONE)
        tell(&e, &best, out);
    free(list);
    return best.verdict != VERDICT_NONE;
}
