/*
 * pprofreport.c: header lines and layout of pprof's text reports.
 *
 *     profile --filter--> --graph--> [report] --> stdout
 *
 * Go: cmd/vendor/github.com/google/pprof/internal/report/report.go. Every
 * format string here is compared with `go tool pprof` by
 * tests/tools/pprof/test_pprofreport.c.
 */
#include "tools/pprof/pprofreport.h"

#include "tools/lib/exits.h"
#include "tools/lib/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* pprof's own limits for what is too light to print. */
static const double NodeFraction = 0.005, EdgeFraction = 0.001;
enum { TreeNodes = 80 };

struct pprofLines {
    struct profile *p;
    const struct pprofReport *o;
    struct graph *g;
    struct profValueType type; /* of the values shown */
    int64_t total;
    const char *unit; /* that values are printed in */
};

/* One printed value; the buffer holds it. */
struct label {
    char text[UnitsTextSize];
};

static const char *value(const struct pprofLines *r, int64_t v, struct label *l)
{
    return units_label(l->text, v, r->type.unit, r->unit);
}

static const char *percent(int64_t v, int64_t of, struct label *l)
{
    return units_percent(l->text, v, of);
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* The sum of all samples; of a difference, that of its base. */
static int64_t compute_total(const struct profile *p, int index)
{
    int64_t total = 0, base = 0;
    for (size_t i = 0; i < p->nsamples; i++) {
        int64_t v = (int64_t)magnitude(p->samples[i]->values[index]);
        total = wrap_add(total, v);
        if (sample_is_base(p->samples[i]))
            base = wrap_add(base, v);
    }
    return base > 0 ? base : total;
}

/* One unit for the whole report: that of the smallest value, or a larger one
 * when the total needs it and two decimals still show the smallest. */
static const char *choose_unit(const struct pprofLines *r)
{
    int64_t min = 0;
    for (size_t i = 0; i < r->g->n; i++) {
        const struct graphNode *n = r->g->nodes[i];
        int64_t v = (int64_t)magnitude(n->flat ? n->flat : n->cum);
        if (v > 0 && (min == 0 || v < min))
            min = v;
    }
    if (r->g->n == 0)
        return "minimum";
    if (min == 0)
        min = r->total;
    const char *min_unit, *max_unit;
    units_scale(min, r->type.unit, "minimum", &min_unit);
    units_scale(r->total, r->type.unit, "minimum", &max_unit);
    int64_t hundred = (int64_t)((uint64_t)min * 100);
    if (strcmp(min_unit, max_unit) != 0 && hundred < r->total)
        units_scale(hundred, r->type.unit, "minimum", &min_unit);
    return *min_unit ? min_unit : r->type.unit;
}

static const char *program_name(const struct profMapping *m)
{
    const char *slash = strrchr(m->file, '/');
    return slash ? slash + 1 : m->file;
}

static void print_time(int64_t nanos)
{
    time_t seconds = nanos / 1000000000 - (nanos % 1000000000 < 0);
    struct tm tm;
    char text[80];
    if (localtime_r(&seconds, &tm) &&
        strftime(text, sizeof text, "%b %-d, %Y at %-I:%M%P (%Z)", &tm))
        printf("Time: %s\n", text);
}

static void print_duration(const struct pprofLines *r)
{
    struct label duration, sum, share = {""};
    const char *unit;
    double nanos = units_scale(r->total, r->type.unit, "nanoseconds", &unit);
    if (strcmp(unit, "ns") == 0 && nanos != 0)
        percent(clamp_int64(nanos), r->p->duration_nanos, &share);
    units_label(duration.text, r->p->duration_nanos, "nanoseconds", "auto");
    printf("Duration: %s, Total samples = %s ", duration.text,
           value(r, r->total, &sum));
    printf(*share.text ? "(%s)\n" : "\n", share.text);
}

static void print_profile_labels(const struct pprofLines *r)
{
    const struct profile *p = r->p;
    if (p->nmappings > 0) {
        const struct profMapping *m = p->mappings[0];
        if (*m->file)
            printf("File: %s\n", printable(program_name(m)));
        if (*m->buildid)
            printf("Build ID: %s\n", printable(m->buildid));
    }
    for (size_t i = 0; i < p->ncomments; i++)
        if (p->comments[i][0] != '#')
            puts(printable(p->comments[i]));
    if (*r->type.type)
        printf("Type: %s\n", printable(r->type.type));
    if (p->time_nanos)
        print_time(p->time_nanos);
    if (p->duration_nanos)
        print_duration(r);
}

static void print_filter(const char *name, const char *expression)
{
    enum { Longest = 80 };
    if (!expression || !*expression)
        return;
    char *line = xprintf("%s=%s", name, printable(expression));
    size_t n = strlen(line), cut = n > Longest ? Longest : n;
    while (cut < n && ((unsigned char)line[cut] & 0xc0) == 0x80)
        cut--; /* no part of a character */
    printf("   %.*s%s\n", (int)cut, line, cut < n ? "…" : "");
    free(line);
}

static bool given(const char *expression)
{
    return expression && *expression;
}

static void print_labels(const struct pprofLines *r)
{
    const struct pprofReport *o = r->o;
    struct label a, b, c;
    int64_t shown = 0;
    print_profile_labels(r);
    for (size_t i = 0; i < r->g->n; i++)
        shown = wrap_add(shown, r->g->nodes[i]->flat);
    if (given(o->focus) || given(o->ignore) || given(o->hide)) {
        puts("Active filters:");
        print_filter("focus", o->focus);
        print_filter("ignore", o->ignore);
        print_filter("hide", o->hide);
    }
    const char *share = percent(shown, r->total, &b);
    printf("Showing nodes accounting for %s, %s of %s total\n",
           value(r, shown, &a), share + strspn(share, " "),
           value(r, r->total, &c));
    if (r->total == 0)
        return;
    if (r->g->dropped > 0) {
        int64_t cutoff =
            (int64_t)magnitude(clamp_int64((double)r->total * NodeFraction));
        printf("Dropped %zu node%s (cum <= %s)\n", r->g->dropped,
               r->g->dropped > 1 ? "s" : "", value(r, cutoff, &a));
    }
    if (r->g->n > 0 && r->g->n < r->g->original)
        printf("Showing top %zu nodes out of %zu\n", r->g->n, r->g->original);
}

/* What is known of the calls into a function: all, some or none inlined. */
static const char *inline_mark(const struct graphNode *n)
{
    bool inlined = false, called = false;
    for (size_t i = 0; i < n->nin; i++) {
        if (n->in[i]->dropped)
            continue;
        inlined |= n->in[i]->inlined;
        called |= !n->in[i]->inlined;
    }
    if (!inlined)
        return "";
    return called ? " (partial-inline)" : " (inline)";
}

static void print_top(const struct pprofLines *r)
{
    struct label flat, flat_of, sum_of, cum, cum_of;
    int64_t sum = 0;
    print_labels(r);
    printf("%10s %5s%% %5s%% %10s %5s%%\n", "flat", "flat", "sum", "cum",
           "cum");
    for (size_t i = 0; i < r->g->n; i++) {
        const struct graphNode *n = r->g->nodes[i];
        sum = wrap_add(sum, n->flat);
        printf("%10s %s %s %10s %s  %s%s\n", value(r, n->flat, &flat),
               percent(n->flat, r->total, &flat_of),
               percent(sum, r->total, &sum_of), value(r, n->cum, &cum),
               percent(n->cum, r->total, &cum_of), printable(n->name),
               inline_mark(n));
    }
}

static void print_edges(const struct pprofLines *r, struct graphEdge **edges,
                        size_t n, bool callers, int64_t cum)
{
    struct label weight, share;
    for (size_t i = 0; i < n; i++) {
        const struct graphEdge *e = edges[i];
        if (e->dropped)
            continue;
        printf("%50s %s |   %s%s\n", value(r, e->weight, &weight),
               percent(e->weight, cum, &share),
               printable(callers ? e->src->name : e->dest->name),
               e->inlined ? " (inline)" : "");
    }
}

static void print_tree_node(const struct pprofLines *r,
                            const struct graphNode *n, int64_t sum)
{
    struct label flat, flat_of, sum_of, cum, cum_of;
    print_edges(r, n->in, n->nin, true, n->cum);
    printf("%10s %s %s %10s %s                | %s\n", value(r, n->flat, &flat),
           percent(n->flat, r->total, &flat_of),
           percent(sum, r->total, &sum_of), value(r, n->cum, &cum),
           percent(n->cum, r->total, &cum_of), printable(n->name));
    print_edges(r, n->out, n->nout, false, n->cum);
}

static bool is_shown(const struct pprofLines *r, const struct graphNode *n)
{
    return !r->o->symbol || goregex_matches(r->o->symbol, n->name);
}

/* False when peek's expression matches no function: then nothing is printed. */
static bool anything_shown(const struct pprofLines *r)
{
    bool shown = !r->o->symbol;
    for (size_t i = 0; i < r->g->n && !shown; i++)
        shown = is_shown(r, r->g->nodes[i]);
    return shown;
}

static void print_tree(const struct pprofLines *r)
{
    static const char separator[] =
        "----------------------------------------------------------"
        "+-------------";
    int64_t sum = 0;
    print_labels(r);
    puts(separator);
    puts("      flat  flat%   sum%        cum   cum%   calls calls% + context "
         "\t \t ");
    for (size_t i = 0; i < r->g->n; i++) {
        const struct graphNode *n = r->g->nodes[i];
        if (!is_shown(r, n))
            continue;
        sum = wrap_add(sum, n->flat);
        puts(separator);
        print_tree_node(r, n, sum);
    }
    if (r->g->n > 0)
        puts(separator);
}

static void print_graph_report(struct pprofLines *r, bool *ok)
{
    bool peek = r->o->kind == PPROF_PEEK;
    struct graphOptions go = {
        .value = r->o->value,
        .cum_sort = r->o->cum,
        .nodecount = r->o->nodecount,
        .nodefraction = peek ? 0 : NodeFraction,
        .edgefraction = peek ? 0 : EdgeFraction,
    };
    if (peek)
        go.nodecount = 0;
    else if (go.nodecount < 0)
        go.nodecount = r->o->kind == PPROF_TOP ? 0 : TreeNodes;
    r->g = graph_new(r->p, &go);
    r->unit = choose_unit(r);
    *ok = anything_shown(r);
    if (r->o->kind == PPROF_TOP)
        print_top(r);
    else if (*ok)
        print_tree(r);
    graph_free(r->g);
}

static void warn_unmatched(const struct pprofLines *r,
                           struct profFilterMatched matched)
{
    const struct profFilter *f = r->o->filter;
    if (f->focus && !matched.focus)
        fputs("Focus expression matched no samples\n", stderr);
    if (f->ignore && !matched.ignore)
        fputs("Ignore expression matched no samples\n", stderr);
    if (f->hide && !matched.hide)
        fputs("Hide expression matched no samples\n", stderr);
}

bool pprof_report(struct profile *p, const struct pprofReport *o)
{
    struct pprofLines r = {.p = p,
                           .o = o,
                           .type = p->types[o->value],
                           .unit = "minimum",
                           .total = compute_total(p, o->value)};
    bool ok = true;
    warn_unmatched(&r, profile_filter(p, o->filter));
    if (o->kind == PPROF_TRACES) {
        print_profile_labels(&r);
        pprof_print_traces(p, o->value);
    } else {
        print_graph_report(&r, &ok);
    }
    return ok;
}
