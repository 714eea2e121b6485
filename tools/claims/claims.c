/*
 * claims.c: what the measurements of the claims share.
 */
#include "tools/claims/claims.h"
#include "map/mapview.h"
#include "runtime/base/throw.h"
#include <stdarg.h>
#include <stdio.h>

const char *const verdict_names[NVERDICTS] = {
    [VERDICT_HOLDS] = "holds",
    [VERDICT_DIFFERS] = "differs",
    [VERDICT_NOTHING] = "no such thing",
};

const char *claim_why(const struct claim *c)
{
    bool swiss = modelled->map == MAPKIND_SWISS && c->swiss_why != NULL;
    return swiss ? c->swiss_why : c->why;
}

void claim_measure(const struct claim *c, struct measured *f)
{
    if (modelled->map == MAPKIND_SWISS && c->swiss != NULL)
        c->swiss(f);
    else
        c->measure(f);
}

void found(struct measured *f, bool holds, enum claimVerdict otherwise,
           const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->ours, sizeof f->ours, fmt, ap);
    va_end(ap);
    f->verdict = holds ? VERDICT_HOLDS : otherwise;
}

const struct maptype *claim_type(const char *text)
{
    const struct maptype *t = maptype_parse(text, NULL);
    ASSERT(t != NULL);
    return t;
}

struct measurement *claim_fill(const char *type, int64_t hint, size_t n,
                               enum frameView view)
{
    const struct maptype *t = claim_type(type);
    struct values *keys = values_make(t->key, 0, n);
    struct report r = {.view = view};
    struct measurement *m = measure_fill(&r, t, hint, keys);
    values_free(keys);
    return m;
}

struct measurement *claim_make(const char *type, int64_t hint,
                               enum frameView view)
{
    return claim_fill(type, hint, 0, view);
}

void claim_watch(struct watched *w)
{
    const struct maptype *t = claim_type("map[int]int");
    struct values *keys = values_make(t->key, 0, Watched);
    struct gomap *m = make_map(t, 0);
    *w = (struct watched){.slots = {0}};
    for (size_t i = 0; i < Watched; i++) {
        measure_begin();
        fill(t, m, keys, i, i + 1);
        struct measurement *one = measure_end(FRAMES_GO);
        w->objects[i + 1] = one->mallocs;
        w->bytes[i + 1] = one->bytes;
        w->slots[i + 1] = mapview_shape(t, m).slots;
        measure_free(one);
    }
    values_free(keys);
}

int claim_insert_of(const struct watched *w, size_t slots)
{
    int i = 1;
    while (i < Watched && w->slots[i] < slots)
        i++;
    return i;
}

const struct chainRow *claim_row(const struct measurement *m, const char *text)
{
    for (size_t i = 0; i < m->chains->n; i++) {
        if (strstr(m->chains->rows[i].text, text) != NULL)
            return &m->chains->rows[i];
    }
    return NULL;
}

uint64_t claim_objects(const struct measurement *m, const char *text)
{
    uint64_t n = 0;
    for (size_t i = 0; i < m->chains->n; i++) {
        if (strstr(m->chains->rows[i].text, text) != NULL)
            n += m->chains->rows[i].alloc_objects;
    }
    return n;
}
