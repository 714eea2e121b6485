/*
 * compare.c: two profiles of one program, function by function.
 *
 * Lines move with every edit, functions keep their names: so a function's maps
 * are compared as one. How far a map grows does not change from run to run, how
 * many overflow buckets it needs does, by chance: a gate on bytes or percent
 * passes over differences below Noise.
 */
#include "tools/explain/daily.h"

#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/pprof/pprofreport.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Noise = 4096 /* bytes */ };

/* The maps of one function. */
struct siteGrowth {
    const struct site *line; /* with most bytes */
    double bytes, objects, made;
    int top;
    bool there;
};

static void add(struct siteGrowth *g, const struct finding *f)
{
    bool known = finding_verdict(f) >= VERDICT_MAP;
    if (!g->line || f->line->bytes > g->line->bytes)
        g->line = f->line;
    for (size_t i = 0; i < f->line->nsizes; i++)
        if (f->line->sizes[i].part == PART_MADE ||
            f->line->sizes[i].part == PART_MADE_DIR)
            g->made += f->line->sizes[i].objects;
    for (int i = 0; i < f->nmaps && known; i++) {
        g->bytes += f->maps[i].bytes;
        g->objects += f->maps[i].objects;
        g->top = f->maps[i].top > g->top ? f->maps[i].top : g->top;
        g->there |= f->maps[i].top > 0;
    }
}

static struct siteGrowth growth_of(const struct explained *e, const char *func)
{
    struct siteGrowth g = {0};
    for (size_t i = 0; i < e->n; i++)
        if (strcmp(e->list[i].line->func, func) == 0)
            add(&g, &e->list[i]);
    return g;
}

static bool is_first(const struct explained *e, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(e->list[j].line->func, e->list[i].line->func) == 0)
            return false;
    return true;
}

/* What became of a function's maps, in a word or a few; NULL: nothing. The
 * caller frees it. */
static char *change_of(const struct siteGrowth *was,
                       const struct siteGrowth *is)
{
    if (was->there && !is->there)
        return xprintf("gone");
    if (!was->there && is->there)
        return xprintf(was->made > 0 && is->made < was->made
                           ? "hint lost: grows to stage %d"
                           : "new: grows to stage %d",
                       is->top);
    if (is->top != was->top)
        return xprintf("grew from stage %d to %d", was->top, is->top);
    if (fabs(is->bytes - was->bytes) > Noise)
        return xprintf(is->bytes > was->bytes ? "more" : "less");
    return NULL;
}

static bool too_much(const struct gate *g, const struct siteGrowth *was,
                     const struct siteGrowth *is)
{
    double more = is->bytes - was->bytes;
    if (g->growths)
        return is->there && (!was->there || is->top > was->top);
    if (more <= Noise)
        return false;
    if (g->percent > 0)
        return more * 100 > was->bytes * g->percent;
    return more > g->bytes;
}

bool gate_parse(const char *text, struct gate *g)
{
    static const struct {
        const char *unit;
        double times;
    } units[] = {{"B", 1}, {"kB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}};
    *g = (struct gate){0};
    if (strcmp(text, "growths") == 0) {
        g->growths = true;
        return true;
    }
    char *end;
    double n = strtod(text, &end);
    if (end == text || !(n >= 0) || n > 1e18)
        return false;
    if (strcmp(end, "%") == 0) {
        g->percent = n;
        return n > 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (strcmp(end, units[i].unit) == 0) {
            g->bytes = n * units[i].times;
            return true;
        }
    return false;
}

static const struct column columns[] = {
    {"change", 0},      {"line", COL_WRAP},     {"bytes", COL_RIGHT},
    {"was", COL_RIGHT}, {"objects", COL_RIGHT}, {"was", COL_RIGHT},
    {"gate", 0},
};

struct comparing {
    struct table *t;
    const struct gate *gate;
    int rows;
    bool red;
};

static void compare(struct comparing *c, const struct siteGrowth *was,
                    const struct siteGrowth *is)
{
    char *change = change_of(was, is);
    bool red = c->gate && too_much(c->gate, was, is);
    c->red |= red;
    if (!change)
        return;
    const struct site *l = is->line ? is->line : was->line;
    c->rows++;
    table_text(c->t, "%s", change);
    table_text(c->t, "%s:%" PRId64, l->file, l->line);
    table_num(c->t, llround(is->bytes));
    table_num(c->t, llround(was->bytes));
    table_num(c->t, llround(is->objects));
    table_num(c->t, llround(was->objects));
    table_text(c->t, "%s", red ? "exceeded" : "");
    free(change);
}

bool explain_compare(const struct explained *old, const struct explained *now,
                     const struct gate *gate)
{
    struct comparing c = {.gate = gate};
    c.t = table_new(columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < now->n; i++) {
        const char *func = now->list[i].line->func;
        struct siteGrowth was = growth_of(old, func), is = growth_of(now, func);
        if (is_first(now, i))
            compare(&c, &was, &is);
    }
    for (size_t i = 0; i < old->n; i++) {
        struct siteGrowth was = growth_of(old, old->list[i].line->func);
        struct siteGrowth is = growth_of(now, old->list[i].line->func);
        if (is_first(old, i) && !is.line)
            compare(&c, &was, &is);
    }
    if (c.rows > 0)
        table_print(c.t);
    else
        puts("no map grows otherwise than before");
    table_free(c.t);
    return c.red;
}
