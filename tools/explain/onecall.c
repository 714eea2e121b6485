/*
 * onecall.c: the sizes that one call instruction asked for.
 *
 * A line may append to a slice, build a string and put both into a map; each is
 * a call of its own, and a profile keeps its address though it hides what was
 * called. One call makes one kind of thing: new makes one size; append of one
 * slice makes the series of its element; make and strings make sizes as they
 * are asked for. Only a map's makes arrays of several sizes and, in numbers
 * that follow from these, small objects beside them:
 *
 *     bucket maps   24 bytes for each map, or for each array and its list of
 *                   overflow buckets, which grows by append
 *     swiss maps    32 bytes for each array; 8 for each map's first; 16, 32,
 *                   64 … for directories
 *
 * make of a slice could be asked for just these numbers, by who wants to be
 * taken for a map. Nothing else was found that has them: nomaps (tests).
 *
 * Locking: none.
 */
#include "alloc/malloc.h"
#include "tools/explain/signs.h"

#include <math.h>

/* Where every object was recorded a few may be missing all the same: of what is
 * made while the profile is written. */
static bool as_many(double a, double b)
{
    return fabs(a - b) <= fmax(a, b) / 100;
}

/* Bytes of a directory of 2^d tables. */
static int64_t directory_bytes(const struct evidence *e, int d)
{
    return (int64_t)objsize_slot(e->v, (size_t)PtrSize << d, false);
}

static bool is_directory(const struct evidence *e, int64_t size)
{
    int d = 1;
    while (directory_bytes(e, d) < size)
        d++;
    return directory_bytes(e, d) == size;
}

/* Goes the size with a series, which has split tables off or not, though it is
 * no array of it? */
static bool goes_with(const struct evidence *e, bool splits, int64_t size)
{
    if (e->v->map == MAPKIND_SWISS)
        return size == PtrSize || size == TableBytes ||
               (splits && is_directory(e, size));
    return size == ExtraBytes ||
           ((shape_lists(e) || !e->exact) && shape_is_list(e->v, size));
}

static bool is_told(const struct evidence *e, const struct candidate *c,
                    int64_t size)
{
    return size == c->s.bytes[0] || shape_is_stage(&c->s, size) ||
           goes_with(e, c->s.splits > 0, size);
}

/* What a call made beside its map's: the sizes that no map has. */
struct others {
    int small, large; /* sizes up to, and above those that a map points to */
    double objects, told;
};

/* A collection begins below whatever call allocates then, and makes a few
 * objects there, goroutines and what they wait by: of a size one or two. */
enum { FewOfASize = 2 };

/* Adds a size. */
static void others_add(struct others *o, const struct sizeCount *z, bool told)
{
    enum { MaxDirect = 128 };
    bool few = z->samples <= FewOfASize;
    o->told += told ? z->samples : 0;
    o->objects += !told && few ? z->samples : 0;
    o->small += !told && !few && z->size <= MaxDirect;
    o->large += !told && !few && z->size > MaxDirect;
}

/* Of so many objects so few may be a collection's. */
static bool are_few(const struct others *o)
{
    enum { Few = 6, OneIn = 20 };
    return o->objects <= Few && o->objects * OneIn <= o->told;
}

/* Most units fail at the first sizes: the others are not looked at. */
bool onecall_is_none(const struct evidence *e, const struct candidate *c)
{
    enum { KeyAndElement = 2 };
    struct others o = {0};
    for (size_t i = 0; i < e->n; i++) {
        others_add(&o, &e->list[i], is_told(e, c, e->list[i].size));
        if (o.small > 0 || o.large > KeyAndElement)
            return true;
    }
    return !are_few(&o);
}

bool onecall_told(const struct evidence *e, const struct candidate *c)
{
    struct others o = {0};
    for (size_t i = 0; i < e->n; i++) {
        others_add(&o, &e->list[i], is_told(e, c, e->list[i].size));
        if (o.small > 0 || o.large > 0)
            return false;
    }
    return e->exact ? are_few(&o) : o.objects <= 0;
}

bool onecall_may_be_told(const struct evidence *e, int unit, bool noscan)
{
    const int64_t *bytes = stages_bytes(e->v, unit, noscan);
    for (size_t i = 0; i < e->n; i++) {
        const struct sizeCount *z = &e->list[i];
        int stage = 0;
        while (stage < MaxStages && bytes[stage] > 0 && bytes[stage] < z->size)
            stage++;
        if (z->samples > FewOfASize &&
            (stage == MaxStages || bytes[stage] != z->size) &&
            !goes_with(e, true, z->size))
            return false;
    }
    return true;
}

/* --- bucket maps --- */

/* Lists of overflow buckets beside arrays of several sizes: wherever the maps
 * began. */
static bool has_lists(const struct evidence *e, const struct candidate *c)
{
    enum { Few = 3 };
    int distinct;
    return shape_lists_balance(e, &c->s) && evidence_of(e, PtrSize).n >= Few &&
           c->units > 0 && shape_stages(&c->s, &distinct) >= Few &&
           distinct > 0;
}

/* Maps that a call of make gave room, all alike, outgrew it here once: as many
 * arrays of the next size at most, and overflow buckets. */
static bool outgrew_hint(const struct evidence *e, const struct candidate *c)
{
    enum { Several = 5 };
    const struct series *s = &c->s;
    int before = s->low - 1;
    if (s->low != s->top || before < FirstSpares || c->units <= 0)
        return false;
    const struct sizeCount *made =
        sizes_find(e->all->hinted, e->all->nhinted, s->bytes[before]);
    return made && s->count[s->low] >= Several && made->n >= s->count[s->low] &&
           series_common(e->v, s->unit);
}

bool onecall_buckets(const struct evidence *e, const struct candidate *c)
{
    return e->one_call && onecall_told(e, c) &&
           (has_lists(e, c) || outgrew_hint(e, c));
}

/* --- swiss maps --- */

/* A directory of four tables has a table's size: a map that has one has split
 * three tables off. */
bool onecall_tables_match(const struct evidence *e, const struct series *s)
{
    enum { ForFour = 6 }; /* two arrays each */
    double tables = s->splits, all = evidence_of(e, TableBytes).n;
    for (int i = s->low; i <= s->top && i <= SwissTables; i++)
        tables += s->count[i];
    return tables > 0 && (as_many(all, tables) ||
                          (all > tables &&
                           all <= tables * 1.01 + floor(s->splits / ForFour)));
}

/* Sizes of directories larger than a table; -1: some have more than the one
 * before, or the first more than tables could need. */
static int ladder(const struct evidence *e, const struct candidate *c)
{
    int n = 0;
    double before = c->s.splits / 2;
    for (int d = 1; directory_bytes(e, d) <= e->list[e->n - 1].size; d++) {
        int64_t size = directory_bytes(e, d);
        double here = evidence_of(e, size).n;
        if (size == TableBytes || here <= 0 || shape_is_stage(&c->s, size))
            continue;
        if (here > before)
            return -1;
        before = here;
        n += size > TableBytes;
    }
    return n;
}

bool onecall_groups(const struct evidence *e, const struct candidate *c)
{
    enum { Few = 3, Several = 20 };
    const struct series *s = &c->s;
    int distinct, seen = shape_stages(s, &distinct);
    double first = evidence_of(e, PtrSize).n;
    int steps = e->n > 0 ? ladder(e, c) : -1;
    if (!e->one_call || !onecall_told(e, c) || !onecall_tables_match(e, s) ||
        steps < 0 || !as_many(first, s->low == 1 ? s->count[1] : 0))
        return false;
    /* With first directories and single groups all four numbers agree. */
    bool small = first >= Several && c->units >= first;
    return seen >= Few || (seen >= Few - 1 && first > 0) || small ||
           (s->splits >= Few && steps >= Few - 1);
}

/* --- sampled profiles ---
 *
 * Of swiss maps a sample has arrays, and hardly ever a table or a directory,
 * which are too small. make(map[K]V, n) for several n makes the same arrays as
 * maps that grow, and so does make([]T, n): no verdict is sure. A bucket map
 * that grows has single buckets beside its arrays; one that make gave room has
 * none there.
 */

/* Single buckets beside arrays with spare buckets, and nothing else: no slice
 * that doubles or grows by append has all of these sizes. */
static bool surely_spares(const struct evidence *e, const struct candidate *c)
{
    enum { Few = 3 };
    int distinct, spared = 0, seen = shape_stages(&c->s, &distinct);
    for (int i = FirstSpares; i <= c->s.top; i++)
        spared += c->s.count[i] > 0;
    return c->unit_samples > 0 && spared > 0 && distinct > 0 &&
           (seen >= Few || spared >= Few - 1) && !shape_halves(e, &c->s) &&
           !shape_append_has(e, &c->s);
}

bool onecall_sampled(const struct evidence *e, const struct candidate *c)
{
    return e->one_call && e->v->map == MAPKIND_CLASSIC &&
           series_common(e->v, c->s.unit) && onecall_told(e, c) &&
           surely_spares(e, c);
}
