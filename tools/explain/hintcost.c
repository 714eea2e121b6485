/*
 * hintcost.c: maps filled on our own heap.
 *
 *     story --type of that bucket--> maps filled --MemStats--> prices
 *
 * How full the maps of a stage were, no profile says. A map is looked at from
 * just above the stage's least to nearly full; of bucket maps the overflow
 * buckets that were counted tell where between two such looks the line's maps
 * were.
 *
 * Maps above MaxFilled are scaled up from it: chains of overflow buckets are
 * alike in small maps and large, and arrays are computed. What was measured for
 * one type is kept, since many lines have maps of the same.
 *
 * Locking: none; nothing else may allocate from the heap meanwhile.
 */
#include "tools/explain/hintcost.h"

#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/sched/rand.h"
#include "tools/lib/exits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    Points = 12,             /* looks at a map between two stages */
    MaxFilled = 10,          /* the last stage that is filled */
    EntriesToFill = 1 << 13, /* small maps are repeated up to so many in all */
    FewFills = 4,            /* … and all, so often */
    MaxKey = 256,
};

struct amount {
    double objects, bytes;
};

/* What a map that ends at one stage allocates until then, at each point. */
struct filled {
    struct amount at[Points];
};

/* Of one type: filled[from][to] for maps made with room for stage `from`. */
struct filling {
    struct filling *next;
    int unit;
    bool noscan;
    const struct maptype *t;
    size_t keysize;
    struct filled filled[MaxFilled + 1][MaxFilled + 1];
    bool known[MaxFilled + 1][MaxFilled + 1];
};

static struct filling *fillings; /* for the life of the program */

/* --- a type whose buckets have that size --- */

static const struct maptype *parse_map(size_t key, const char *key_type,
                                       const char *elem_type)
{
    char *text = key_type ? xprintf("map[%s]%s", key_type, elem_type)
                          : xprintf("map[[%zu]uint8]%s", key, elem_type);
    const struct maptype *t = maptype_parse(text, NULL);
    free(text);
    return t;
}

/* width is of key and element. */
static const struct maptype *pointer_map(size_t width, size_t *key)
{
    char elem[64];
    if (width < 2 * PtrSize) { /* the key is the pointer */
        snprintf(elem, sizeof elem, "[%zu]uint8", width - PtrSize);
        *key = PtrSize;
        return parse_map(PtrSize, "*int64", elem);
    }
    size_t rest = width > maxKeySize + PtrSize
                      ? align_up(width - maxKeySize, PtrSize)
                      : PtrSize;
    *key = width - rest;
    if (rest == PtrSize)
        return parse_map(*key, NULL, "*int64");
    snprintf(elem, sizeof elem, "struct{p *int64; b [%zu]uint8}",
             rest - PtrSize);
    return parse_map(*key, NULL, elem);
}

/* A key that numbers entries, and the rest in the element. */
static const struct maptype *plain_map(size_t width, size_t *key)
{
    char elem[32];
    *key = width > 8 ? 8 : width > 4 ? 4 : width > 2 ? 2 : width;
    if (width > *key + maxElemSize)
        *key = width - maxElemSize;
    snprintf(elem, sizeof elem, "[%zu]uint8", width - *key);
    return parse_map(*key, NULL, elem);
}

static bool has_unit(const struct maptype *t, int unit)
{
    return t && (t->kind == MAPKIND_SWISS ? (int)t->groupsize
                                          : (int)t->bucketsize) == unit;
}

static const struct maptype *type_of_unit(const struct goversion *v, int unit,
                                          bool noscan, size_t *key)
{
    size_t width = (size_t)unit_width(v, unit);
    const struct maptype *t = NULL;
    if (!noscan && width >= PtrSize)
        t = pointer_map(width, key);
    if (!has_unit(t, unit))
        t = plain_map(width, key);
    return has_unit(t, unit) ? t : NULL;
}

static struct filling *filling_of(const struct mapStory *s)
{
    for (struct filling *f = fillings; f; f = f->next)
        if (f->unit == s->grown.unit && f->noscan == s->noscan)
            return f;
    struct filling *f = xcalloc(1, sizeof *f);
    f->unit = s->grown.unit;
    f->noscan = s->noscan;
    f->t = type_of_unit(s->v, f->unit, f->noscan, &f->keysize);
    f->next = fillings;
    fillings = f;
    return f;
}

/* --- filling --- */

/* Entry number i's key, distinct for each i as far as keysize bytes can be. */
static void make_key(uint8_t *key, size_t keysize, uint64_t i, uint64_t salt)
{
    uint64_t word = i + salt; /* in short keys a mixed number would repeat */
    if (keysize >= sizeof word)
        word = mix(word);
    memcpy(key, &word, keysize < sizeof word ? keysize : sizeof word);
}

static struct amount allocated(void)
{
    struct MemStats m;
    readmemstats(&m);
    return (struct amount){(double)m.Mallocs, (double)m.TotalAlloc};
}

/* How many entries a map of a stage has at a point. */
static int64_t entries_at(const struct goversion *v, int stage, int point)
{
    int64_t high = stage_capacity(v, stage);
    int64_t low = stage > 0 ? stage_capacity(v, stage - 1) : 0;
    return low + (high - low) * (2 * point + 1) / (2 * Points) + 1;
}

/* One map of several that are filled side by side. Its header is ours: it costs
 * the same either way. */
struct beside {
    struct gomap header, *m;
};

static void fill_up_to(const struct filling *f, struct beside *b, int64_t first,
                       int64_t end, uint64_t salt)
{
    uint8_t key[MaxKey] = {0};
    for (int64_t i = first; i < end; i++) {
        make_key(key, f->keysize, (uint64_t)i, salt);
        map_assign(f->t, b->m, key);
    }
}

/* Fills n maps, all to one point before any goes on to the next: so that the
 * heap is asked once a point, which costs more than to fill a small map. */
static void fill_all(const struct filling *f, int from, int to, int64_t n,
                     struct filled *result)
{
    struct beside *all = xcalloc((size_t)n, sizeof *all);
    int64_t hint = from > 0 ? stage_capacity(modelled, from) : 0, had = 0;
    struct amount before = allocated();
    for (int64_t i = 0; i < n; i++)
        all[i].m = map_make(f->t, (intptr_t)hint, &all[i].header);
    for (int point = 0; point < Points; point++) {
        int64_t end = entries_at(modelled, to, point);
        for (int64_t i = 0; i < n; i++)
            fill_up_to(f, &all[i], had, end, (uint64_t)i << 32);
        had = end > had ? end : had;
        struct amount now = allocated();
        result->at[point].objects = (now.objects - before.objects) / (double)n;
        result->at[point].bytes = (now.bytes - before.bytes) / (double)n;
    }
    free(all);
}

static const struct filled *fill(struct filling *f, int from, int to)
{
    struct filled *result = &f->filled[from][to];
    if (f->known[from][to])
        return result;
    f->known[from][to] = true;
    /* A map with more room than it fills costs by its room. */
    int64_t n = EntriesToFill / stage_capacity(modelled, from > to ? from : to);
    fill_all(f, from, to, n < FewFills ? FewFills : n, result);
    gc(); /* the maps are garbage: nothing is a root here */
    return result;
}

/* What arrays alone cost a map made with room for stage `from` that ended at
 * `to`. */
static struct amount arrays(const struct mapStory *s, int from, int to)
{
    struct amount a = {0, 0};
    for (int stage = from > 0 ? from : 1; stage <= to || stage == from;
         stage++) {
        a.objects++;
        a.bytes += (double)stage_bytes(s->v, s->grown.unit, s->noscan, stage);
    }
    return a;
}

static int between(int low, int n, int high)
{
    return n < low ? low : n > high ? high : n;
}

/* Objects of a swiss map of many tables that do not double with the tables:
 * directories, and its way to the last single table, less the split that did
 * not make that one. */
static double once_a_map(int from, int to)
{
    enum { SplitObjects = 4 }; /* two arrays and two tables */
    return from > 0 ? 1
                    : 2 + 2 * SwissTables + (to - SwissTables) - SplitObjects;
}

/* A map made with room for stage `from` that ended at `to`: filled, or
 * scaled up from one that is as much smaller at both ends. */
static struct amount price(const struct mapStory *s, struct filling *f,
                           int from, int to, int point)
{
    int end = between(0, to, MaxFilled);
    int start = from == 0 ? 0 : between(1, end + from - to, MaxFilled);
    struct amount a = fill(f, start, end)->at[point];
    if (start == from && end == to)
        return a;
    double times = ldexp(1, to - end);
    if (s->v->map == MAPKIND_SWISS) {
        times *= ldexp(1, from > to ? from - to - (start - end) : 0);
        double once = once_a_map(from, end);
        return (struct amount){(a.objects - once) * times + once +
                                   (from > 0 ? 0 : to - end),
                               a.bytes * times};
    }
    struct amount small = arrays(s, start, end), large = arrays(s, from, to);
    return (struct amount){(a.objects - small.objects) * times + large.objects,
                           (a.bytes - small.bytes) * times + large.bytes};
}

/* --- prices over the histogram --- */

enum { EachItsOwn = -1 };

/* All maps of the story had they been made with room for stage `from`, or each
 * with room for what it became. */
static struct amount price_all(const struct mapStory *s, struct filling *f,
                               int from, int point)
{
    struct amount sum = {0, 0};
    for (int to = 0; to <= s->top; to++) {
        if (s->ended[to] <= 0)
            continue;
        struct amount one =
            price(s, f, from == EachItsOwn ? to : from, to, point);
        sum.objects += s->ended[to] * one.objects;
        sum.bytes += s->ended[to] * one.bytes;
    }
    return sum;
}

/* Where the maps' growth began: at nothing, or above a hint that was too small.
 */
static int start_of(const struct mapStory *s)
{
    return s->grown.low > 1 && s->reached[0] <= 0 ? s->grown.low - 1 : 0;
}

/* Where between the looks maps made so have allocated so many objects; the last
 * place where their number tells nothing. */
static double place_where(const struct mapStory *s, struct filling *f, int from,
                          double objects)
{
    double low = price_all(s, f, from, 0).objects, high = low;
    for (int point = 1; point < Points; point++, low = high) {
        high = price_all(s, f, from, point).objects;
        if (objects <= low)
            return point - 1;
        if (objects < high)
            return point - 1 + (objects - low) / (high - low);
    }
    return Points - 1;
}

/* A swiss map of one table allocates by stages alone. Of more their number
 * tells: for a while all split, one after another, and for a while none does;
 * the middle of that is the best guess. */
static double place_by_tables(const struct mapStory *s, struct filling *f)
{
    enum { HalfSplit = 2 }; /* of four objects */
    int from = start_of(s);
    if (s->top <= SwissTables)
        return Points / 2.0;
    double low = place_where(s, f, from, s->objects - HalfSplit * s->maps);
    double high = place_where(s, f, from, s->objects + HalfSplit * s->maps);
    return (low + high) / 2;
}

/* How full the maps were. Where all of them are in use at the end, what is
 * in use is what the right hint would have made; else the growth tells. */
static double place_of(const struct mapStory *s, struct filling *f)
{
    double grown = s->maps - s->ended[0];
    if (s->v->map == MAPKIND_SWISS)
        return place_by_tables(s, f);
    if (s->ended[0] < 0.5 && fabs(s->live_arrays - grown) < 0.02 * grown + 0.5)
        return place_where(s, f, EachItsOwn, s->live_objects);
    return place_where(s, f, start_of(s), s->objects);
}

/* price_all between two looks. */
static struct amount price_at(const struct mapStory *s, struct filling *f,
                              int from, double place)
{
    int point = between(0, (int)place, Points - 2);
    double part = place - point;
    struct amount a = price_all(s, f, from, point);
    struct amount b = price_all(s, f, from, point + 1);
    return (struct amount){a.objects + part * (b.objects - a.objects),
                           a.bytes + part * (b.bytes - a.bytes)};
}

static bool pays(const struct hintPrice *p, bool by_bytes)
{
    double most = by_bytes ? p->saved_bytes : p->saved_objects;
    double other = by_bytes ? p->saved_objects : p->saved_bytes;
    return most > 0 && other >= 0;
}

static const struct hintPrice *choose(const struct hintCosts *c, bool by_bytes)
{
    const struct hintPrice *best = NULL;
    for (int i = 0; i < c->n; i++) {
        const struct hintPrice *p = &c->list[i];
        if (!pays(p, by_bytes))
            continue;
        if (!best || (by_bytes ? p->saved_bytes > best->saved_bytes
                               : p->saved_objects > best->saved_objects))
            best = p;
    }
    return best;
}

static struct hintPrice price_of(const struct mapStory *s, struct amount a,
                                 int stage, const struct hintCosts *c)
{
    return (struct hintPrice){
        .stage = stage,
        .hint_low = stage_capacity(s->v, stage - 1) + 1,
        .hint_high = stage_capacity(s->v, stage),
        .objects = a.objects,
        .bytes = a.bytes,
        .saved_objects = c->objects - a.objects,
        .saved_bytes = c->bytes - a.bytes,
    };
}

/* What make allocated by hints that were too small: the right one stands in
 * their place. */
static struct amount made_before(const struct mapStory *s, struct filling *f)
{
    struct amount sum = {0, 0};
    for (int stage = 1; stage < s->top; stage++) {
        if (s->hinted[stage] <= 0)
            continue;
        struct amount one = price(s, f, stage, 0, 0);
        sum.objects += s->hinted[stage] * one.objects;
        sum.bytes += s->hinted[stage] * one.bytes;
    }
    return sum;
}

void hintcost_measure(const struct mapStory *s, bool exact, bool by_bytes,
                      struct hintCosts *c)
{
    *c = (struct hintCosts){0};
    struct filling *f = filling_of(s);
    if (!f->t || s->begun_elsewhere)
        return;
    int32_t percent = gc_set_percent(-1);
    double place = exact ? place_of(s, f) : Points / 2.0;
    struct amount was = price_at(s, f, start_of(s), place);
    struct amount made = made_before(s, f);
    c->objects = exact ? s->objects + made.objects : was.objects;
    c->bytes = exact ? s->bytes + made.bytes : was.bytes;
    for (int stage = 1; stage <= s->top && c->n < MaxStages; stage++) {
        c->list[c->n++] = price_of(s, price_at(s, f, stage, place), stage, c);
        c->copied +=
            s->reached[stage] * (double)stage_capacity(s->v, stage - 1);
    }
    c->own = price_of(s, price_at(s, f, EachItsOwn, place), s->top, c);
    gc_set_percent(percent);
    c->best = choose(c, by_bytes);
}
