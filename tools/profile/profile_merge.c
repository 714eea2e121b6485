/*
 * profile_merge.c: several profiles into one, and one subtracted from another.
 *
 * pprof merges even a single profile, and so do we: it drops samples of zeros,
 * joins equal ones and fixes the order in which `traces` prints them.
 */
#include "tools/lib/exits.h"
#include "tools/profile/profbuild.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char base_key[] = "pprof::base";

/* One merge: the destination and, for the source at hand, what each of its
 * locations became. */
struct merge {
    struct profile *p;
    struct profBuilder *b;
    struct profLoc **locs; /* by index in the source */
    struct profSample scratch;
    size_t cap_scratch;
};

static bool is_zero(const struct profile *p, const struct profSample *s)
{
    for (size_t i = 0; i < p->ntypes; i++)
        if (s->values[i])
            return false;
    return true;
}

static bool same_type(struct profValueType a, struct profValueType b)
{
    return strcmp(a.type, b.type) == 0 && strcmp(a.unit, b.unit) == 0;
}

static bool compatible(const struct profile *a, const struct profile *b,
                       char *err)
{
    bool ok =
        a->ntypes == b->ntypes && same_type(a->period_type, b->period_type);
    for (size_t i = 0; ok && i < a->ntypes; i++)
        ok = same_type(a->types[i], b->types[i]);
    if (!ok)
        snprintf(err, ProfErrorSize,
                 "the profiles do not have the same sample types");
    return ok;
}

static bool has_comment(const struct profile *p, const char *text)
{
    for (size_t i = 0; i < p->ncomments; i++)
        if (strcmp(p->comments[i], text) == 0)
            return true;
    return false;
}

static void merge_header(struct profile *p, const struct profile *src)
{
    if (p->time_nanos == 0 || src->time_nanos < p->time_nanos)
        p->time_nanos = src->time_nanos;
    p->duration_nanos += src->duration_nanos;
    if (p->period == 0 || p->period < src->period)
        p->period = src->period;
    for (size_t i = 0; i < src->ncomments; i++)
        if (!has_comment(p, src->comments[i]))
            profile_add_comment(p, src->comments[i]);
    if (!*p->default_type)
        p->default_type = pool_intern(p->pool, src->default_type);
}

static void merge_headers(struct profile *p, struct profile *const *srcs,
                          size_t n)
{
    const struct profile *first = srcs[0];
    for (size_t i = 0; i < first->ntypes; i++)
        profile_add_type(p, first->types[i].type, first->types[i].unit);
    p->drop_frames = pool_intern(p->pool, first->drop_frames);
    p->keep_frames = pool_intern(p->pool, first->keep_frames);
    p->period_type.type = pool_intern(p->pool, first->period_type.type);
    p->period_type.unit = pool_intern(p->pool, first->period_type.unit);
    for (size_t i = 0; i < n; i++)
        merge_header(p, srcs[i]);
}

static struct profLoc *merge_loc(struct merge *m, const struct profLoc *src)
{
    struct profLoc *known = m->locs[src->index];
    if (known)
        return known;
    struct profLoc like = *src;
    if (src->mapping) {
        like.mapping = builder_mapping(m->b, src->mapping);
        like.addr += like.mapping->start - src->mapping->start;
    }
    like.lines = xcalloc(src->nlines, sizeof *like.lines);
    for (uint32_t i = 0; i < src->nlines; i++) {
        like.lines[i].func = builder_func(m->b, src->lines[i].func);
        like.lines[i].line = src->lines[i].line;
    }
    known = m->locs[src->index] = builder_loc(m->b, &like);
    free(like.lines);
    return known;
}

static void merge_sample(struct merge *m, const struct profSample *src)
{
    struct profLoc **locs = array_reserve(m->scratch.locs, &m->cap_scratch,
                                          src->nlocs, sizeof(void *));
    for (uint32_t i = 0; i < src->nlocs; i++)
        locs[i] = merge_loc(m, src->locs[i]);
    m->scratch = *src;
    m->scratch.locs = locs;
    builder_sample(m->b, &m->scratch);
}

static void merge_source(struct merge *m, const struct profile *src)
{
    m->locs = xcalloc(src->nlocs, sizeof(struct profLoc *));
    /* The first mapping is the program: it must come first again. */
    if (m->p->nmappings == 0 && src->nmappings > 0)
        builder_mapping(m->b, src->mappings[0]);
    for (size_t i = 0; i < src->nsamples; i++)
        if (!is_zero(src, src->samples[i]))
            merge_sample(m, src->samples[i]);
    free(m->locs);
}

static struct profile *merge_once(struct profile *const *srcs, size_t n)
{
    struct merge m = {.p = profile_new()};
    m.b = builder_new(m.p);
    merge_headers(m.p, srcs, n);
    for (size_t i = 0; i < n; i++)
        merge_source(&m, srcs[i]);
    free(m.scratch.locs);
    builder_free(m.b);
    return m.p;
}

struct profile *profile_merge(struct profile *const *srcs, size_t n, char *err)
{
    for (size_t i = 1; i < n; i++)
        if (!compatible(srcs[0], srcs[i], err))
            return NULL;
    struct profile *p = merge_once(srcs, n);
    for (size_t i = 0; i < p->nsamples; i++) {
        if (!is_zero(p, p->samples[i]))
            continue;
        /* Samples that cancelled out: once more, to lose what only they use. */
        struct profile *again = merge_once(&p, 1);
        profile_free(p);
        return again;
    }
    return p;
}

void profile_make_base(struct profile *p)
{
    for (size_t i = 0; i < p->nsamples; i++) {
        struct profSample *s = p->samples[i];
        for (size_t t = 0; t < p->ntypes; t++)
            s->values[t] = (int64_t)(0 - (uint64_t)s->values[t]);
        struct profLabel *labels =
            pool_alloc(p->pool, (s->nlabels + 1) * sizeof *labels);
        for (uint32_t j = 0; j < s->nlabels; j++)
            labels[j] = s->labels[j];
        labels[s->nlabels++] =
            (struct profLabel){.key = base_key, .str = "true", .unit = ""};
        s->labels = labels;
        sample_sort_labels(s);
    }
}

bool sample_is_base(const struct profSample *s)
{
    const char *v = sample_label(s, base_key);
    return v && strcmp(v, "true") == 0;
}
