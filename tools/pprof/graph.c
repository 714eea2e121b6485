/*
 * graph.c: samples into nodes and edges, and the light ones out again.
 *
 *     profile --> [graph] --> top, tree, peek
 *
 * Trimming never edits a graph: it marks what is kept and folds the samples
 * again, so that an edge over a dropped function connects its neighbours.
 *
 * Invariants, each a line of graph_check:
 *   graph.1  an edge stands in its source's out and in its destination's in
 *   graph.2  no edge connects a node with itself
 *   graph.3  the flats add up to no more samples than there are: with all nodes
 *            kept, to the sum of all values
 */
#include "tools/pprof/pprofreport.h"

#include "runtime/base/throw.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct countedEdge {
    struct graphEdge edge;
    size_t seen; /* number of the last sample counted on it, from 1 */
};

/* A graph being made. */
struct folding {
    const struct profile *p;
    const struct graphOptions *o;
    struct graph *g;
    struct graphNode **all; /* every node, whatever its value */
    size_t nall, cap_all;
    size_t *first; /* by location: its first line's place in … */
    struct graphNode **of_lines; /* … the nodes of all lines */
    struct byteMap *by_name;     /* interned name and order */
    struct byteMap *edges;       /* its two nodes */
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *frame_name(struct pool *pool, const struct profLoc *loc,
                       const struct profLine *line)
{
    if (line && *line->func->name)
        return line->func->name;
    if (!loc->mapping || !*loc->mapping->file)
        return "<unknown>";
    char *s = xprintf("[%s]", base_name(loc->mapping->file));
    const char *name = pool_intern(pool, s);
    free(s);
    return name;
}

/* What tells nodes of one printed name apart: nothing where the function has a
 * name of its own. */
static const char *node_order(struct pool *pool, const struct profLoc *loc,
                              const struct profLine *line)
{
    if (line && *line->func->name)
        return "";
    long long start = line ? line->func->start_line : 0;
    char *s =
        xprintf("%lld 0 %s", start, loc->mapping ? loc->mapping->file : "");
    const char *order = pool_intern(pool, s);
    free(s);
    return order;
}

static struct graphNode *node_for(struct folding *f, const struct profLoc *loc,
                                  const struct profLine *line)
{
    struct pool *pool = f->g->pool;
    const char *key[2] = {
        pool_intern(pool, frame_name(pool, loc, line)),
        pool_intern(pool, node_order(pool, loc, line)),
    };
    struct graphNode *n = bytemap_get(f->by_name, key, sizeof key);
    if (n)
        return n;
    n = pool_alloc(pool, sizeof *n);
    n->name = key[0];
    n->order = key[1];
    n->kept = true;
    bytemap_put(f->by_name, key, sizeof key, n);
    f->all = array_reserve(f->all, &f->cap_all, f->nall + 1,
                           sizeof(struct graphNode *));
    f->all[f->nall++] = n;
    return n;
}

static size_t lines_of(const struct profLoc *l)
{
    return l->nlines ? l->nlines : 1;
}

static void make_nodes(struct folding *f)
{
    size_t nlines = 0;
    f->first = xcalloc(f->p->nlocs, sizeof *f->first);
    for (size_t i = 0; i < f->p->nlocs; i++) {
        f->first[i] = nlines;
        nlines += lines_of(f->p->locs[i]);
    }
    f->of_lines = xcalloc(nlines, sizeof(void *));
    for (size_t i = 0; i < f->p->nlocs; i++) {
        const struct profLoc *l = f->p->locs[i];
        for (size_t j = 0; j < lines_of(l); j++)
            f->of_lines[f->first[i] + j] =
                node_for(f, l, l->nlines ? &l->lines[j] : NULL);
    }
}

static void append_edge(struct graphEdge ***list, size_t *n, size_t *cap,
                        struct graphEdge *e)
{
    *list = array_reserve(*list, cap, *n + 1, sizeof(struct graphEdge *));
    (*list)[(*n)++] = e;
}

static struct countedEdge *
edge_between(struct folding *f, struct graphNode *src, struct graphNode *dest)
{
    const struct graphNode *key[2] = {src, dest};
    struct countedEdge *e = bytemap_get(f->edges, key, sizeof key);
    if (e)
        return e;
    e = pool_alloc(f->g->pool, sizeof *e);
    e->edge = (struct graphEdge){.src = src, .dest = dest, .inlined = true};
    bytemap_put(f->edges, key, sizeof key, e);
    append_edge(&src->out, &src->nout, &src->cap_out, &e->edge);
    append_edge(&dest->in, &dest->nin, &dest->cap_in, &e->edge);
    return e;
}

/* A sample being folded, from the root on. */
struct cycleWalk {
    size_t number; /* of the sample, from 1 */
    int64_t weight;
    struct graphNode *parent; /* the last frame that is kept */
    bool gap;                 /* the last frame was not */
};

/* One frame further. Recursion counts once on each node and edge. */
static void step(struct folding *f, struct cycleWalk *w, struct graphNode *n,
                 bool inlined)
{
    w->gap = !n->kept;
    if (w->gap)
        return;
    if (n->seen != w->number)
        n->cum = wrap_add(n->cum, w->weight);
    n->seen = w->number;
    if (w->parent && w->parent != n) {
        struct countedEdge *e = edge_between(f, w->parent, n);
        if (e->seen != w->number) {
            e->seen = w->number;
            e->edge.weight = wrap_add(e->edge.weight, w->weight);
            e->edge.inlined &= inlined;
        }
    }
    w->parent = n;
}

static void fold_sample(struct folding *f, const struct profSample *s,
                        size_t number)
{
    struct cycleWalk w = {.number = number, .weight = s->values[f->o->value]};
    if (w.weight == 0)
        return;
    for (size_t i = s->nlocs; i > 0; i--) {
        const struct profLoc *l = s->locs[i - 1];
        for (size_t j = lines_of(l); j > 0; j--)
            step(f, &w, f->of_lines[f->first[l->index] + j - 1],
                 j != lines_of(l));
    }
    if (w.parent && !w.gap)
        w.parent->flat = wrap_add(w.parent->flat, w.weight);
}

/* Folds all samples over the nodes that are kept, and lists those with a value.
 */
static void fold(struct folding *f)
{
    bytemap_free(f->edges);
    f->edges = bytemap_new();
    for (size_t i = 0; i < f->nall; i++) {
        struct graphNode *n = f->all[i];
        n->flat = n->cum = 0;
        n->nin = n->nout = n->seen = 0;
    }
    for (size_t i = 0; i < f->p->nsamples; i++)
        fold_sample(f, f->p->samples[i], i + 1);
    struct graph *g = f->g;
    g->n = 0;
    for (size_t i = 0; i < f->nall; i++)
        if (f->all[i]->kept && (f->all[i]->cum || f->all[i]->flat))
            g->nodes[g->n++] = f->all[i];
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* Larger first. */
static int by_magnitude(int64_t a, int64_t b)
{
    uint64_t x = magnitude(a), y = magnitude(b);
    return x > y ? -1 : x < y;
}

static int node_order_by(const struct graphNode *a, const struct graphNode *b,
                         int first, int second)
{
    if (first)
        return first;
    int c = strcmp(a->name, b->name);
    if (c)
        return c;
    return second ? second : strcmp(a->order, b->order);
}

static int by_flat(const void *x, const void *y)
{
    const struct graphNode *a = *(struct graphNode *const *)x;
    const struct graphNode *b = *(struct graphNode *const *)y;
    return node_order_by(a, b, by_magnitude(a->flat, b->flat),
                         by_magnitude(a->cum, b->cum));
}

static int by_cum(const void *x, const void *y)
{
    const struct graphNode *a = *(struct graphNode *const *)x;
    const struct graphNode *b = *(struct graphNode *const *)y;
    return node_order_by(a, b, by_magnitude(a->cum, b->cum),
                         by_magnitude(a->flat, b->flat));
}

static int by_weight(const void *x, const void *y)
{
    const struct graphEdge *a = *(struct graphEdge *const *)x;
    const struct graphEdge *b = *(struct graphEdge *const *)y;
    int c = by_magnitude(a->weight, b->weight);
    if (!c)
        c = strcmp(a->src->name, b->src->name);
    return c ? c : strcmp(a->dest->name, b->dest->name);
}

static void sort_nodes(struct folding *f)
{
    qsort(f->g->nodes, f->g->n, sizeof(struct graphNode *),
          f->o->cum_sort ? by_cum : by_flat);
}

/* Keeps the first n nodes of the list, and no others, and folds again. */
static void keep_first(struct folding *f, size_t n)
{
    for (size_t i = 0; i < f->nall; i++)
        f->all[i]->kept = false;
    for (size_t i = 0; i < n; i++)
        f->g->nodes[i]->kept = true;
    fold(f);
}

static void drop_light_nodes(struct folding *f, uint64_t cutoff)
{
    struct graph *g = f->g;
    size_t kept = 0;
    for (size_t i = 0; i < g->n; i++)
        if (magnitude(g->nodes[i]->cum) >= cutoff)
            g->nodes[kept++] = g->nodes[i];
    g->dropped = g->n - kept;
    if (g->dropped > 0)
        keep_first(f, kept);
}

static void drop_light_edges(struct graph *g, uint64_t cutoff)
{
    for (size_t i = 0; i < g->n; i++)
        for (size_t j = 0; j < g->nodes[i]->nin; j++) {
            struct graphEdge *e = g->nodes[i]->in[j];
            e->dropped = magnitude(e->weight) < cutoff;
        }
}

/* graph.1, graph.2, graph.3 */
static void graph_check(const struct folding *f)
{
    int64_t sum = 0, flats = 0;
    for (size_t i = 0; i < f->p->nsamples; i++)
        if (f->p->samples[i]->nlocs)
            sum = wrap_add(sum, f->p->samples[i]->values[f->o->value]);
    for (size_t i = 0; i < f->nall; i++) {
        const struct graphNode *n = f->all[i];
        flats = wrap_add(flats, n->flat);
        for (size_t j = 0; j < n->nout; j++)
            ASSERT(n->out[j]->src == n && n->out[j]->dest != n);
        for (size_t j = 0; j < n->nin; j++)
            ASSERT(n->in[j]->dest == n);
    }
    ASSERT(flats == sum);
}

static void trim(struct folding *f)
{
    int64_t total = 0;
    struct graph *g = f->g;
    for (size_t i = 0; i < g->n; i++)
        total = wrap_add(total, g->nodes[i]->flat);
    uint64_t node_cutoff =
        magnitude(clamp_int64((double)total * f->o->nodefraction));
    uint64_t edge_cutoff =
        magnitude(clamp_int64((double)total * f->o->edgefraction));
    if (node_cutoff > 0)
        drop_light_nodes(f, node_cutoff);
    g->original = g->n;
    sort_nodes(f);
    if (f->o->nodecount > 0 && (size_t)f->o->nodecount < g->n) {
        keep_first(f, (size_t)f->o->nodecount);
        sort_nodes(f);
    }
    drop_light_edges(g, edge_cutoff);
}

static void sort_edges(struct graph *g)
{
    for (size_t i = 0; i < g->n; i++) {
        struct graphNode *n = g->nodes[i];
        if (n->nin)
            qsort(n->in, n->nin, sizeof(struct graphEdge *), by_weight);
        if (n->nout)
            qsort(n->out, n->nout, sizeof(struct graphEdge *), by_weight);
    }
}

struct graph *graph_new(const struct profile *p, const struct graphOptions *o)
{
    struct folding f = {.p = p, .o = o, .g = xcalloc(1, sizeof *f.g)};
    f.g->pool = pool_new();
    f.by_name = bytemap_new();
    make_nodes(&f);
    f.g->nodes = xcalloc(f.nall, sizeof(void *));
    fold(&f);
    graph_check(&f);
    trim(&f);
    sort_edges(f.g);
    bytemap_free(f.by_name);
    bytemap_free(f.edges);
    f.g->all = f.all;
    f.g->nall = f.nall;
    free(f.first);
    free(f.of_lines);
    return f.g;
}

void graph_free(struct graph *g)
{
    for (size_t i = 0; i < g->nall; i++) {
        free(g->all[i]->in);
        free(g->all[i]->out);
    }
    free(g->all);
    free(g->nodes);
    pool_free(g->pool);
    free(g);
}
