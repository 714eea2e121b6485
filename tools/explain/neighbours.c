/*
 * neighbours.c: one map, several calls. A map's first arrays may be made on one
 * line and larger ones on the next, or by another function that it is given
 * to: then neither line has a series without a gap, and both together have.
 *
 *     calls of a function --those that are all of one unit--> joined --signs-->
 *      `-- of its package     sure: each call that the series cannot do without
 *                             is sure, too
 *
 * Locking: none.
 */
#include "tools/explain/bestunit.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"

#include <stdlib.h>
#include <string.h>

/* --- a line's calls --- */

static int by_address(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Frames are hidden: of its mechanism nothing is known, or that it is a map's
 * write. */
static bool may_be_map(const struct siteSize *z, uint64_t call)
{
    return (z->call == call || call == AnyCall) && z->part == PIECE_NOT_MAP &&
           (z->mech == MECH_HIDDEN || z->mech == MECH_MAP);
}

bool site_call_assigns(const struct site *l, uint64_t call)
{
    size_t assigned = 0;
    for (size_t i = 0; i < l->nsizes; i++) {
        const struct siteSize *z = &l->sizes[i];
        if (may_be_map(z, call) && z->mech != MECH_MAP)
            return false;
        assigned += may_be_map(z, call);
    }
    return assigned > 0;
}

size_t site_calls(const struct site *l, uint64_t **calls)
{
    size_t n = 0, kept = 0;
    *calls = xcalloc(l->nsizes, sizeof **calls);
    for (size_t i = 0; i < l->nsizes; i++)
        if (may_be_map(&l->sizes[i], AnyCall))
            (*calls)[n++] = l->sizes[i].call;
    if (n > 0)
        qsort(*calls, n, sizeof **calls, by_address);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || (*calls)[kept - 1] != (*calls)[i])
            (*calls)[kept++] = (*calls)[i];
    return kept;
}

size_t site_call_sizes(const struct site *l, uint64_t call,
                       struct sizeCount **list)
{
    size_t n = 0;
    *list = xcalloc(l->nsizes, sizeof **list);
    for (size_t i = 0; i < l->nsizes; i++) {
        const struct siteSize *z = &l->sizes[i];
        if (may_be_map(z, call))
            (*list)[n++] =
                (struct sizeCount){z->size, z->objects, z->inuse, z->samples};
    }
    return sizes_add_up(*list, n);
}

/* --- a function's --- */

/* What one call of a function made. */
struct callSizes {
    struct sizeCount *list; /* n of them */
    size_t n;
    struct unitSet units; /* that have any of its sizes */
    bool one_call;        /* else a line whose calls have no address */
};

/* The calls of a function, or of a package. */
struct pooled {
    struct callSizes *calls; /* ncalls of them */
    size_t ncalls, room;
    struct sizeCount *list; /* of those that belong together, n of them */
    size_t n;
    struct candidate best;
};

/* A line, and where those of its function and of its package begin. */
struct sortedLine {
    const struct site *l;
    size_t package_len; /* of the function's name */
    size_t func, package;
};

struct neighbours {
    const struct sites *all;
    struct sortedLine *sorted; /* by package and function; NULL: nobody has
                                  asked yet */
    size_t *place;             /* in sorted, of each line of all */
    struct pooled **of_func, **of_package; /* those that were asked for, each at
                                              its first line in sorted */
};

struct neighbours *neighbours_new(const struct sites *all)
{
    struct neighbours *n = xcalloc(1, sizeof *n);
    n->all = all;
    return n;
}

static void pooled_free(struct pooled *p)
{
    for (size_t i = 0; p && i < p->ncalls; i++)
        free(p->calls[i].list);
    if (p) {
        free(p->calls);
        free(p->list);
    }
    free(p);
}

void neighbours_free(struct neighbours *n)
{
    for (size_t i = 0; n->sorted && i < n->all->n; i++) {
        pooled_free(n->of_func[i]);
        pooled_free(n->of_package[i]);
    }
    free(n->sorted);
    free(n->place);
    free(n->of_func);
    free(n->of_package);
    free(n);
}

/* Bytes of the package in a function's name: "net/http.(*conn).serve". */
static size_t package_len(const char *func)
{
    size_t path = strcspn(func, "[(");
    const char *slash = memrchr(func, '/', path);
    const char *name = slash ? slash : func;
    return (size_t)(name - func) + strcspn(name, ".");
}

static int by_package(const struct sortedLine *x, const struct sortedLine *y)
{
    size_t nx = x->package_len, ny = y->package_len;
    int order = memcmp(x->l->func, y->l->func, nx < ny ? nx : ny);
    return order != 0 ? order : (nx > ny) - (nx < ny);
}

static int by_func(const void *a, const void *b)
{
    const struct sortedLine *x = a, *y = b;
    bool one = x->l->func == y->l->func;
    int order = one ? 0 : by_package(x, y);
    if (order == 0 && !one)
        order = strcmp(x->l->func, y->l->func);
    return order != 0 ? order : (x->l > y->l) - (x->l < y->l);
}

static void sort_lines(struct neighbours *n)
{
    const struct sites *all = n->all;
    n->sorted = xcalloc(all->n, sizeof *n->sorted);
    n->place = xcalloc(all->n, sizeof *n->place);
    n->of_func = xcalloc(all->n, sizeof(struct pooled *));
    n->of_package = xcalloc(all->n, sizeof(struct pooled *));
    for (size_t i = 0; i < all->n; i++)
        n->sorted[i] = (struct sortedLine){
            &all->list[i], package_len(all->list[i].func), 0, 0};
    qsort(n->sorted, all->n, sizeof *n->sorted, by_func);
    for (size_t i = 0; i < all->n; i++) {
        struct sortedLine *l = &n->sorted[i], *before = i > 0 ? l - 1 : NULL;
        bool package = before && by_package(before, l) == 0;
        bool func = before && strcmp(before->l->func, l->l->func) == 0;
        l->package = package ? before->package : i;
        l->func = func ? before->func : i;
        n->place[l->l - all->list] = i;
    }
}

static void add_line(struct pooled *p, const struct goversion *v,
                     const struct site *l)
{
    uint64_t *calls;
    size_t n = site_calls(l, &calls);
    p->calls =
        array_reserve(p->calls, &p->room, p->ncalls + n, sizeof *p->calls);
    for (size_t i = 0; i < n; i++) {
        struct callSizes *c = &p->calls[p->ncalls++];
        c->n = site_call_sizes(l, calls[i], &c->list);
        c->one_call = calls[i] > 0;
        c->units = units_of(v, c->list, c->n, 1);
    }
    free(calls);
}

/* Is every size that the call made one of the unit's? Of one size it is known;
 * calls whose addresses are not known are taken as they are. */
static bool belongs(const struct callSizes *of, const struct evidence *like,
                    int unit, bool noscan)
{
    if (!of->one_call)
        return true;
    if (!units_has(&of->units, unit, noscan))
        return false;
    if (of->n == 1)
        return true;
    struct evidence one = *like;
    one.list = of->list;
    one.n = of->n;
    if (!onecall_may_be_told(&one, unit, noscan))
        return false;
    struct candidate c = {.s = unit_series(&one, unit, noscan)};
    return onecall_told(&one, &c);
}

/* Have two calls any size of the unit's, or none that is known? */
static bool may_join(const struct pooled *p, int unit, bool noscan)
{
    size_t n = 0;
    for (size_t i = 0; i < p->ncalls && n < 2; i++)
        n += !p->calls[i].one_call ||
             units_has(&p->calls[i].units, unit, noscan);
    return n == 2;
}

/* Joins the calls of which every size is one of the unit's. Returns how
 * many. */
static size_t join(struct pooled *p, struct evidence *e, int unit, bool noscan)
{
    size_t joined = 0, cap = 0;
    e->list = NULL;
    e->n = 0;
    struct sizeCount *list = NULL;
    for (size_t i = 0; i < p->ncalls; i++) {
        const struct callSizes *of = &p->calls[i];
        if (!belongs(of, e, unit, noscan))
            continue;
        list = array_reserve(list, &cap, e->n + of->n, sizeof *list);
        memcpy(list + e->n, of->list, of->n * sizeof *list);
        e->n += of->n;
        joined++;
    }
    e->n = sizes_add_up(list, e->n);
    e->list = list;
    return joined;
}

/* The unit that the calls have together, and the calls that have it. */
static void pool_calls(struct pooled *p, const struct evidence *like)
{
    struct unitSet units = {{0}};
    for (size_t i = 0; i < p->ncalls; i++)
        for (int w = 0; w < UnitWords; w++)
            units.bits[w] |= p->calls[i].units.bits[w];
    int at = 0, unit;
    bool noscan;
    while (units_next(&units, &at, &unit, &noscan)) {
        if (!may_join(p, unit, noscan))
            continue;
        struct evidence e = *like;
        struct candidate best = {.verdict = VERDICT_NONE};
        if (join(p, &e, unit, noscan) >= 2)
            try_unit(&e, unit, noscan, &best);
        if (best.verdict == VERDICT_MAP &&
            candidate_better(&best, &p->best, e.v)) {
            free(p->list);
            p->list = (struct sizeCount *)e.list;
            p->n = e.n;
            p->best = best;
        } else {
            free((struct sizeCount *)e.list);
        }
    }
}

/* The pool of the line's function, or of its package. */
static const struct pooled *pool_of(struct neighbours *n,
                                    const struct evidence *e, bool package)
{
    if (!n->sorted)
        sort_lines(n);
    const struct sortedLine *l = &n->sorted[n->place[e->l - n->all->list]];
    size_t at = package ? l->package : l->func;
    struct pooled **known = package ? &n->of_package[at] : &n->of_func[at];
    if (*known)
        return *known;
    struct pooled *p = *known = xcalloc(1, sizeof *p);
    for (size_t i = at; i < n->all->n; i++) {
        l = &n->sorted[i];
        if ((package ? l->package : l->func) != at)
            break;
        add_line(p, e->v, l->l);
    }
    pool_calls(p, e);
    return p;
}

/* Of a function's map the call has arrays that no other has: without them the
 * map would lack a stage, or end before it. */
static bool is_needed(const struct evidence *e, const struct pooled *p,
                      const struct series *own)
{
    const struct series *s = &p->best.s;
    for (int i = s->low; i <= s->top; i++) {
        int64_t size = s->bytes[i];
        const struct sizeCount *all = sizes_find(p->list, p->n, size);
        double here = evidence_of(e, size).n;
        if (size > 0 && here > 0 && all && all->n <= here &&
            (i < s->top || own->low < own->top))
            return true;
    }
    return false;
}

/* Of a call whose address is known: it has what goes with the arrays, too. */
static bool is_complete(const struct evidence *e, const struct series *own)
{
    enum { Few = 3 };
    if (e->v->map == MAPKIND_SWISS)
        return onecall_tables_match(e, own) &&
               evidence_of(e, TableBytes).n >= Few;
    return evidence_of(e, own->bytes[0]).n > 0;
}

/* What the pool says of e; c is changed only then. */
static void ask(const struct pooled *p, const struct evidence *e,
                struct candidate *c)
{
    enum { FewStages = 2 };
    if (p->best.verdict != VERDICT_MAP)
        return;
    struct candidate own = {
        .s = unit_series(e, p->best.s.unit, p->best.s.noscan)};
    bool splits = own.s.splits > 0 && p->best.s.splits > 0;
    if (!splits &&
        (own.s.top - own.s.low < FewStages || !is_needed(e, p, &own.s)))
        return;
    bool sure = e->one_call && onecall_told(e, &own) && is_complete(e, &own.s);
    if (!sure && (splits || c->verdict != VERDICT_NONE))
        return;
    c->s = own.s;
    c->verdict = sure ? VERDICT_MAP : VERDICT_UNSURE;
    c->why = sure ? NULL
                  : "only together with the function's other lines are the "
                    "sizes a map's";
}

void neighbours_ask(struct neighbours *n, const struct evidence *e,
                    struct candidate *c)
{
    ask(pool_of(n, e, false), e, c);
    if (e->one_call && c->verdict != VERDICT_MAP)
        ask(pool_of(n, e, true), e, c);
}
