/*
 * bestunit.c: every unit that there can be against one list of sizes.
 *
 * Of a size that several claim (a list of overflow buckets and an array, a
 * directory and an array) the series is tried with its share, and as it stands.
 *
 * Locking: none.
 */
#include "tools/explain/bestunit.h"

#include "alloc/malloc.h"

#include <math.h>

/* --- what arrays and other objects share --- */

/* The number of arrays at a stage whose size lists of overflow buckets have,
 * too: what the next stage that is its own has, and at least one. */
static void share_with_lists(const struct evidence *e, struct series *s)
{
    double above = 0;
    for (int i = s->top; i >= s->low; i--) {
        bool shared = shape_is_list(e->v, s->bytes[i]);
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
    double tables = 1 + (s->count[SwissTables] - 1) / 2, before = 1;
    for (int d = 1; before < tables; d++, before *= 2) {
        int64_t size = (int64_t)objsize_slot(e->v, (size_t)PtrSize << d, false);
        for (int i = s->low; i <= SwissTables; i++)
            if (s->bytes[i] == size && s->count[i] > 1) {
                s->count[i]--;
                s->covered--;
            }
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

/* --- units --- */

static double bytes_of(const struct series *s, double units)
{
    double bytes = units * (double)s->bytes[0];
    for (int i = s->low; i <= s->top; i++)
        bytes += s->count[i] * (double)s->bytes[i];
    return bytes;
}

bool candidate_better(const struct candidate *a, const struct candidate *b,
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
    struct sizeCount unit = evidence_of(e, c.s.bytes[0]);
    c.units = unit.n;
    c.unit_samples = e->exact ? 0 : unit.samples;
    c.bytes = bytes_of(&c.s, c.units);
    signs_judge(e, &c);
    if (c.verdict != VERDICT_NONE && candidate_better(&c, best, e->v))
        *best = c;
}

/* One size of arrays and no single bucket: no sign speaks for a map then, but
 * where the arrays may be those of tables that were split off. */
static bool says_nothing(const struct evidence *e, const struct series *s)
{
    bool splits = e->v->map == MAPKIND_SWISS && s->top == SwissTables;
    return s->covered <= 0 ||
           (s->low == s->top && !splits && evidence_of(e, s->bytes[0]).n <= 0);
}

/* A series as it is where others have its sizes, too. */
static struct series shared(const struct evidence *e, struct series s)
{
    if (s.covered > 0 && shape_lists(e))
        share_with_lists(e, &s);
    if (s.covered > 0 && e->v->map == MAPKIND_SWISS)
        take_splits(e, &s);
    return s;
}

struct series unit_series(const struct evidence *e, int unit, bool noscan)
{
    return shared(e, series_try(e->v, e->list, e->n, 1, unit, noscan));
}

/* The same where directories have some of its sizes, if any may. */
static void weigh_less(const struct evidence *e, struct series s,
                       struct candidate *best)
{
    double covered = s.covered;
    share_with_directories(e, &s);
    if (s.covered == covered)
        return;
    take_splits(e, &s);
    weigh(e, (struct candidate){.s = s}, best);
}

void try_unit(const struct evidence *e, int unit, bool noscan,
              struct candidate *best)
{
    struct series s = series_try(e->v, e->list, e->n, 1, unit, noscan);
    if (says_nothing(e, &s))
        return;
    if (e->v->map == MAPKIND_SWISS)
        weigh_less(e, s, best);
    weigh(e, (struct candidate){.s = shared(e, s)}, best);
}

struct candidate best_unit(const struct evidence *e)
{
    struct candidate best = {.verdict = VERDICT_NONE};
    struct unitSet units = units_telling(e->v, e->list, e->n);
    int at = 0, unit;
    bool noscan;
    while (units_next(&units, &at, &unit, &noscan))
        try_unit(e, unit, noscan, &best);
    return best;
}
