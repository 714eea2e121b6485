/*
 * profile.c: building a profile piece by piece, and proving that it is whole.
 *
 *     readers --> [profile] --> merge, filter --> reports, explain, writers
 *
 * Locking: none; a profile belongs to one thread.
 */
#include "tools/profile/profile.h"
#include "tools/lib/exits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct profile *profile_new(void)
{
    struct profile *p = xcalloc(1, sizeof *p);
    p->pool = pool_new();
    p->default_type = p->drop_frames = p->keep_frames = "";
    p->period_type = (struct profValueType){"", ""};
    return p;
}

void profile_free(struct profile *p)
{
    if (!p)
        return;
    pool_free(p->pool);
    free(p->types);
    free(p->samples);
    free(p->mappings);
    free(p->locs);
    free(p->funcs);
    free(p->comments);
    free(p);
}

struct profValueType *profile_add_type(struct profile *p, const char *type,
                                       const char *unit)
{
    p->types =
        array_reserve(p->types, &p->cap_types, p->ntypes + 1, sizeof *p->types);
    struct profValueType *t = &p->types[p->ntypes++];
    t->type = pool_intern(p->pool, type);
    t->unit = pool_intern(p->pool, unit);
    return t;
}

struct profSample *profile_add_sample(struct profile *p, size_t nlocs,
                                      size_t nlabels)
{
    p->samples = array_reserve(p->samples, &p->cap_samples, p->nsamples + 1,
                               sizeof(struct profSample *));
    struct profSample *s = pool_alloc(p->pool, sizeof *s);
    s->locs = pool_alloc(p->pool, nlocs * sizeof(struct profLoc *));
    s->values = pool_alloc(p->pool, p->ntypes * sizeof *s->values);
    s->labels = pool_alloc(p->pool, nlabels * sizeof *s->labels);
    s->nlocs = (uint32_t)nlocs;
    s->nlabels = (uint32_t)nlabels;
    p->samples[p->nsamples++] = s;
    return s;
}

struct profMapping *profile_add_mapping(struct profile *p)
{
    p->mappings = array_reserve(p->mappings, &p->cap_mappings, p->nmappings + 1,
                                sizeof(struct profMapping *));
    struct profMapping *m = pool_alloc(p->pool, sizeof *m);
    m->file = m->buildid = "";
    p->mappings[p->nmappings++] = m;
    return m;
}

struct profLoc *profile_add_loc(struct profile *p, size_t nlines)
{
    p->locs = array_reserve(p->locs, &p->cap_locs, p->nlocs + 1,
                            sizeof(struct profLoc *));
    struct profLoc *l = pool_alloc(p->pool, sizeof *l);
    l->lines = pool_alloc(p->pool, nlines * sizeof *l->lines);
    l->nlines = (uint32_t)nlines;
    l->index = (uint32_t)p->nlocs;
    p->locs[p->nlocs++] = l;
    return l;
}

struct profFunc *profile_add_func(struct profile *p)
{
    p->funcs = array_reserve(p->funcs, &p->cap_funcs, p->nfuncs + 1,
                             sizeof(struct profFunc *));
    struct profFunc *f = pool_alloc(p->pool, sizeof *f);
    f->name = f->sysname = f->file = "";
    f->index = (uint32_t)p->nfuncs;
    p->funcs[p->nfuncs++] = f;
    return f;
}

void profile_add_comment(struct profile *p, const char *text)
{
    p->comments = array_reserve(p->comments, &p->cap_comments, p->ncomments + 1,
                                sizeof *p->comments);
    p->comments[p->ncomments++] = pool_intern(p->pool, text);
}

/* A label, and the place it had among its sample's: one key's values keep their
 * order, and qsort alone does not promise that. */
struct placedLabel {
    struct profLabel label;
    uint32_t place;
};

static int by_kind_and_key(const void *a, const void *b)
{
    const struct placedLabel *x = a, *y = b;
    if (!x->label.str != !y->label.str)
        return x->label.str ? -1 : 1;
    int c = strcmp(x->label.key, y->label.key);
    return c ? c : (x->place > y->place) - (x->place < y->place);
}

void sample_sort_labels(struct profSample *s)
{
    if (s->nlabels < 2)
        return;
    struct placedLabel *list = xcalloc(s->nlabels, sizeof *list);
    for (uint32_t i = 0; i < s->nlabels; i++)
        list[i] = (struct placedLabel){s->labels[i], i};
    qsort(list, s->nlabels, sizeof *list, by_kind_and_key);
    for (uint32_t i = 0; i < s->nlabels; i++)
        s->labels[i] = list[i].label;
    free(list);
}

static const struct profLabel *find_label(const struct profSample *s,
                                          const char *key, bool is_num)
{
    for (uint32_t i = 0; i < s->nlabels; i++) {
        const struct profLabel *l = &s->labels[i];
        if (!l->str == is_num && strcmp(l->key, key) == 0)
            return l;
    }
    return NULL;
}

const char *sample_label(const struct profSample *s, const char *key)
{
    const struct profLabel *l = find_label(s, key, false);
    return l ? l->str : NULL;
}

int64_t sample_num_label(const struct profSample *s, const char *key)
{
    const struct profLabel *l = find_label(s, key, true);
    return l ? l->num : 0;
}

static int type_named(const struct profile *p, const char *name)
{
    for (size_t i = 0; i < p->ntypes; i++)
        if (strcmp(p->types[i].type, name) == 0)
            return (int)i;
    return -1;
}

int profile_type_index(const struct profile *p, const char *name)
{
    if (!name || !*name) {
        int i = *p->default_type ? type_named(p, p->default_type) : -1;
        return i >= 0 ? i : (int)p->ntypes - 1;
    }
    char *end;
    long n = strtol(name, &end, 10);
    if (end != name && !*end)
        return n >= 0 && (size_t)n < p->ntypes ? (int)n : -1;
    int i = type_named(p, name);
    /* Old two-column profiles call the columns in use "objects", "space". */
    if (i < 0 && strncmp(name, "inuse_", 6) == 0)
        i = type_named(p, name + 6);
    return i;
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* profile.2 for one kind of element; ids is scratch that this sorts. */
static bool ids_ok(uint64_t *ids, size_t n, const char *what, char *err)
{
    qsort(ids, n, sizeof *ids, by_id);
    if (n && ids[0] == 0) {
        snprintf(err, ProfErrorSize, "a %s has the reserved id 0", what);
        return false;
    }
    for (size_t i = 1; i < n; i++)
        if (ids[i] == ids[i - 1]) {
            snprintf(err, ProfErrorSize, "two %ss have the id %llu", what,
                     (unsigned long long)ids[i]);
            return false;
        }
    return true;
}

static bool all_ids_ok(const struct profile *p, char *err)
{
    size_t most = p->nmappings + p->nlocs + p->nfuncs;
    uint64_t *ids = xcalloc(most, sizeof *ids);
    for (size_t i = 0; i < p->nmappings; i++)
        ids[i] = p->mappings[i]->id;
    bool ok = ids_ok(ids, p->nmappings, "mapping", err);
    for (size_t i = 0; i < p->nfuncs; i++)
        ids[i] = p->funcs[i]->id;
    ok = ok && ids_ok(ids, p->nfuncs, "function", err);
    for (size_t i = 0; i < p->nlocs; i++)
        ids[i] = p->locs[i]->id;
    ok = ok && ids_ok(ids, p->nlocs, "location", err);
    free(ids);
    return ok;
}

bool profile_check(const struct profile *p, char *err)
{
    if (p->ntypes == 0 && p->nsamples != 0) {
        snprintf(err, ProfErrorSize, "samples without sample types");
        return false;
    }
    if (!all_ids_ok(p, err)) /* profile.2 */
        return false;
    for (size_t i = 0; i < p->nlocs; i++)
        for (uint32_t j = 0; j < p->locs[i]->nlines; j++)
            if (!p->locs[i]->lines[j].func) { /* profile.3 */
                snprintf(err, ProfErrorSize,
                         "location %llu has a line without a function",
                         (unsigned long long)p->locs[i]->id);
                return false;
            }
    return true;
}
