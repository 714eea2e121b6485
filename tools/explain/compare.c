/*
 * compare.c: two profiles of one program, or one and a baseline, function by
 * function.
 *
 * How far a map grows does not change from run to run, how many overflow
 * buckets it needs does, by chance: a gate on bytes or percent passes over
 * differences below Noise. Of a sampled profile it passes over all that another
 * run of the same program may well show: what rests on few samples, and three
 * standard deviations of what rests on many.
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

enum {
    Noise = 4096,     /* bytes */
    ManySamples = 10, /* that some run should have none of: once in 22,000 */
};

struct comparing {
    struct table *t;
    const struct gate *gate; /* NULL: none */
    const struct growths *now;
    int rows;
    bool red;
};

static const struct funcGrowth nothing = {.func = NULL};

/* Arrays beyond a stage were seen so often that they are not there by chance of
 * sampling. */
static bool beyond(const struct comparing *c, const struct funcGrowth *g,
                   int stage)
{
    return g->there && g->top > stage &&
           (!c->now->sampled || g->late[stage + 1] >= ManySamples);
}

/* What became of a function's maps, in a word or a few; NULL: nothing. The
 * caller frees it. */
static char *change_of(const struct funcGrowth *was,
                       const struct funcGrowth *is)
{
    if (was->there && !is->there)
        return is->maybe ? NULL : xprintf("gone");
    if (!was->there && is->there)
        return xprintf(was->made > 0 && is->made < was->made
                           ? "hint lost: grows to stage %d"
                       : was->maybe ? "unsure before: grows to stage %d"
                                    : "new: grows to stage %d",
                       is->top);
    if (is->top != was->top)
        return xprintf("grew from stage %d to %d", was->top, is->top);
    if (fabs(is->bytes - was->bytes) > Noise)
        return xprintf(is->bytes > was->bytes ? "more" : "less");
    return NULL;
}

/* Bytes that the growth has by chance: of n samples, three times their root. */
static double by_chance(const struct comparing *c, const struct funcGrowth *g)
{
    return c->now->sampled ? 3 * g->bytes / sqrt(fmax(g->late[1], 1)) : 0;
}

static bool too_much(const struct comparing *c, const struct funcGrowth *was,
                     const struct funcGrowth *is)
{
    const struct gate *g = c->gate;
    if (g->growths)
        return beyond(c, is, was->there || was->maybe ? was->top : 0) &&
               (was->there || !was->maybe);
    double more = is->bytes - was->bytes;
    if (more <= Noise || more <= by_chance(c, is) || was->maybe != was->there)
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

static void compare(struct comparing *c, const struct funcGrowth *was,
                    const struct funcGrowth *is)
{
    char *change = change_of(was, is);
    bool red = c->gate && too_much(c, was, is);
    c->red |= red;
    if (!change && !red)
        return;
    const struct funcGrowth *at = is->func ? is : was;
    c->rows++;
    table_text(c->t, "%s", change ? change : "more");
    table_text(c->t, "%s:%" PRId64, at->file, at->line);
    table_num(c->t, llround(is->bytes));
    table_num(c->t, llround(was->bytes));
    table_num(c->t, llround(is->objects));
    table_num(c->t, llround(was->objects));
    table_text(c->t, "%s", red ? "exceeded" : "");
    free(change);
}

bool growths_compare(const struct growths *old, const struct growths *now,
                     const struct gate *gate)
{
    struct comparing c = {.gate = gate, .now = now};
    c.t = table_new(columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < now->n; i++) {
        const struct funcGrowth *was = growth_of(old, now->list[i].func);
        compare(&c, was ? was : &nothing, &now->list[i]);
    }
    for (size_t i = 0; i < old->n; i++)
        if (!growth_of(now, old->list[i].func))
            compare(&c, &old->list[i], &nothing);
    if (c.rows > 0)
        table_print(c.t);
    else
        puts("no map grows otherwise than before");
    table_free(c.t);
    return c.red;
}
