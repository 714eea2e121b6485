/*
 * series.c: sizes against all units that there can be: some 250, each with the
 * sizes of its stages, computed once for a release and kept.
 *
 * Locking: none; one thread.
 */
#include "tools/explain/series.h"

#include "alloc/malloc.h"
#include "map/mapview.h"
#include "tools/lib/exits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whose array it is that has a size. */
struct sizeOwner {
    int64_t size;
    uint16_t unit; /* its bit in a unitSet */
    uint16_t stage;
};

/* Array sizes by unit, pointers and stage, and back, of a release. */
static struct sizeTable {
    struct sizeTable *next;
    const struct goversion *v;
    int64_t bytes[Units][2][MaxStages];
    struct sizeOwner owners[Units * 2 * MaxStages]; /* n of them, by size */
    size_t n;
} * tables; /* those that were asked for, the last one first */

static int64_t compute_bytes(const struct goversion *v, int unit, bool noscan,
                             int stage)
{
    if (v->map == MAPKIND_CLASSIC && stage > 0)
        return (int64_t)geometry_array(v, (size_t)unit, noscan, (uint8_t)stage)
            .rounded;
    if (stage > 0 && stage > SwissTables)
        return 0;
    return (int64_t)objsize_slot(v, (size_t)unit << stage, noscan);
}

static int by_size(const void *a, const void *b)
{
    const struct sizeOwner *x = a, *y = b;
    return (x->size > y->size) - (x->size < y->size);
}

static struct sizeTable *new_table(const struct goversion *v)
{
    struct sizeTable *t = xcalloc(1, sizeof *t);
    t->v = v;
    for (int u = 0; u < Units; u++)
        for (int noscan = 0; noscan < 2; noscan++)
            for (int stage = 0; stage < MaxStages; stage++) {
                int64_t size =
                    compute_bytes(v, MinUnit + u * UnitStep, noscan, stage);
                t->bytes[u][noscan][stage] = size;
                if (size > 0 && (noscan || v->headerBytes > 0))
                    t->owners[t->n++] = (struct sizeOwner){
                        size, (uint16_t)(2 * u + noscan), (uint16_t)stage};
            }
    qsort(t->owners, t->n, sizeof *t->owners, by_size);
    return t;
}

static const struct sizeTable *table_of(const struct goversion *v)
{
    for (const struct sizeTable *t = tables; t; t = t->next)
        if (t->v == v)
            return t;
    struct sizeTable *t = new_table(v);
    t->next = tables;
    return tables = t;
}

const int64_t *stages_bytes(const struct goversion *v, int unit, bool noscan)
{
    return table_of(v)->bytes[(unit - MinUnit) / UnitStep][noscan];
}

int64_t stage_bytes(const struct goversion *v, int unit, bool noscan, int stage)
{
    return stages_bytes(v, unit, noscan)[stage];
}

/* The first owner of a size, or where it would stand. */
static size_t owner_of(const struct sizeTable *t, int64_t size)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->owners[middle].size < size)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct unitSet units_of(const struct goversion *v, const struct sizeCount *list,
                        size_t n, int first)
{
    const struct sizeTable *t = table_of(v);
    struct unitSet set = {{0}};
    for (size_t i = 0; i < n; i++)
        for (size_t at = owner_of(t, list[i].size);
             at < t->n && t->owners[at].size == list[i].size; at++)
            if (t->owners[at].stage >= first)
                set.bits[t->owners[at].unit / 64] |= 1ull
                                                     << t->owners[at].unit % 64;
    return set;
}

struct unitSet units_telling(const struct goversion *v,
                             const struct sizeCount *list, size_t n)
{
    const struct sizeTable *t = table_of(v);
    struct unitSet once = {{0}}, set = {{0}};
    for (size_t i = 0; i < n; i++)
        for (size_t at = owner_of(t, list[i].size);
             at < t->n && t->owners[at].size == list[i].size; at++) {
            int word = t->owners[at].unit / 64;
            uint64_t bit = 1ull << t->owners[at].unit % 64;
            bool split =
                v->map == MAPKIND_SWISS && t->owners[at].stage == SwissTables;
            set.bits[word] |= split ? bit : once.bits[word] & bit;
            once.bits[word] |= bit;
        }
    return set;
}

bool units_next(const struct unitSet *set, int *at, int *unit, bool *noscan)
{
    while (*at < 2 * Units) {
        uint64_t rest = set->bits[*at / 64] >> *at % 64;
        if (rest == 0) {
            *at = (*at / 64 + 1) * 64;
            continue;
        }
        *at += __builtin_ctzll(rest);
        *unit = MinUnit + *at / 2 * UnitStep;
        *noscan = *at % 2;
        ++*at;
        return true;
    }
    return false;
}

int64_t stage_capacity(const struct goversion *v, int stage)
{
    enum { TableLimit = 896, GroupSlots = 8, Load = 7 };
    if (stage == 0)
        return GroupSlots;
    if (v->map == MAPKIND_CLASSIC)
        return (int64_t)geometry_capacity((uint8_t)stage);
    if (stage <= SwissTables)
        return (int64_t)Load << stage;
    return (int64_t)TableLimit << (stage - SwissTables);
}

const struct sizeCount *sizes_find(const struct sizeCount *list, size_t n,
                                   int64_t size)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list[middle].size < size)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && list[low].size == size ? &list[low] : NULL;
}

struct series series_try(const struct goversion *v,
                         const struct sizeCount *list, size_t n, int first,
                         int unit, bool noscan)
{
    struct series s = {.unit = unit, .unit_to = unit, .noscan = noscan};
    s.low = MaxStages;
    s.bytes = stages_bytes(v, unit, noscan);
    for (int stage = first; stage < MaxStages; stage++) {
        int64_t size = s.bytes[stage];
        if (size == 0 || size > list[n - 1].size)
            break;
        const struct sizeCount *z = sizes_find(list, n, size);
        if (z == NULL)
            continue;
        s.count[stage] = z->n;
        s.samples[stage] = z->samples;
        s.covered += z->n;
        if (s.low == MaxStages)
            s.low = stage;
        s.top = stage;
    }
    for (int stage = s.low; stage < s.top; stage++)
        s.gaps += s.count[stage] == 0;
    return s;
}

static bool has_class(const struct goversion *v, int unit, bool noscan,
                      const int64_t *sizes, size_t n)
{
    int64_t size = stage_bytes(v, unit, noscan, 0);
    for (size_t i = 0; i < n; i++)
        if (sizes[i] == size)
            return true;
    return n == 0;
}

bool series_common(const struct goversion *v, int unit)
{
    /* Bytes of key and element; of swiss maps, of the slot for both. */
    static const int widths[] = {8, 9, 12, 16, 17, 20, 24, 32, 40, 48};
    int width = unit_width(v, unit);
    for (size_t i = 0; i < ARRAY_LEN(widths); i++)
        if (widths[i] == width)
            return true;
    return false;
}

/* More objects explained, then fewer holes; where two do it as well, the
 * unit that common types fill, else the smaller one. */
static bool better(const struct goversion *v, const struct series *a,
                   const struct series *b)
{
    if (a->covered != b->covered)
        return a->covered > b->covered;
    if (a->gaps != b->gaps)
        return a->gaps < b->gaps;
    return series_common(v, a->unit) && !series_common(v, b->unit);
}

static bool as_good(const struct series *a, const struct series *b)
{
    return a->covered == b->covered && a->gaps == b->gaps &&
           a->noscan == b->noscan;
}

static struct series fit(const struct goversion *v,
                         const struct sizeCount *list, size_t n, int first,
                         const int64_t *first_sizes, size_t nfirst)
{
    struct series best = {0};
    struct unitSet units = units_of(v, list, n, first);
    int at = 0, unit;
    bool noscan;
    while (units_next(&units, &at, &unit, &noscan)) {
        if (!has_class(v, unit, noscan, first_sizes, nfirst))
            continue;
        struct series s = series_try(v, list, n, first, unit, noscan);
        if (s.covered == 0)
            continue;
        if (best.unit == 0 || better(v, &s, &best))
            best = s;
        else if (as_good(&s, &best))
            best.unit_to = unit;
    }
    return best;
}

struct series series_fit(const struct goversion *v,
                         const struct sizeCount *list, size_t n, int first,
                         const int64_t *first_sizes, size_t nfirst)
{
    struct series best = {0};
    if (n == 0)
        return best;
    best = fit(v, list, n, first, first_sizes, nfirst);
    if (best.unit == 0 && nfirst > 0)
        best = fit(v, list, n, first, NULL, 0);
    for (size_t i = 0; i < n; i++)
        best.all += list[i].n;
    return best;
}

size_t series_remove(const struct series *s, struct sizeCount *list, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool explained = false;
        for (int stage = s->low; stage <= s->top && !explained; stage++)
            explained = s->bytes[stage] == list[i].size;
        if (!explained)
            list[kept++] = list[i];
    }
    return kept;
}

/* Of so many bytes, the part of all objects that a profile of that rate has. */
static double part_seen(int64_t size, int64_t rate)
{
    return 1 - exp(-(double)size / (double)rate);
}

/* Bytes of what is counted at a stage: an array, or a directory of tables. */
static int64_t counted_bytes(const struct series *s, int stage)
{
    int64_t bytes = s->bytes[stage];
    return bytes > 0 ? bytes : (int64_t)PtrSize << (stage - SwissTables);
}

void series_smooth(struct series *s, int64_t rate)
{
    /* Pools neighbours that rise: as many objects as were seen of all of them,
     * over the parts of them that are seen. */
    double mean[MaxStages], weight[MaxStages];
    int width[MaxStages], n = 0;
    for (int i = 1; i <= s->top; i++) {
        mean[n] = s->count[i];
        weight[n] = part_seen(counted_bytes(s, i), rate);
        width[n++] = 1;
        for (; n > 1 && mean[n - 2] < mean[n - 1]; n--) {
            double w = weight[n - 2] + weight[n - 1];
            mean[n - 2] =
                (mean[n - 2] * weight[n - 2] + mean[n - 1] * weight[n - 1]) / w;
            weight[n - 2] = w;
            width[n - 2] += width[n - 1];
        }
    }
    for (int block = 0, i = 1; block < n; block++)
        for (int j = 0; j < width[block]; j++)
            s->count[i++] = mean[block];
    s->low = 1;
}
