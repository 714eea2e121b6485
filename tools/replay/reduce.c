/*
 * reduce.c: first steps are taken out, in halves, quarters … one by one, then
 * numbers are made smaller, for as long as the workload still differs.
 */
#include "tools/lib/exits.h"
#include "tools/replay/workload.h"
#include <stdlib.h>
#include <string.h>

enum { MaxTries = 500 };

struct reducer {
    reduce_test *differs;
    void *arg;
    struct workload *best; /* differs */
    int tries;             /* left */
};

static struct workload *copy(const struct workload *w)
{
    struct workload *c = xcalloc(1, sizeof *c);
    *c = *w;
    c->steps = xcalloc(w->nsteps + 1, sizeof c->steps[0]);
    memcpy(c->steps, w->steps, w->nsteps * sizeof c->steps[0]);
    return c;
}

void reduced_free(struct workload *c)
{
    free(c->steps);
    free(c);
}

/* Keeps c, whose ownership it takes, if it differs too. */
static bool keep_if_differs(struct reducer *r, struct workload *c)
{
    bool differs = r->tries-- > 0 && r->differs(c, r->arg);
    reduced_free(differs ? r->best : c);
    if (differs)
        r->best = c;
    return differs;
}

/* Takes out steps on objects that no step makes any more. */
static void drop_orphans(struct workload *c)
{
    size_t kept = 0;
    bool *made = xcalloc(c->nobjs + 1, sizeof made[0]);
    for (size_t i = 0; i < c->nsteps; i++) {
        const struct step *s = &c->steps[i];
        if (s->op == STEP_MAP || s->op == STEP_ALLOC || s->op == STEP_APPEND)
            made[s->obj] = true;
        if (s->op == STEP_GC || made[s->obj])
            c->steps[kept++] = *s;
    }
    c->nsteps = kept;
    free(made);
}

static bool without(struct reducer *r, size_t from, size_t n)
{
    struct workload *c = copy(r->best);
    size_t rest = c->nsteps - from - n;
    memmove(c->steps + from, c->steps + from + n, rest * sizeof c->steps[0]);
    c->nsteps -= n;
    drop_orphans(c);
    return keep_if_differs(r, c);
}

static bool fewer_steps(struct reducer *r)
{
    bool any = false;
    for (size_t n = r->best->nsteps / 2; n > 0; n /= 2) {
        for (size_t from = 0; from + n <= r->best->nsteps;) {
            if (without(r, from, n))
                any = true;
            else
                from += n;
        }
    }
    return any;
}

/* One way to make a step smaller: by how much it can be, and doing it. */
struct way {
    uint64_t (*room)(const struct step *s);
    void (*less)(struct step *s, uint64_t by);
};

static uint64_t keys_of(const struct step *s)
{
    return s->to - s->from;
}

static void fewer_last(struct step *s, uint64_t by)
{
    s->to -= by;
}

static void fewer_first(struct step *s, uint64_t by)
{
    s->from += by;
}

static uint64_t count_of(const struct step *s)
{
    return s->count;
}

static void smaller_count(struct step *s, uint64_t by)
{
    s->count -= by;
}

static uint64_t hint_of(const struct step *s)
{
    return (uint64_t)s->hint;
}

static void smaller_hint(struct step *s, uint64_t by)
{
    s->hint -= (int64_t)by;
}

static const struct way ways[] = {
    {keys_of, fewer_last},
    {keys_of, fewer_first},
    {count_of, smaller_count},
    {hint_of, smaller_hint},
};

/* As much less of step i as can be: all of it, half of it … one. */
static bool smaller_step(struct reducer *r, size_t i, const struct way *way)
{
    bool any = false;
    uint64_t by = way->room(&r->best->steps[i]);
    while (by > 0) {
        struct workload *c = copy(r->best);
        way->less(&c->steps[i], by);
        if (!keep_if_differs(r, c)) {
            by /= 2;
            continue;
        }
        uint64_t room = way->room(&r->best->steps[i]);
        by = by < room ? by : room;
        any = true;
    }
    return any;
}

static bool smaller_steps(struct reducer *r)
{
    bool any = false;
    for (size_t i = 0; i < r->best->nsteps; i++) {
        for (size_t j = 0; j < ARRAY_LEN(ways); j++)
            any |= smaller_step(r, i, &ways[j]);
    }
    return any;
}

struct workload *reduce(const struct workload *w, reduce_test *differs,
                        void *arg)
{
    struct reducer r = {differs, arg, copy(w), MaxTries};
    for (bool any = true; any && r.tries > 0;) {
        any = fewer_steps(&r);
        any |= smaller_steps(&r);
    }
    return r.best;
}
