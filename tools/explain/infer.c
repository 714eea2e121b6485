/*
 * infer.c: evidence for a map, sign by sign.
 *
 *   what a map has       arrays of each stage without a gap, never more of a
 *                        later one; a first bucket or group each, or none at
 *                        all where those are on the stack
 *   bucket maps          from 16 buckets on 24 bytes of bookkeeping each
 *   swiss maps           32 bytes for each table, 8 for each first directory
 *   what a slice has     sizes in a constant ratio: halves of halves, or
 *                        doubles of doubles. A bucket array of 16 buckets and
 *                        more has a sixteenth more than twice the one before,
 *                        and so the sizes on both sides of that step are in
 *                        no such ratio
 *
 * Locking: none.
 */
#include "tools/explain/infer.h"

#include "alloc/malloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FirstSpares = 4, /* the first stage with spare buckets */
    ExtraBytes = 24,
    TableBytes = 32,
    HeaderBytes = 48,
    /* Points of evidence: for two signs that are no accident, for one. */
    PointsMap = 6,
    PointsUnsure = 3,
    MaxStagePoints = 4,
    /* Of a sampled profile smaller arrays say nothing: one sample stands for
     * more than so many. */
    OneInSampled = 64,
    FewSamples = 2, /* of single buckets, that might be anything's */
};

struct evidence {
    const struct goversion *v;
    const struct sites *all;
    const struct site *l;
    const struct sizeCount *list; /* all sizes of the line, n of them */
    size_t n;
    double doubt; /* points more that are wanted */
};

static double count_of(const struct evidence *e, int64_t size)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->list[i].size == size)
            return e->list[i].n;
    return 0;
}

static double samples_of(const struct evidence *e, int64_t size)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->list[i].size == size)
            return e->list[i].samples;
    return 0;
}

/* Could as many as `more` be no more than `few` in truth? Always where every
 * object was recorded and it is so. */
static bool no_more(const struct evidence *e, double more, double more_samples,
                    double few, double few_samples)
{
    double off = estimate_off(e->all, more, more_samples) +
                 estimate_off(e->all, few, few_samples);
    return more <= few + off;
}

static bool never_rises(const struct evidence *e, const struct series *s)
{
    for (int i = s->low; i < s->top; i++)
        if (!no_more(e, s->count[i + 1], s->samples[i + 1], s->count[i],
                     s->samples[i]))
            return false;
    return true;
}

/* Stages of which a sample should have been seen, had they been as many as the
 * next that was. */
static bool has_gap(const struct evidence *e, const struct series *s)
{
    enum { Surely = 3 };
    for (int i = s->low; i < s->top; i++) {
        if (s->samples[i] > 0)
            continue;
        double p =
            e->all->rate <= 1
                ? 1
                : 1 - exp(-(double)stage_bytes(e->v, s->unit, s->noscan, i) /
                          (double)e->all->rate);
        if (e->all->rate <= 1 || s->count[i + 1] * p >= Surely)
            return true;
    }
    return false;
}

static bool is_power_of_two(int64_t n)
{
    return (n & (n - 1)) == 0;
}

/* A bucket map without pointers keeps, for each array, a list of its overflow
 * buckets: an append series of words, some of whose sizes are also those of
 * arrays. Their arrays are then as many as their neighbours allow. */
static bool is_list_size(const struct goversion *v, int64_t size)
{
    enum { MaxList = 60 };
    intptr_t cap = 0;
    for (int i = 0; i < MaxList; i++) {
        cap = nextslicecap(cap + 1, cap);
        size_t bytes = objsize_round(v, (size_t)cap * PtrSize, false);
        int64_t slot = (int64_t)objsize_slot(v, bytes, false);
        cap = (intptr_t)(bytes / PtrSize);
        if (slot >= size)
            return slot == size;
    }
    return false;
}

/* Stages that were seen, and those of them whose size no buffer and no slice of
 * words has that is doubled. */
static int stages_seen(const struct evidence *e, const struct series *s,
                       int *distinct)
{
    int n = 0;
    *distinct = 0;
    for (int i = s->low; i <= s->top; i++) {
        if (s->count[i] <= 0)
            continue;
        n++;
        *distinct += !is_power_of_two(stage_bytes(e->v, s->unit, s->noscan, i));
    }
    return n;
}

/* The largest size of a slot below one that is given. */
static double slot_below(const struct goversion *v, int64_t size)
{
    if (size > v->maxSmall)
        return (double)(size - PageSize);
    uint8_t class = size_to_class((size_t)size);
    return class > 1 ? (double)class_to_size[class - 1] : 0;
}

/* Some X, its half, its quarter … would have all of these sizes. */
static bool halves(const struct evidence *e, const struct series *s)
{
    double low = 0, high = INFINITY;
    for (int i = s->low; i <= s->top; i++) {
        if (s->count[i] <= 0)
            continue;
        int64_t size = stage_bytes(e->v, s->unit, s->noscan, i);
        if (size == 0)
            continue; /* a stage of many tables has no array of its own */
        double times = ldexp(1, s->top - i);
        /* With a header less of the slot is the object's. */
        low = fmax(low, (slot_below(e->v, size) - e->v->headerBytes) * times);
        high = fmin(high, (double)size * times);
    }
    return low < high;
}

/* A line made as many headers as there are maps here. */
static bool has_headers(const struct evidence *e, double maps)
{
    const struct sites *all = e->all;
    for (size_t i = 0; i < all->n && maps >= 2; i++)
        for (size_t j = 0; j < all->list[i].nsizes; j++) {
            const struct siteSize *z = &all->list[i].sizes[j];
            if (z->size == HeaderBytes && z->objects >= maps &&
                z->objects <= maps * 1.02)
                return true;
        }
    return false;
}

/* --- lists of overflow buckets
 * ----------------------------------------------- */

static bool has_lists(const struct evidence *e)
{
    return e->v->map == MAPKIND_CLASSIC && e->all->rate <= 1 &&
           count_of(e, PtrSize) > 0 && count_of(e, ExtraBytes) > 0;
}

/* The number of arrays at a stage whose size lists have, too: what the next
 * stage that is its own has, and at least one. */
static void share_with_lists(const struct evidence *e, struct series *s)
{
    double above = 0;
    for (int i = s->top; i >= s->low; i--) {
        bool shared =
            is_list_size(e->v, stage_bytes(e->v, s->unit, s->noscan, i));
        if (shared && s->count[i] > 0)
            s->count[i] = fmin(s->count[i], fmax(above, 1));
        above = fmax(above, s->count[i]);
    }
    s->covered = 0;
    for (int i = s->low; i <= s->top; i++)
        s->covered += s->count[i];
}

/* Sizes above a unit's that neither the arrays nor their bookkeeping have. */
static int strangers(const struct evidence *e, const struct series *s)
{
    int n = 0;
    bool lists = has_lists(e);
    int64_t unit = stage_bytes(e->v, s->unit, s->noscan, 0);
    for (size_t i = 0; i < e->n; i++) {
        bool known = e->list[i].size <= unit;
        for (int stage = s->low; stage <= s->top && !known; stage++)
            known =
                stage_bytes(e->v, s->unit, s->noscan, stage) == e->list[i].size;
        known |= lists && is_list_size(e->v, e->list[i].size);
        n += !known && !is_power_of_two(e->list[i].size);
    }
    return n;
}

/* A swiss map's tables that were split off have the size of its last single
 * one: each split makes two. So many tables a map need a directory of as many,
 * and more.
 */
static void take_splits(struct series *s)
{
    double before = s->count[SwissTables - 1];
    if (s->top != SwissTables || before <= 0 || s->count[SwissTables] <= before)
        return;
    s->splits = s->count[SwissTables] - before;
    s->count[SwissTables] = before;
    s->covered -= s->splits;
    double tables = 1 + s->splits / 2 / before;
    for (int d = 1; ldexp(1, d - 1) < tables && SwissTables + d < MaxStages;
         d++) {
        s->top = SwissTables + d;
        s->count[s->top] = before;
        s->samples[s->top] = before;
    }
}

/* --- signs
 * ------------------------------------------------------------------- */

static double extras_wanted(const struct series *s)
{
    return s->top < FirstSpares
               ? 0
               : s->count[s->low > FirstSpares ? s->low : FirstSpares];
}

/* What each map has beside its arrays is there, as often as it must be. */
static bool lacks_nothing(const struct evidence *e, const struct series *s,
                          double units)
{
    if (e->all->rate > 1)
        return true;
    if (units > 0 && s->low == 1 && units < s->count[1])
        return false;
    if (e->v->map == MAPKIND_CLASSIC)
        return count_of(e, ExtraBytes) >= extras_wanted(s);
    return count_of(e, TableBytes) >= s->covered + s->splits &&
           (s->low > 1 || count_of(e, PtrSize) >= s->count[1]);
}

/* Each array has a list, whose first piece is one word, and a header of 24
 * bytes; each map 24 bytes more. */
static bool lists_balance(const struct evidence *e, const struct series *s)
{
    double words = count_of(e, PtrSize), heads = count_of(e, ExtraBytes);
    return has_lists(e) && words <= s->covered + 1 && words * 3 >= s->covered &&
           heads >= words && heads <= words + s->covered + 2;
}

static double count_between(const struct evidence *e, double low, double high)
{
    double n = 0;
    for (size_t i = 0; i < e->n; i++)
        if ((double)e->list[i].size > low && (double)e->list[i].size <= high)
            n += e->list[i].n;
    return n;
}

/* Below the single buckets the sizes go on being halved, and are more each
 * time: something is cut into halves, and no map is in it. */
static bool goes_on_below(const struct evidence *e, const struct series *s,
                          double units)
{
    double unit = s->unit;
    double half = count_between(e, 0.4 * unit, 0.65 * unit);
    double quarter = count_between(e, 0.2 * unit, 0.325 * unit);
    return units > 0 && half >= 1.4 * units && quarter >= 1.4 * half;
}

/* Each stage has about half the arrays of the one before: something is cut into
 * halves, as by a merge sort. */
static bool are_halved(const struct series *s)
{
    enum { Few = 3 };
    int pairs = 0;
    for (int i = s->low; i < s->top; i++) {
        if (s->count[i + 1] <= 0)
            continue;
        double times = s->count[i] / s->count[i + 1];
        if (times < 1.5 || times > 2.7)
            return false;
        pairs++;
    }
    return pairs >= Few;
}

/* As many tables as arrays, as many first directories as first tables, and
 * hardly more: two balances that slices do not keep. */
static bool tables_balance(const struct evidence *e, const struct series *s)
{
    double arrays = s->covered + s->splits;
    return count_of(e, TableBytes) <= 1.1 * arrays + 1 && s->low == 1 &&
           count_of(e, PtrSize) <= 1.1 * s->count[1] + 1;
}

/* The points that speak for a map, less those against it. */
static double points(const struct evidence *e, const struct series *s,
                     double units)
{
    bool exact = e->all->rate <= 1, swiss = e->v->map == MAPKIND_SWISS;
    int distinct, seen = stages_seen(e, s, &distinct);
    double n = fmin(distinct, MaxStagePoints) + (seen - distinct) / 4.0;
    n += halves(e, s) ? 0 : 2;
    n += units > 0 ? 2 : 0;
    n += exact && !swiss && extras_wanted(s) > 0 ? 1 : 0;
    n += exact && swiss && tables_balance(e, s) ? 3 : 0;
    n -= exact && swiss && !tables_balance(e, s) ? 3 : 0;
    n += exact && lists_balance(e, s) ? 3 : 0;
    n += exact && has_headers(e, s->low == 1 ? s->count[1] : units) ? 2 : 0;
    n -= goes_on_below(e, s, units) || are_halved(s) ? PointsMap / 2.0 : 0;
    return n - strangers(e, s);
}

/* Enough stages to be sure, or enough maps; more stages where the first ones
 * are missing, which a hint that was too small would explain. */
static bool enough_stages(const struct evidence *e, const struct series *s)
{
    enum { Few = 3, FewBehindHint = 5, ManyMaps = 50 };
    int distinct, seen = stages_seen(e, s, &distinct);
    if (e->all->rate > 1 || (s->low == 1 && s->count[1] >= ManyMaps))
        return true;
    return seen >= (s->low > 1 ? FewBehindHint : Few);
}

static enum verdict judge(const struct evidence *e, const struct series *s,
                          double units, const char **why)
{
    int distinct;
    if (stages_seen(e, s, &distinct) < 2 || distinct < 1 ||
        !never_rises(e, s) || has_gap(e, s) || !lacks_nothing(e, s, units))
        return VERDICT_NONE;
    double n = points(e, s, units);
    if (n < PointsUnsure)
        return VERDICT_NONE;
    *why = units <= 0 ? "no single bucket was seen beside the arrays; slices "
                        "made in several sizes may have these, too"
           : halves(e, s)
               ? "slices whose sizes are halves of each other, or buffers that "
                 "are doubled, would have these sizes, too"
               : "the line makes objects of many other sizes, too";
    return n >= PointsMap + e->doubt && units > 0 && enough_stages(e, s)
               ? VERDICT_MAP
               : VERDICT_UNSURE;
}

static double bytes_of(const struct evidence *e, const struct series *s,
                       double units)
{
    double bytes = units * (double)stage_bytes(e->v, s->unit, s->noscan, 0);
    for (int i = s->low; i <= s->top; i++)
        bytes += s->count[i] * (double)stage_bytes(e->v, s->unit, s->noscan, i);
    return bytes;
}

static void add_part(struct mapStory *s, enum part part, double n, int64_t size)
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
    bool lists = lists_balance(e, &s->grown);
    bool swiss = s->v->map == MAPKIND_SWISS;
    double extras = lists ? INFINITY : extras_wanted(&s->grown);
    for (size_t i = 0; i < e->n; i++) {
        const struct sizeCount *z = &e->list[i];
        enum part part = PART_NOT_MAP;
        double n = z->n;
        if (z->size == stage_bytes(s->v, s->grown.unit, s->grown.noscan, 0))
            part = PART_UNIT;
        int stage = stage_of(s, z->size);
        if (stage > 0) {
            part = PART_GROWN;
            n = fmin(n, s->grown.count[stage]);
            add_part(s, PART_EXTRA, lists ? z->n - n : 0, z->size);
            if (stage == SwissTables)
                add_part(s, PART_SPLIT, s->grown.splits, z->size);
        } else if (part == PART_NOT_MAP && z->size == ExtraBytes &&
                   extras > 0) {
            part = PART_EXTRA;
            n = fmin(n, extras);
        } else if (part == PART_NOT_MAP && lists &&
                   is_list_size(s->v, z->size)) {
            part = PART_EXTRA;
        }
        if (part == PART_NOT_MAP && swiss && z->size == TableBytes) {
            part = PART_TABLE;
            n = fmin(n, s->grown.covered + s->grown.splits);
        }
        if (part == PART_NOT_MAP)
            continue;
        add_part(s, part, n, z->size);
        s->samples += z->samples;
        s->live_objects += part == PART_EXTRA ? fmin(z->inuse, n) : z->inuse;
        s->live_arrays += stage > 0 ? fmin(z->inuse, n) : 0;
    }
    s->noscan |= lists;
    s->known_noscan |= lists;
}

/* First buckets and overflow buckets have one size: of as many maps as grew,
 * the first are so many, and the rest overflow. */
static void split_units(struct mapStory *s)
{
    double units = s->part_objects[PART_UNIT];
    double first = s->grown.low == 1 ? s->grown.count[1] : 0;
    if (s->v->map != MAPKIND_CLASSIC || units <= first)
        return;
    double size = (double)stage_bytes(s->v, s->grown.unit, s->grown.noscan, 0);
    s->part_objects[PART_UNIT] = first;
    s->part_bytes[PART_UNIT] = first * size;
    s->part_objects[PART_CHAIN] = units - first;
    s->part_bytes[PART_CHAIN] = (units - first) * size;
}

struct candidate {
    struct series s;
    enum verdict verdict;
    double units, unit_samples; /* single buckets or groups */
    double bytes;
    bool common; /* keys and elements of common types fill the unit */
    const char *why;
};

static bool is_better(const struct candidate *a, const struct candidate *b)
{
    if (a->verdict != b->verdict)
        return a->verdict > b->verdict;
    if ((a->units > 0) != (b->units > 0))
        return a->units > 0;
    if (a->unit_samples != b->unit_samples)
        return a->unit_samples > b->unit_samples;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes;
    return a->common && !b->common;
}

/* The first stage that is worth a look. */
static int first_stage(const struct evidence *e, int unit, bool noscan)
{
    int stage = 1;
    while (e->all->rate > 1 && stage < MaxStages - 1 &&
           stage_bytes(e->v, unit, noscan, stage) * OneInSampled < e->all->rate)
        stage++;
    return stage;
}

static void try_units(const struct evidence *e, struct candidate *best)
{
    for (int unit = MinUnit; unit <= MaxUnit; unit += UnitStep)
        for (int noscan = e->v->headerBytes == 0; noscan < 2; noscan++) {
            struct candidate c = {.s = series_try(e->v, e->list, e->n,
                                                  first_stage(e, unit, noscan),
                                                  unit, noscan)};
            if (c.s.covered <= 0 || c.s.top - c.s.low < 1)
                continue;
            if (has_lists(e))
                share_with_lists(e, &c.s);
            if (e->v->map == MAPKIND_SWISS && e->all->rate <= 1)
                take_splits(&c.s);
            c.units = count_of(e, stage_bytes(e->v, unit, noscan, 0));
            c.unit_samples =
                e->all->rate > 1
                    ? samples_of(e, stage_bytes(e->v, unit, noscan, 0))
                    : 0;
            c.verdict = judge(e, &c.s, c.units, &c.why);
            if (c.verdict == VERDICT_MAP && e->all->rate > 1 &&
                c.unit_samples < FewSamples)
                c.verdict = VERDICT_UNSURE;
            c.bytes = bytes_of(e, &c.s, c.units);
            c.common = series_common(e->v, unit);
            if (c.verdict != VERDICT_NONE && is_better(&c, best))
                *best = c;
        }
}

bool infer_map(const struct goversion *v, const struct sites *all,
               const struct site *l, double doubt, struct mapStory *out)
{
    struct sizeCount *list;
    struct evidence e = {v, all, l, NULL, 0, doubt};
    e.n = site_sizes(l, 1u << PART_NOT_MAP, &list);
    e.list = list;
    if (strcmp(l->func, "runtime") == 0)
        e.n = 0; /* the runtime's own needs: no line of anybody's */
    struct candidate best = {.verdict = VERDICT_NONE};
    if (e.n > 1)
        try_units(&e, &best);
    if (best.verdict != VERDICT_NONE) {
        *out = (struct mapStory){.v = v,
                                 .verdict = best.verdict,
                                 .grown = best.s,
                                 .why = best.why,
                                 .noscan = best.s.noscan};
        if (all->rate > 1)
            series_smooth(v, &out->grown, all->rate);
        add_objects(out, &e);
        split_units(out);
        story_count(out, all,
                    out->grown.low > 1 ? 0 : out->part_objects[PART_UNIT]);
    }
    free(list);
    return best.verdict != VERDICT_NONE;
}
