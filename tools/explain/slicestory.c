/*
 * slicestory.c: array sizes against the series of growslice.
 *
 *     append one by one: room for 1, 2, 4, 8 … elements, each rounded up to its
 *     slot; later a quarter more at a time
 *
 * Each slice passed through the sizes below its last: so counts never rise, and
 * the difference of two neighbours is how many ended there.
 *
 * Locking: none.
 */
#include "tools/explain/slicestory.h"

#include "alloc/malloc.h"
#include "tools/lib/exits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FewSteps = 4, /* that make sizes a series, where no frame says so */
    MaxElem = 1024,
};

/* The line's objects of one mechanism, by size. */
static size_t sizes_of(const struct site *l, enum mechanism mech,
                       struct sizeCount **list)
{
    size_t n = 0;
    *list = xcalloc(l->nsizes, sizeof **list);
    for (size_t i = 0; i < l->nsizes; i++)
        if (l->sizes[i].mech == mech)
            (*list)[n++] =
                (struct sizeCount){l->sizes[i].size, l->sizes[i].objects,
                                   l->sizes[i].inuse, l->sizes[i].samples};
    return sizes_add_up(*list, n);
}

/* The steps of a slice that grows one by one. */
struct appended {
    int elem;
    bool noscan;
    int64_t size[MaxSteps], cap[MaxSteps];
};

/* Those of all elements, in the release that was asked for last. */
static struct {
    const struct goversion *v;
    struct appended list[MaxElem]; /* n of them */
    size_t n;
} growths;

/* Go: slice.go growslice */
static void grow(const struct goversion *v, struct appended *g)
{
    intptr_t cap = 0;
    for (int i = 0; i < MaxSteps; i++) {
        cap = nextslicecap(cap + 1, cap);
        size_t bytes =
            objsize_round(v, (size_t)cap * (size_t)g->elem, g->noscan);
        cap = (intptr_t)(bytes / (size_t)g->elem);
        g->size[i] = (int64_t)objsize_slot(v, bytes, g->noscan);
        g->cap[i] = cap;
    }
}

/* Elements are as large as Go's common types: powers of two, and words. */
static int next_elem(int elem)
{
    enum { Word = 8 };
    return elem < Word ? elem * 2 : elem + Word;
}

static void fill_growths(const struct goversion *v)
{
    if (growths.v == v)
        return;
    growths.v = v;
    growths.n = 0;
    for (int elem = 1; elem <= MaxElem; elem = next_elem(elem))
        for (int noscan = v->headerBytes == 0 || elem % PtrSize; noscan < 2;
             noscan++) {
            struct appended *g = &growths.list[growths.n++];
            *g = (struct appended){.elem = elem, .noscan = noscan};
            grow(v, g);
        }
}

/* Follows the series as far as the list goes. Returns how many steps of it were
 * seen. */
static int follow(const struct appended *g, const struct sizeCount *list,
                  size_t n, struct sliceStory *s)
{
    int seen = 0;
    *s = (struct sliceStory){.elem = g->elem};
    for (int i = 0; i < MaxSteps && g->size[i] <= list[n - 1].size; i++) {
        const struct sizeCount *z = sizes_find(list, n, g->size[i]);
        s->size[i] = g->size[i];
        s->cap[i] = g->cap[i];
        s->arrays[i] = z ? z->n : 0;
        s->samples[i] = z ? z->samples : 0;
        s->nsteps++;
        seen += z != NULL;
        s->objects += s->arrays[i];
        s->bytes += s->arrays[i] * (double)s->size[i];
    }
    return seen;
}

static bool never_rises(const struct sites *all, const struct sliceStory *s)
{
    bool begun = false;
    for (int i = 0; i + 1 < s->nsteps; i++) {
        begun |= s->arrays[i] > 0;
        double off = estimate_off(all, s->arrays[i], s->samples[i]) +
                     estimate_off(all, s->arrays[i + 1], s->samples[i + 1]);
        if (begun && s->arrays[i + 1] > s->arrays[i] + off)
            return false;
    }
    return true;
}

static void count_slices(struct sliceStory *s)
{
    double last_bytes = 0;
    for (int i = 0; i < s->nsteps; i++) {
        double next = i + 1 < s->nsteps ? s->arrays[i + 1] : 0;
        s->ended[i] = fmax(s->arrays[i] - next, 0);
        s->slices += s->ended[i];
        last_bytes += s->ended[i] * (double)s->size[i];
    }
    s->saved_objects = fmax(s->objects - s->slices, 0);
    s->saved_bytes = fmax(s->bytes - last_bytes, 0);
}

/* In a sampled profile later sizes lie so close that some series has any: half
 * of those between the first and the last seen must be there. */
static bool has_holes(const struct sites *all, const struct sliceStory *s,
                      int seen)
{
    int first = 0;
    while (first < s->nsteps && s->arrays[first] <= 0)
        first++;
    return all->rate > 1 && seen * 2 < s->nsteps - first;
}

static bool best_series(const struct goversion *v, const struct sites *all,
                        const struct sizeCount *list, size_t n, int few,
                        struct sliceStory *best)
{
    *best = (struct sliceStory){0};
    if (n < (size_t)few)
        return false;
    fill_growths(v);
    for (size_t i = 0; i < growths.n; i++) {
        const struct appended *g = &growths.list[i];
        struct sliceStory s;
        if (g->elem > list[n - 1].size)
            break;
        int seen = follow(g, list, n, &s);
        if (seen >= few && never_rises(all, &s) &&
            !(few > 1 && has_holes(all, &s, seen)) && s.objects > best->objects)
            *best = s;
    }
    return best->objects > 0;
}

/* Where no frame says append, the series must tell nearly all of the line's
 * objects that are larger than a few words, the largest among them. */
static bool tells_all(const struct sliceStory *s, const struct sizeCount *list,
                      size_t n)
{
    enum { FewWords = 48 };
    double all = 0, told = 0;
    for (size_t i = 0; i < n; i++)
        all += list[i].size > FewWords ? list[i].n : 0;
    for (int i = 0; i < s->nsteps; i++)
        told += s->size[i] > FewWords ? s->arrays[i] : 0;
    return told >= 0.9 * all && s->size[s->nsteps - 1] == list[n - 1].size;
}

bool slice_story(const struct goversion *v, const struct sites *all,
                 const struct site *l, struct sliceStory *s)
{
    static const enum mechanism kinds[] = {MECH_APPEND, MECH_DIRECT,
                                           MECH_HIDDEN};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct sizeCount *list;
        size_t n = sizes_of(l, kinds[i], &list);
        bool by_sizes = kinds[i] != MECH_APPEND;
        bool found = n > 0 &&
                     best_series(v, all, list, n, by_sizes ? FewSteps : 1, s) &&
                     (!by_sizes || tells_all(s, list, n));
        free(list);
        if (!found)
            continue;
        s->by_sizes = by_sizes;
        count_slices(s);
        return true;
    }
    return false;
}
