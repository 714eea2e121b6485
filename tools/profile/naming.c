/*
 * naming.c: addresses into frames, by the executable's table or by the answers
 * of the running program.
 *
 * Go writes one address for each call of a stack, also for a call that was
 * inlined; the table gives all calls of one instruction at once. An address
 * that the calls of the one before it already tell is passed over.
 *
 * Locking: none.
 */
#include "tools/profile/naming.h"

#include "runtime/prof/goframe.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/profile/proftext.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void profile_drop_unnamed(struct profile *p)
{
    for (size_t i = 0; i < p->nsamples; i++) {
        struct profSample *s = p->samples[i];
        uint32_t kept = 0;
        for (uint32_t j = 0; j < s->nlocs; j++)
            if (s->locs[j]->nlines > 0)
                s->locs[kept++] = s->locs[j];
        if (kept > 0)
            s->nlocs = kept;
    }
}

/* --- the table --- */

struct naming {
    struct profile *p;
    struct profBuilder *b; /* of functions */
    const struct gopclntab *t;
    uint64_t slide; /* where the program was loaded, less where its file says */
    struct profMapping *mapping;
    bool *done;     /* by index of the location */
    size_t known;   /* locations whose name the text gave, too … */
    size_t unequal; /* … and gave another */
};

/* The distance that most anchors agree on; whole pages, as programs are loaded.
 */
static uint64_t find_slide(const struct gopclntab *t,
                           const struct profAnchors *anchors)
{
    enum { LoadedAt = 4096 };
    uint64_t best = 0;
    int votes = 0; /* as Boyer and Moore find a majority */
    for (size_t i = 0; i < anchors->n; i++) {
        const struct profAnchor *a = &anchors->list[i];
        uint64_t entry = gopclntab_entry(t, a->func, strlen(a->func));
        uint64_t slide = a->entry - entry;
        if (entry == 0 || slide % LoadedAt != 0)
            continue;
        if (votes == 0)
            best = slide;
        votes += slide == best ? 1 : -1;
    }
    return best;
}

/* Go's own name of the location, where the text gave one: they must agree. */
static void compare(struct naming *n, const struct profLoc *l,
                    const struct goCall *calls, size_t ncalls)
{
    if (l->nlines == 0)
        return;
    n->known++;
    const char *name = l->lines[0].func->name;
    n->unequal += ncalls == 0 || strcmp(calls[0].func, name) != 0;
}

static void name_loc(struct naming *n, struct profLoc *l)
{
    struct goCall calls[PclnMaxInlined];
    size_t ncalls =
        gopclntab_calls(n->t, l->addr - n->slide, calls, PclnMaxInlined);
    n->done[l->index] = true;
    compare(n, l, calls, ncalls);
    if (ncalls == 0)
        return;
    l->lines = pool_alloc(n->p->pool, ncalls * sizeof *l->lines);
    l->nlines = (uint32_t)ncalls;
    l->mapping = n->mapping;
    for (size_t i = 0; i < ncalls; i++) {
        struct profFunc like = {.name = calls[i].func,
                                .sysname = calls[i].func,
                                .file = calls[i].file};
        l->lines[i].func = builder_func(n->b, &like);
        l->lines[i].line = calls[i].line;
    }
}

/* How many of the addresses behind number i its calls tell, too. */
static uint32_t told_by(const struct naming *n, const struct profSample *s,
                        uint32_t i)
{
    struct goCall calls[PclnMaxInlined];
    size_t ncalls = gopclntab_calls(n->t, s->locs[i]->addr - n->slide, calls,
                                    PclnMaxInlined);
    uint32_t told = 0;
    for (size_t call = 1; call < ncalls && i + told + 1 < s->nlocs; call++)
        if (calls[call].pc == s->locs[i + told + 1]->addr - n->slide)
            told++;
    return told;
}

static void name_sample(struct naming *n, struct profSample *s)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->nlocs; i++) {
        struct profLoc *l = s->locs[i];
        if (!n->done[l->index])
            name_loc(n, l);
        if (l->nlines > 1)
            i += told_by(n, s, i);
        s->locs[kept++] = l;
    }
    s->nlocs = kept;
}

static struct profMapping *program_mapping(struct profile *p,
                                           const char *program)
{
    struct profMapping *m =
        p->nmappings ? p->mappings[0] : profile_add_mapping(p);
    m->id = m->id ? m->id : p->nmappings;
    if (!*m->file)
        m->file = pool_intern(p->pool, program);
    m->has_functions = m->has_filenames = m->has_lines = m->has_inlines = true;
    return m;
}

size_t profile_count_unnamed(const struct profile *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->nlocs; i++)
        n += p->locs[i]->nlines == 0;
    return n;
}

bool profile_name_by_table(struct profile *p, const struct gopclntab *t,
                           const struct profAnchors *anchors,
                           const char *program, char *err)
{
    struct naming n = {.p = p, .t = t, .slide = find_slide(t, anchors)};
    n.b = builder_new(p);
    n.mapping = program_mapping(p, program);
    n.done = xcalloc(p->nlocs, sizeof *n.done);
    size_t unnamed = profile_count_unnamed(p);
    for (size_t i = 0; i < p->nsamples; i++)
        name_sample(&n, p->samples[i]);
    free(n.done);
    builder_free(n.b);
    bool foreign = n.unequal * 2 > n.known ||
                   (unnamed > 0 && profile_count_unnamed(p) == unnamed);
    if (foreign)
        snprintf(err, ProfErrorSize,
                 "of another program: %zu of %zu names that it has stand at "
                 "other addresses in %.60s",
                 n.unequal, n.known, program);
    return !foreign;
}

/* --- calls --- */

/* Does the program's table name the address as the profile does? */
static bool same_line(const struct gopclntab *t, const struct profLoc *l)
{
    struct goCall call;
    return gopclntab_calls(t, l->addr, &call, 1) == 1 &&
           strcmp(call.func, l->lines[0].func->name) == 0 &&
           call.line == l->lines[0].line;
}

/* The location whose frames below were hidden; NULL: it has no name. */
static struct profLoc *innermost(const struct profSample *s)
{
    struct profLoc *l = s->nlocs > 0 ? s->locs[0] : NULL;
    return l && l->nlines > 0 ? l : NULL;
}

/* The innermost lines of the stacks, each once: own has those that the program
 * has where the profile has them. Returns how many these are, of *all. */
static size_t lines_of_program(const struct profile *p,
                               const struct gopclntab *t, struct profLoc **own,
                               size_t *all)
{
    bool *seen = xcalloc(p->nlocs, sizeof *seen);
    size_t n = 0;
    for (size_t i = 0; i < p->nsamples; i++) {
        struct profLoc *l = innermost(p->samples[i]);
        if (!l || seen[l->index])
            continue;
        seen[l->index] = true;
        (*all)++;
        if (same_line(t, l))
            own[n++] = l;
    }
    free(seen);
    return n;
}

size_t profile_tell_callees(struct profile *p, const struct gopclntab *t)
{
    struct profLoc **own = xcalloc(p->nlocs, sizeof(struct profLoc *));
    size_t told = 0, all = 0, n = lines_of_program(p, t, own, &all);
    bool program = n > all - n; /* of another build most stand elsewhere */
    for (size_t i = 0; i < n && program; i++) {
        const char *callee = gopclntab_callee(t, own[i]->addr);
        own[i]->callee = callee ? pool_intern(p->pool, callee) : NULL;
        told += callee != NULL;
    }
    free(own);
    return told;
}

/* --- answers of /debug/pprof/symbol --- */

char *profile_unnamed(const struct profile *p, size_t *next)
{
    enum { Batch = 500, AddressSize = 20 };
    char *text = xcalloc(Batch, AddressSize);
    size_t n = 0, at = 0;
    for (; *next < p->nlocs && n < Batch; (*next)++) {
        const struct profLoc *l = p->locs[*next];
        if (l->nlines > 0 || l->addr == 0)
            continue;
        at += (size_t)snprintf(text + at, Batch * AddressSize - at,
                               "%s0x%" PRIx64, n++ ? "+" : "", l->addr);
    }
    if (n > 0)
        return text;
    free(text);
    return NULL;
}

static void name_address(struct byteMap *unnamed, struct profile *p,
                         struct profBuilder *b, const char *line, size_t *named)
{
    char *end;
    uint64_t addr = strtoull(line, &end, 16);
    if (strncmp(line, "0x", 2) != 0 || *end != ' ' || end[1] == '\0')
        return;
    struct profLoc *l = bytemap_get(unnamed, &addr, sizeof addr);
    if (!l || l->nlines > 0)
        return;
    struct profFunc like = {.name = end + 1, .sysname = end + 1, .file = ""};
    l->lines = pool_alloc(p->pool, sizeof *l->lines);
    l->nlines = 1;
    l->lines[0].func = builder_func(b, &like);
    (*named)++;
}

size_t profile_name_by_symbols(struct profile *p, const char *text, size_t len)
{
    struct byteMap *unnamed = bytemap_new();
    for (size_t i = 0; i < p->nlocs; i++)
        if (p->locs[i]->nlines == 0)
            bytemap_put(unnamed, &p->locs[i]->addr, sizeof(uint64_t),
                        p->locs[i]);
    struct profBuilder *b = builder_new(p);
    struct lines lines = {text, text + len, 0};
    char *buf = NULL;
    size_t cap = 0, named = 0;
    for (char *line; (line = lines_next(&lines, &buf, &cap));)
        name_address(unnamed, p, b, line, &named);
    free(buf);
    builder_free(b);
    bytemap_free(unnamed);
    return named;
}

/* --- what a profile shows --- */

/* Below a frame of another package stands one that allocates for it, and
 * that Go would have hidden. Others of the runtime's may stand there though
 * Go hid what it could: time's timers are the runtime's under another name. */
static bool shows_runtime(const struct profSample *s)
{
    bool seen = false;
    for (uint32_t i = 0; i < s->nlocs; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines; j++) {
            const char *name = s->locs[i]->lines[j].func->name;
            if (!goframe_is_runtime(name))
                return seen;
            seen |= goframe_role(name) > GO_RUNTIME;
        }
    return false;
}

enum profShown profile_shown(const struct profile *p)
{
    bool named = p->nsamples == 0;
    for (size_t i = 0; i < p->nsamples; i++) {
        const struct profSample *s = p->samples[i];
        if (shows_runtime(s))
            return SHOWN_COMPLETE;
        for (uint32_t j = 0; j < s->nlocs && !named; j++)
            named = s->locs[j]->nlines > 0;
    }
    return named ? SHOWN_HIDDEN : SHOWN_NAMELESS;
}
