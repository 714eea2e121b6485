/*
 * reduce.c: first steps are taken out, in halves, quarters … one by one, then
 * numbers are halved, for as long as the workload still differs.
 */
#include "tools/reduce.h"
#include "tools/exits.h"
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

/* How a step may be made smaller. */
static void lower_half(struct step *s)
{
    s->to -= (s->to - s->from + 1) / 2;
}

static void upper_half(struct step *s)
{
    s->from += (s->to - s->from + 1) / 2;
}

static void half_count(struct step *s)
{
    s->count /= 2;
}

static void half_hint(struct step *s)
{
    s->hint /= 2;
}

static bool smaller_steps(struct reducer *r, void (*smaller)(struct step *))
{
    bool any = false;
    for (size_t i = 0; i < r->best->nsteps;) {
        struct workload *c = copy(r->best);
        struct step *s = &c->steps[i], *old = &r->best->steps[i];
        smaller(s);
        if (memcmp(s, old, sizeof *s) == 0) {
            reduced_free(c);
            i++;
        } else if (keep_if_differs(r, c)) {
            any = true;
        } else {
            i++;
        }
    }
    return any;
}

struct workload *reduce(const struct workload *w, reduce_test *differs,
                        void *arg)
{
    struct reducer r = {differs, arg, copy(w), MaxTries};
    for (bool any = true; any && r.tries > 0;) {
        any = fewer_steps(&r);
        any |= smaller_steps(&r, lower_half);
        any |= smaller_steps(&r, upper_half);
        any |= smaller_steps(&r, half_count);
        any |= smaller_steps(&r, half_hint);
    }
    return r.best;
}
