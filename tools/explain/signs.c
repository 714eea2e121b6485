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

#include "alloc/malloc.h"

#include <math.h>
#include <string.h>

enum { HeaderBytes = 48 };

static const struct sizeCount none;

static const struct sizeCount *find(const struct evidence *e, int64_t size)
{
    size_t low = 0, high = e->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (e->list[middle].size < size)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->n && e->list[low].size == size ? &e->list[low] : &none;
}

struct sizeCount evidence_of(const struct evidence *e, int64_t size)
{
    return *find(e, size);
}

static int64_t bytes_at(const struct evidence *e, const struct series *s,
                        int stage)
{
    return stage_bytes(e->v, s->unit, s->noscan, stage);
}

/* --- the shape of a series
 * ----------------------------------------------------- */

/* Could each stage that was seen be as many in truth as the next one that was?
 * Always where every object was recorded and it is so. */
static bool never_rises(const struct evidence *e, const struct series *s)
{
    int before = s->low;
    for (int i = s->low + 1; i <= s->top; i++) {
        if (!e->exact && s->samples[i] <= 0)
            continue;
        double off = estimate_off(e->all, s->count[i], s->samples[i]) +
                     estimate_off(e->all, s->count[before], s->samples[before]);
        if (s->count[i] > s->count[before] + off)
            return false;
        before = i;
    }
    return true;
}

/* A stage of which a sample should have been seen, had it been no fewer than
 * the next that was has at least. */
static bool has_gap(const struct evidence *e, const struct series *s)
{
    enum { Surely = 3 };
    double above = 0;
    for (int i = s->top; i >= s->low; i--) {
        double p =
            e->exact
                ? 1
                : 1 - exp(-(double)bytes_at(e, s, i) / (double)e->all->rate);
        if (s->samples[i] <= 0 && above * p >= (e->exact ? 1 : Surely))
            return true;
        if (s->samples[i] > 0)
            above =
                s->count[i] - estimate_off(e->all, s->count[i], s->samples[i]);
    }
    return false;
}

static bool is_power_of_two(int64_t n)
{
    return (n & (n - 1)) == 0;
}

/* Stages that were seen, and those of them whose size no buffer and no slice of
 * words has that is doubled. */
static int stages_seen(const struct evidence *e, const struct series *s,
                       int *distinct)
{
    int n = 0;
    *distinct = 0;
    for (int i = s->low; i <= s->top; i++) {
        int64_t size = bytes_at(e, s, i);
        if (s->count[i] <= 0 || size == 0)
            continue; /* of many tables: no array of its own */
        n++;
        *distinct += !is_power_of_two(size);
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
        int64_t size = bytes_at(e, s, i);
        if (s->count[i] <= 0 || size == 0)
            continue; /* a stage of many tables has no array of its own */
        double times = ldexp(1, s->top - i);
        /* With a header less of the slot is the object's. */
        low = fmax(low, (slot_below(e->v, size) - e->v->headerBytes) * times);
        high = fmin(high, (double)size * times);
    }
    return low < high;
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
static bool goes_on_below(const struct evidence *e, const struct candidate *c)
{
    double unit = c->s.unit;
    double half = count_between(e, 0.4 * unit, 0.65 * unit);
    double quarter = count_between(e, 0.2 * unit, 0.325 * unit);
    return c->units > 0 && half >= 1.4 * c->units &&
           (quarter >= 1.4 * half || half >= 1.8 * c->units);
}

static bool is_stage(const struct evidence *e, const struct series *s,
                     int64_t size)
{
    for (int stage = s->low; stage <= s->top; stage++)
        if (bytes_at(e, s, stage) == size)
            return true;
    return false;
}

/* Sizes above a unit's that neither the arrays nor their bookkeeping have. */
static int strangers(const struct evidence *e, const struct series *s)
{
    int n = 0;
    bool lists = signs_lists(e);
    for (size_t i = 0; i < e->n; i++) {
        int64_t size = e->list[i].size;
        n += size > bytes_at(e, s, 0) && !is_power_of_two(size) &&
             !is_stage(e, s, size) && !(lists && signs_list_size(e->v, size));
    }
    return n;
}

/* Some slice that grows by append has all of these sizes: up to 256 elements
 * its capacity doubles, and rounding up to a slot can add the sixteenth, too.
 * Go: slice.go growslice */
static bool append_has(const struct evidence *e, const struct series *s,
                       size_t elem, bool noscan)
{
    intptr_t cap = 0;
    int stage = s->low;
    while (stage <= s->top) {
        int64_t wanted = bytes_at(e, s, stage);
        if (s->count[stage] <= 0 || wanted == 0) {
            stage++;
            continue;
        }
        cap = nextslicecap(cap + 1, cap);
        size_t bytes = objsize_round(e->v, (size_t)cap * elem, noscan);
        int64_t slot = (int64_t)objsize_slot(e->v, bytes, noscan);
        cap = (intptr_t)(bytes / elem);
        if (slot > wanted)
            return false;
        stage += slot == wanted;
    }
    return true;
}

static bool some_append_has(const struct evidence *e, const struct series *s)
{
    for (size_t elem = PtrSize; (int64_t)elem <= bytes_at(e, s, 0);
         elem += PtrSize)
        for (int noscan = e->v->headerBytes == 0; noscan < 2; noscan++)
            if (append_has(e, s, elem, noscan))
                return true;
    return false;
}

/* The same, powers of two included. */
static int others(const struct evidence *e, const struct series *s)
{
    int n = strangers(e, s);
    for (size_t i = 0; i < e->n; i++) {
        int64_t size = e->list[i].size;
        n += size > bytes_at(e, s, 0) && is_power_of_two(size) &&
             !is_stage(e, s, size) &&
             !(signs_lists(e) && signs_list_size(e->v, size));
    }
    return n;
}

/* --- lists of overflow buckets
 * ----------------------------------------------- */

bool signs_list_size(const struct goversion *v, int64_t size)
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

bool signs_lists(const struct evidence *e)
{
    return e->v->map == MAPKIND_CLASSIC && e->exact &&
           find(e, PtrSize)->n > 0 && find(e, ExtraBytes)->n > 0;
}

/* Each array has a list, whose first piece is one word, and a header of 24
 * bytes; each map 24 bytes more. */
bool signs_lists_balance(const struct evidence *e, const struct series *s)
{
    double words = find(e, PtrSize)->n, heads = find(e, ExtraBytes)->n;
    return signs_lists(e) && words <= s->covered + 1 &&
           words * 3 >= s->covered && heads >= words &&
           heads <= words + s->covered + 2;
}

/* --- bucket maps, every object recorded
 * -------------------------------------- */

double signs_extras(const struct series *s)
{
    /* A map has it since its first array with spares, wherever that was. */
    return s->top < FirstSpares || s->low > FirstSpares ? 0
                                                        : s->count[FirstSpares];
}

/* A line, of this function or of any, made as many headers as there are maps
 * here. */
static bool has_headers(const struct evidence *e, double maps, double at_most,
                        bool here)
{
    const struct sites *all = e->all;
    for (size_t i = 0; i < all->n && maps >= 2; i++)
        for (size_t j = 0; j < all->list[i].nsizes; j++) {
            const struct siteSize *z = &all->list[i].sizes[j];
            if (z->size == HeaderBytes && z->objects >= maps &&
                z->objects <= at_most &&
                (!here || all->list[i].func == e->l->func))
                return true;
        }
    return false;
}

/* How likely it is that it is worth a word: signs for, less signs against. */
static double points(const struct evidence *e, const struct candidate *c)
{
    enum { MaxStagePoints = 4 };
    int distinct, seen = stages_seen(e, &c->s, &distinct);
    double maps = c->s.low == 1 ? c->s.count[1] : c->units;
    double n = fmin(distinct, MaxStagePoints) + (seen - distinct) / 4.0;
    n += halves(e, &c->s) ? 0 : 2;
    n += c->units > 0 ? 2 : 0;
    n += e->v->map == MAPKIND_CLASSIC && signs_extras(&c->s) > 0 ? 1 : 0;
    n += signs_lists_balance(e, &c->s) ? 3 : 0;
    n += has_headers(e, maps, maps * 1.02, false) ? 2 : 0;
    n -= goes_on_below(e, c) || are_halved(&c->s) ? 3 : 0;
    return n - strangers(e, &c->s);
}

/* Overflow buckets beside arrays of one size: as where maps were made with a
 * hint that was too small. */
static bool overflowed(const struct evidence *e, const struct candidate *c)
{
    enum { Several = 10 };
    return e->v->map == MAPKIND_CLASSIC && c->s.low >= FirstSpares &&
           c->units >= Several && series_common(e->v, c->s.unit) &&
           strangers(e, &c->s) == 0;
}

static bool worth_a_word(const struct evidence *e, const struct candidate *c)
{
    enum { Wanted = 3 };
    int distinct, seen = stages_seen(e, &c->s, &distinct);
    return distinct >= 1 &&
           (seen >= 2 ? points(e, c) >= Wanted : overflowed(e, c));
}

/* Nothing else was made on the line, and as many extras as arrays with spares
 * first need, beside overflow buckets: an append series has none. */
static bool stands_alone(const struct evidence *e, const struct candidate *c)
{
    enum { FewStages = 4, ManyStages = 6, FewExtras = 2 };
    double extras = find(e, ExtraBytes)->n, more = 0;
    int distinct, seen = stages_seen(e, &c->s, &distinct);
    for (size_t i = 0; i < e->n; i++)
        if (e->list[i].size != ExtraBytes &&
            e->list[i].size != bytes_at(e, &c->s, 0) &&
            !is_stage(e, &c->s, e->list[i].size))
            more++;
    return more == 0 && extras > 0 && extras == signs_extras(&c->s) &&
           (c->units > c->s.count[1] || !some_append_has(e, &c->s)) &&
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
           stages_seen(e, &c->s, &distinct) >= 2 && strangers(e, &c->s) == 0 &&
           has_headers(e, grew, grew, true);
}

/* Arrays on both sides of the step to spare buckets, with what goes with them,
 * beside as many first buckets; and no other sizes to speak of. */
static bool surely_buckets(const struct evidence *e, const struct candidate *c)
{
    enum { Few = 3, ManyMaps = 50 };
    const struct series *s = &c->s;
    int distinct, seen = stages_seen(e, s, &distinct);
    if (s->low != 1 || c->units < s->count[1] || goes_on_below(e, c) ||
        bytes_at(e, s, 0) <= ExtraBytes)
        return false;
    if (stands_alone(e, c) || holds_maps(e, c))
        return true;
    if (halves(e, s) || others(e, s) * 4 > seen || some_append_has(e, s))
        return false;
    bool listed = signs_lists_balance(e, s) && strangers(e, s) == 0 &&
                  (seen >= Few || s->count[1] >= ManyMaps);
    return listed || (seen >= Few && distinct >= Few && signs_extras(s) > 0);
}

static enum verdict judge_buckets(const struct evidence *e,
                                  const struct candidate *c)
{
    if (find(e, ExtraBytes)->n < signs_extras(&c->s))
        return VERDICT_NONE;
    if (surely_buckets(e, c))
        return VERDICT_MAP;
    return worth_a_word(e, c) ? VERDICT_UNSURE : VERDICT_NONE;
}

/* --- swiss maps, every object recorded
 * ---------------------------------------- */

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
    double split = s->splits / 2, pairs = find(e, 2 * PtrSize)->n;
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
    double more = find(e, TableBytes)->n - tables(s);
    if (s->low == 1 && find(e, PtrSize)->n != s->count[1])
        return false;
    if (s->splits > 0)
        return ladder_stands(e, s, more);
    return s->low == 1 && more == 0 && stages_seen(e, s, &distinct) >= 2;
}

static enum verdict judge_groups(const struct evidence *e,
                                 const struct candidate *c)
{
    enum { Few = 3 };
    const struct series *s = &c->s;
    if (find(e, TableBytes)->n < tables(s) ||
        (s->low == 1 && find(e, PtrSize)->n < s->count[1]))
        return VERDICT_NONE;
    if (tables_balance(e, s) && tables(s) >= Few)
        return VERDICT_MAP;
    return s->splits > 0 || worth_a_word(e, c) ? VERDICT_UNSURE : VERDICT_NONE;
}

/* --- sampled profiles
 * --------------------------------------------------------- */

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
        bool known = size == bytes_at(e, &c->s, 0) || is_stage(e, &c->s, size);
        if (size < from || (!known && lists && signs_list_size(e->v, size)))
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
        n += s->count[i] > 0 && !signs_list_size(e->v, bytes_at(e, s, i));
    return n;
}

/* Single buckets beside several sizes of arrays with spares: what doubles or is
 * halved has no object of such a size beside it. */
static bool surely_sampled(const struct evidence *e, const struct candidate *c)
{
    enum { Few = 3, Many = 5, FewUnits = 2 };
    int distinct, seen = stages_seen(e, &c->s, &distinct);
    int spared = spared_sizes(e, &c->s);
    return e->v->map == MAPKIND_CLASSIC && c->unit_samples > 0 &&
           distinct >= Few && series_common(e->v, c->s.unit) &&
           (c->unit_samples >= FewUnits ? spared >= Few - 1 && seen >= Few
                                        : spared >= Many - 1) &&
           part_told(e, c, HeaderBytes + 1) >= 0.9 && !are_halved(&c->s) &&
           !some_append_has(e, &c->s);
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
    int distinct, seen = stages_seen(e, &c->s, &distinct);
    if (surely_sampled(e, c))
        return VERDICT_MAP;
    int64_t smallest = bytes_at(e, &c->s, c->s.low);
    if (!series_common(e->v, c->s.unit) || part_told(e, c, smallest) < 0.5 ||
        distinct < 1 || are_halved(&c->s))
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
    int distinct, seen = stages_seen(e, &c->s, &distinct);
    bool first = c->s.low == 1 && c->units > 0 &&
                 (!e->exact || c->units >= c->s.count[1]);
    bool later = seen >= Several || (seen >= Several - 1 && c->s.splits > 0);
    return first || later ? VERDICT_MAP : VERDICT_NONE;
}

/* --- all together
 * ------------------------------------------------------------- */

static const char *other_reading(const struct evidence *e,
                                 const struct candidate *c)
{
    if (c->units <= 0)
        return "no single bucket was seen beside the arrays; slices made in "
               "several sizes may have these, too";
    if (halves(e, &c->s))
        return "slices whose sizes are halves of each other, or buffers that "
               "are doubled, would have these sizes, too";
    return "the line makes objects of many other sizes, too";
}

void signs_judge(const struct evidence *e, struct candidate *c)
{
    c->verdict = VERDICT_NONE;
    if (!never_rises(e, &c->s) || has_gap(e, &c->s))
        return;
    if (e->named)
        c->verdict = judge_named(e, c);
    else if (!e->exact)
        c->verdict = judge_sampled(e, c);
    else if (e->v->map == MAPKIND_CLASSIC)
        c->verdict = judge_buckets(e, c);
    else
        c->verdict = judge_groups(e, c);
    if (c->verdict == VERDICT_UNSURE)
        c->why = other_reading(e, c);
}
