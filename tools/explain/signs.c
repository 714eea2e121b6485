/*
 * signs.c: one series of sizes, weighed.
 *
 * Where every object was recorded, `map` rests on counts that no slice keeps:
 * the step to spare buckets with as many extras, or tables and directories that
 * balance. In a sampled profile it rests on single buckets that were seen
 * beside at least three sizes of their arrays, some of them with spares.
 *
 * Locking: none.
 */
#include "tools/explain/signs.h"

#include <math.h>

/* --- bucket maps, every object recorded --- */

double signs_extras(const struct series *s)
{
    /* A map has it since its first array with spares, wherever that was. */
    return s->top < FirstSpares || s->low > FirstSpares ? 0
                                                        : s->count[FirstSpares];
}

/* The first line's headers that are as many as there are maps, or more: of
 * equally many those of func, or of one behind it. NULL: there is none. */
static const struct siteHeaders *headers_from(const struct evidence *e,
                                              double maps, const char *func)
{
    const struct siteHeaders *list = e->all->headers;
    size_t low = 0, n = e->all->nheaders, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct siteHeaders *h = &list[middle];
        if (h->objects < maps || (h->objects == maps && h->func < func))
            low = middle + 1;
        else
            high = middle;
    }
    return low < n ? &list[low] : NULL;
}

/* Some line made as many headers as there are maps here, or hardly more. */
static bool has_headers(const struct evidence *e, double maps)
{
    const struct siteHeaders *h = headers_from(e, maps, NULL);
    return maps >= 2 && h && h->objects <= maps * 1.02;
}

/* A line of this function made exactly as many. */
static bool has_own_headers(const struct evidence *e, double maps)
{
    const struct siteHeaders *h = headers_from(e, maps, e->l->func);
    return maps >= 2 && h && h->objects == maps && h->func == e->l->func;
}

/* How likely it is that it is worth a word: signs for, less signs against. */
static double points(const struct evidence *e, const struct candidate *c)
{
    enum { MaxStagePoints = 4 };
    int distinct, seen = shape_stages(&c->s, &distinct);
    double maps = c->s.low == 1 ? c->s.count[1] : c->units;
    double n = fmin(distinct, MaxStagePoints) + (seen - distinct) / 4.0;
    n += shape_halves(e, &c->s) ? 0 : 2;
    n += c->units > 0 ? 2 : 0;
    n += e->v->map == MAPKIND_CLASSIC && signs_extras(&c->s) > 0 ? 1 : 0;
    n += shape_lists_balance(e, &c->s) ? 3 : 0;
    n += has_headers(e, maps) ? 2 : 0;
    n -= shape_goes_on_below(e, c) || shape_are_halved(&c->s) ? 3 : 0;
    return n - shape_strangers(e, &c->s, false);
}

/* Overflow buckets beside arrays of one size: as where maps were made with a
 * hint that was too small. */
static bool overflowed(const struct evidence *e, const struct candidate *c)
{
    enum { Several = 10 };
    return e->v->map == MAPKIND_CLASSIC && c->s.low >= FirstSpares &&
           c->units >= Several && series_common(e->v, c->s.unit) &&
           shape_strangers(e, &c->s, false) == 0;
}

static bool worth_a_word(const struct evidence *e, const struct candidate *c)
{
    enum { Wanted = 3 };
    int distinct, seen = shape_stages(&c->s, &distinct);
    return distinct >= 1 &&
           (seen >= 2 ? points(e, c) >= Wanted : overflowed(e, c));
}

/* Nothing else was made on the line, and as many extras as arrays with spares
 * first need, beside overflow buckets: an append series has none. */
static bool stands_alone(const struct evidence *e, const struct candidate *c)
{
    enum { FewStages = 4, ManyStages = 6, FewExtras = 2 };
    double extras = evidence_of(e, ExtraBytes).n, more = 0;
    int distinct, seen = shape_stages(&c->s, &distinct);
    for (size_t i = 0; i < e->n; i++)
        if (e->list[i].size != ExtraBytes && e->list[i].size != c->s.bytes[0] &&
            !shape_is_stage(&c->s, e->list[i].size))
            more++;
    return more == 0 && extras > 0 && extras == signs_extras(&c->s) &&
           (c->units > c->s.count[1] || !shape_append_has(e, &c->s)) &&
           (extras >= FewExtras ? seen >= FewStages : seen >= ManyStages);
}

/* As many headers in the same function as maps grew, and more single buckets
 * than that: of slices more would have begun than what holds them. */
static bool holds_maps(const struct evidence *e, const struct candidate *c)
{
    enum { Several = 20 };
    double grew = c->s.count[1];
    int distinct;
    return grew >= Several && c->units > grew &&
           shape_stages(&c->s, &distinct) >= 2 &&
           shape_strangers(e, &c->s, false) == 0 && has_own_headers(e, grew);
}

/* Arrays on both sides of the step to spare buckets, with what goes with them,
 * beside as many first buckets; and no other sizes to speak of. */
static bool surely_buckets(const struct evidence *e, const struct candidate *c)
{
    enum { Few = 3, ManyMaps = 50 };
    const struct series *s = &c->s;
    int distinct, seen = shape_stages(s, &distinct);
    if (s->low != 1 || c->units < s->count[1] || shape_goes_on_below(e, c) ||
        s->bytes[0] <= ExtraBytes)
        return false;
    if (stands_alone(e, c) || holds_maps(e, c))
        return true;
    if (shape_halves(e, s) || shape_strangers(e, s, true) * 4 > seen ||
        shape_append_has(e, s))
        return false;
    bool listed = shape_lists_balance(e, s) &&
                  shape_strangers(e, s, false) == 0 &&
                  (seen >= Few || s->count[1] >= ManyMaps);
    return listed || (seen >= Few && distinct >= Few && signs_extras(s) > 0);
}

static enum verdict judge_buckets(const struct evidence *e,
                                  const struct candidate *c)
{
    if (evidence_of(e, ExtraBytes).n < signs_extras(&c->s))
        return VERDICT_NONE;
    if (surely_buckets(e, c) || onecall_buckets(e, c))
        return VERDICT_MAP;
    return worth_a_word(e, c) ? VERDICT_UNSURE : VERDICT_NONE;
}

/* --- swiss maps, every object recorded --- */

static double tables(const struct series *s)
{
    double n = s->splits;
    for (int i = s->low; i <= s->top && i <= SwissTables; i++)
        n += s->count[i];
    return n;
}

/* Tables that split need directories: one of two tables for each map that split
 * at all, then one of four …; those of four have the size of a table. */
static bool ladder_stands(const struct evidence *e, const struct series *s,
                          double more_tables)
{
    double split = s->splits / 2, pairs = evidence_of(e, 2 * PtrSize).n;
    bool fours = split > pairs; /* some map has more than two tables */
    return pairs >= 1 && pairs <= split && more_tables <= pairs &&
           (more_tables > 0) == fours;
}

/* As many tables as arrays, as many first directories as first tables, and no
 * more: balances that slices do not keep. Arrays that were made with a hint
 * have a first directory each: so at least two stages must be there. */
static bool tables_balance(const struct evidence *e, const struct series *s)
{
    int distinct;
    double more = evidence_of(e, TableBytes).n - tables(s);
    if (s->low == 1 && evidence_of(e, PtrSize).n != s->count[1])
        return false;
    if (s->splits > 0)
        return ladder_stands(e, s, more);
    return s->low == 1 && more == 0 && shape_stages(s, &distinct) >= 2;
}

static enum verdict judge_groups(const struct evidence *e,
                                 const struct candidate *c)
{
    enum { Few = 3 };
    const struct series *s = &c->s;
    if (onecall_groups(e, c))
        return VERDICT_MAP;
    if (evidence_of(e, TableBytes).n < tables(s) ||
        (s->low == 1 && evidence_of(e, PtrSize).n < s->count[1]))
        return VERDICT_NONE;
    if (tables_balance(e, s) && tables(s) >= Few)
        return VERDICT_MAP;
    return s->splits > 0 || worth_a_word(e, c) ? VERDICT_UNSURE : VERDICT_NONE;
}

/* --- sampled profiles --- */

/* Of the line's bytes in objects that are at least so large the part that
 * single buckets, arrays and lists of overflow buckets tell. */
static double part_told(const struct evidence *e, const struct candidate *c,
                        int64_t from)
{
    double told = 0, all = 0;
    bool lists = e->v->map == MAPKIND_CLASSIC && c->units > 0;
    for (size_t i = 0; i < e->n; i++) {
        int64_t size = e->list[i].size;
        double bytes = (double)size * e->list[i].n;
        bool known = size == c->s.bytes[0] || shape_is_stage(&c->s, size);
        if (size < from || (!known && lists && shape_is_list(e->v, size)))
            continue;
        all += bytes;
        told += known ? bytes : 0;
    }
    return all > 0 ? told / all : 0;
}

/* Sizes of bucket arrays with spares that no list of overflow buckets has. */
static int spared_sizes(const struct evidence *e, const struct series *s)
{
    int n = 0;
    for (int i = FirstSpares; i <= s->top; i++)
        n += s->count[i] > 0 && !shape_is_list(e->v, s->bytes[i]);
    return n;
}

/* Single buckets beside several sizes of arrays with spares: what doubles or is
 * halved has no object of such a size beside it. */
static bool surely_sampled(const struct evidence *e, const struct candidate *c)
{
    enum { Few = 3, Many = 5, FewUnits = 2 };
    int distinct, seen = shape_stages(&c->s, &distinct);
    int spared = spared_sizes(e, &c->s);
    return e->v->map == MAPKIND_CLASSIC && c->unit_samples > 0 &&
           distinct >= Few && series_common(e->v, c->s.unit) &&
           (c->unit_samples >= FewUnits ? spared >= Few - 1 && seen >= Few
                                        : spared >= Many - 1) &&
           part_told(e, c, HeaderBytes + 1) >= 0.9 &&
           !shape_are_halved(&c->s) && !shape_append_has(e, &c->s);
}

/* Of many arrays of one size: as of the tables that a swiss map splits off. */
static bool looks_split(const struct series *s)
{
    enum { Several = 4 };
    return s->splits > 0 && s->samples[SwissTables] >= Several;
}

static enum verdict judge_sampled(const struct evidence *e,
                                  const struct candidate *c)
{
    enum { FewUnits = 2 };
    int distinct, seen = shape_stages(&c->s, &distinct);
    if (surely_sampled(e, c) || onecall_sampled(e, c))
        return VERDICT_MAP;
    int64_t smallest = c->s.bytes[c->s.low];
    if (!series_common(e->v, c->s.unit) || part_told(e, c, smallest) < 0.5 ||
        distinct < 1 || shape_are_halved(&c->s))
        return VERDICT_NONE;
    return seen >= 2 || c->unit_samples >= FewUnits || looks_split(&c->s)
               ? VERDICT_UNSURE
               : VERDICT_NONE;
}

/* A line of which it is known that it fills maps: has its map grown? */
static enum verdict judge_named(const struct evidence *e,
                                const struct candidate *c)
{
    enum { Several = 3 };
    int distinct, seen = shape_stages(&c->s, &distinct);
    bool first = c->s.low == 1 && c->units > 0 &&
                 (!e->exact || c->units >= c->s.count[1]);
    bool alone = e->one_call && c->units > 0 && onecall_told(e, c);
    bool later =
        seen >= Several || (seen >= Several - 1 && (c->s.splits > 0 || alone));
    return first || later ? VERDICT_MAP : VERDICT_NONE;
}

/* Sizes of arrays alone: that neither a list of overflow buckets has nor, as
 * powers of two, a directory. */
static int array_sizes(const struct evidence *e, const struct series *s)
{
    int distinct, n = 0;
    shape_stages(s, &distinct);
    if (e->v->map == MAPKIND_SWISS)
        return distinct;
    for (int i = s->low; i <= s->top; i++)
        n += s->count[i] > 0 && !shape_is_list(e->v, s->bytes[i]);
    return n;
}

/* A map's write makes arrays only where its map grows, lists and directories
 * aside. One size of them alone may be first buckets; and a sample lacks sizes,
 * so that other units than the map's have all that it shows. */
static enum verdict judge_called(const struct evidence *e,
                                 const struct candidate *c)
{
    int n = array_sizes(e, &c->s);
    if (n == 0)
        return VERDICT_NONE;
    bool whole = e->exact && (n >= 2 || c->units > 0);
    return whole ? VERDICT_MAP : VERDICT_UNSURE;
}

/* --- all together --- */

static const char *other_reading(const struct evidence *e,
                                 const struct candidate *c)
{
    if (e->called)
        return "maps of other keys and elements could leave these sizes, too";
    if (c->units <= 0)
        return "no single bucket was seen beside the arrays; slices made in "
               "several sizes may have these, too";
    if (shape_halves(e, &c->s))
        return "slices whose sizes are halves of each other, or buffers that "
               "are doubled, would have these sizes, too";
    return "the line makes objects of many other sizes, too";
}

/* One call with the sizes of a map whose unit few types have, and of a slice
 * that grows by append: it appends. */
static bool odd_append(const struct evidence *e, const struct candidate *c)
{
    return e->one_call && e->exact && !e->named &&
           !series_common(e->v, c->s.unit) && shape_append_has(e, &c->s);
}

void signs_judge(const struct evidence *e, struct candidate *c)
{
    c->verdict = VERDICT_NONE;
    if (!shape_never_rises(e, &c->s) || shape_has_gap(e, &c->s) ||
        (e->one_call && !e->named && onecall_is_none(e, c)))
        return;
    if (e->named && (e->unit == 0 || e->unit == c->s.unit))
        c->verdict = judge_named(e, c);
    else if (!e->exact)
        c->verdict = judge_sampled(e, c);
    else if (e->v->map == MAPKIND_CLASSIC)
        c->verdict = judge_buckets(e, c);
    else
        c->verdict = judge_groups(e, c);
    if (e->called && c->verdict != VERDICT_MAP)
        c->verdict = judge_called(e, c);
    else if (c->verdict == VERDICT_UNSURE && odd_append(e, c))
        c->verdict = VERDICT_NONE;
    if (c->verdict == VERDICT_UNSURE)
        c->why = other_reading(e, c);
}
