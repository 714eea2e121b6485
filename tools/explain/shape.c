/*
 * shape.c: what the sizes of a series are like: those of arrays that grow, or
 * of slices that double, are halved or grow by append.
 *
 * Locking: none.
 */
#include "alloc/malloc.h"
#include "tools/explain/signs.h"

#include <math.h>

struct sizeCount evidence_of(const struct evidence *e, int64_t size)
{
    const struct sizeCount *z = sizes_find(e->list, e->n, size);
    return z != NULL ? *z : (struct sizeCount){.size = size};
}

/* --- the shape of a series --- */

bool shape_never_rises(const struct evidence *e, const struct series *s)
{
    enum { OneIn = 8 }; /* maps of one call may have begun elsewhere */
    int before = s->low;
    for (int i = s->low + 1; i <= s->top; i++) {
        if (!e->exact && s->samples[i] <= 0)
            continue;
        double off = estimate_off(e->all, s->count[i], s->samples[i]) +
                     estimate_off(e->all, s->count[before], s->samples[before]);
        off += e->one_call ? s->count[before] / OneIn : 0;
        if (s->count[i] > s->count[before] + off)
            return false;
        before = i;
    }
    return true;
}

bool shape_has_gap(const struct evidence *e, const struct series *s)
{
    enum { Surely = 3 };
    double above = 0;
    for (int i = s->top; i >= s->low; i--) {
        double p =
            e->exact ? 1 : 1 - exp(-(double)s->bytes[i] / (double)e->all->rate);
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

int shape_stages(const struct series *s, int *distinct)
{
    int n = 0;
    *distinct = 0;
    for (int i = s->low; i <= s->top; i++) {
        int64_t size = s->bytes[i];
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

bool shape_halves(const struct evidence *e, const struct series *s)
{
    double low = 0, high = INFINITY;
    for (int i = 0; i <= s->top; i++) {
        int64_t size = s->bytes[i];
        bool unit = i == 0 && e->one_call && evidence_of(e, size).n > 0;
        if ((s->count[i] <= 0 && !unit) || size == 0)
            continue; /* a stage of many tables has no array of its own */
        double times = ldexp(1, s->top - i);
        /* With a header less of the slot is the object's. */
        low = fmax(low, (slot_below(e->v, size) - e->v->headerBytes) * times);
        high = fmin(high, (double)size * times);
    }
    return low < high;
}

bool shape_are_halved(const struct series *s)
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

bool shape_goes_on_below(const struct evidence *e, const struct candidate *c)
{
    double unit = c->s.unit;
    double half = count_between(e, 0.4 * unit, 0.65 * unit);
    double quarter = count_between(e, 0.2 * unit, 0.325 * unit);
    return c->units > 0 && half >= 1.4 * c->units &&
           (quarter >= 1.4 * half || half >= 1.8 * c->units);
}

bool shape_is_stage(const struct series *s, int64_t size)
{
    for (int stage = s->low; stage <= s->top; stage++)
        if (s->bytes[stage] == size)
            return true;
    return s->splits > 0 && s->bytes[SwissTables] == size;
}

int shape_strangers(const struct evidence *e, const struct series *s,
                    bool powers)
{
    int n = 0;
    bool lists = shape_lists(e);
    for (size_t i = 0; i < e->n; i++) {
        int64_t size = e->list[i].size;
        n += size > s->bytes[0] && (powers || !is_power_of_two(size)) &&
             !shape_is_stage(s, size) && !(lists && shape_is_list(e->v, size));
    }
    return n;
}

/* Some slice that grows by append has all of these sizes: up to 256 elements
 * its capacity doubles, and rounding up to a slot can add the sixteenth, too.
 * Go: slice.go growslice */
static bool one_append_has(const struct evidence *e, const struct series *s,
                           size_t elem, bool noscan)
{
    intptr_t cap = 0;
    int stage = s->low;
    while (stage <= s->top) {
        int64_t wanted = s->bytes[stage];
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

bool shape_append_has(const struct evidence *e, const struct series *s)
{
    for (size_t elem = PtrSize; (int64_t)elem <= s->bytes[0]; elem += PtrSize)
        for (int noscan = e->v->headerBytes == 0; noscan < 2; noscan++)
            if (one_append_has(e, s, elem, noscan))
                return true;
    return false;
}

/* --- lists of overflow buckets --- */

/* Its sizes, in the release that was asked for last. */
static struct {
    const struct goversion *v;
    int64_t size[60];
} lists;

/* Go: slice.go growslice */
static void fill_lists(const struct goversion *v)
{
    intptr_t cap = 0;
    lists.v = v;
    for (size_t i = 0; i < ARRAY_LEN(lists.size); i++) {
        cap = nextslicecap(cap + 1, cap);
        size_t bytes = objsize_round(v, (size_t)cap * PtrSize, false);
        lists.size[i] = (int64_t)objsize_slot(v, bytes, false);
        cap = (intptr_t)(bytes / PtrSize);
    }
}

bool shape_is_list(const struct goversion *v, int64_t size)
{
    if (lists.v != v)
        fill_lists(v);
    size_t i = 0;
    while (i < ARRAY_LEN(lists.size) && lists.size[i] < size)
        i++;
    return i < ARRAY_LEN(lists.size) && lists.size[i] == size;
}

bool shape_lists(const struct evidence *e)
{
    return e->v->map == MAPKIND_CLASSIC && e->exact &&
           evidence_of(e, PtrSize).n > 0 && evidence_of(e, ExtraBytes).n > 0;
}

/* Each array has a list, whose first piece is one word, and a header of 24
 * bytes; each map 24 bytes more. */
bool shape_lists_balance(const struct evidence *e, const struct series *s)
{
    double words = evidence_of(e, PtrSize).n;
    double heads = evidence_of(e, ExtraBytes).n;
    return shape_lists(e) && words <= s->covered + 1 &&
           words * 3 >= s->covered && heads >= words &&
           heads <= words + s->covered + 2;
}
