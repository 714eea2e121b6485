/*
 * release.c: evidence of a release, the strongest first.
 *
 * Locking: none.
 */
#include "tools/explain/release.h"
#include "runtime/prof/goframe.h"

#include "tools/lib/exits.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The row of the release, or of the last one before it that there is. */
static const struct goversion *row_of(int minor)
{
    char name[16];
    for (; minor > 0; minor--) {
        snprintf(name, sizeof name, "1.%d", minor);
        const struct goversion *v = goversion_named(name);
        if (v)
            return v;
    }
    return NULL;
}

/* "go1.27.3" or "go-1.19/src": the number behind "go1." or "go-1."; 0: none. */
static int minor_in(const char *text)
{
    for (const char *at = text; (at = strstr(at, "go")); at += 2) {
        const char *number = at + 2 + (at[2] == '-');
        if (strncmp(number, "1.", 2) == 0 && isdigit((unsigned char)number[2]))
            return atoi(number + 2);
    }
    return 0;
}

/* What all functions of p tell of its maps, and those at the leaf of its
 * allocator: enum goTells, or-ed. Where a collection begins, mallocgc stands
 * farther out in every release. */
static unsigned all_tell(const struct profile *p)
{
    const unsigned maps = GO_TELLS_SWISS | GO_TELLS_BUCKETS;
    unsigned tells = 0;
    for (size_t i = 0; i < p->nfuncs; i++)
        tells |= goframe_tells(p->funcs[i]->name) & maps;
    for (size_t i = 0; i < p->nsamples; i++) {
        const struct profSample *s = p->samples[i];
        if (s->nlocs > 0 && s->locs[0]->nlines > 0)
            tells |= goframe_tells(s->locs[0]->lines[0].func->name);
    }
    return tells;
}

/* The release in the path of one of the runtime's own files. */
static int minor_of_paths(const struct profile *p)
{
    for (size_t i = 0; i < p->nfuncs; i++) {
        const struct profFunc *f = p->funcs[i];
        int minor =
            strncmp(f->name, "runtime.", 8) == 0 ? minor_in(f->file) : 0;
        if (minor > 0)
            return minor;
    }
    return 0;
}

/* Where runtime.main called main.main, in a stack; 0: not there. */
static int64_t main_line_in(const struct profSample *s)
{
    const struct profLine *inner = NULL;
    for (uint32_t i = 0; i < s->nlocs; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines; j++) {
            const struct profLine *l = &s->locs[i]->lines[j];
            if (inner && strcmp(l->func->name, goframe_main) == 0)
                return l->line;
            inner = strcmp(l->func->name, "main.main") == 0 ? l : NULL;
        }
    return 0;
}

static int64_t main_line(const struct profile *p)
{
    int64_t line = 0;
    for (size_t i = 0; i < p->nsamples && line == 0; i++)
        line = main_line_in(p->samples[i]);
    return line;
}

/* The last release with maps of that kind. */
static const struct goversion *last_of(enum mapKind kind)
{
    const struct goversion *found = goversions;
    for (const struct goversion *v = goversions; v->name; v++)
        if (v->map == kind)
            found = v;
    return found;
}

static const struct goversion *of_kind(const struct goversion *v,
                                       enum mapKind kind)
{
    return v->map == kind ? v : last_of(kind);
}

/* The row of a release, or of the last one with the maps that an experiment
 * gave the program instead: "go1.24.4 X:noswissmap". */
static const struct goversion *built_as(const struct goversion *v,
                                        const char *program)
{
    return v && strstr(program, "noswissmap") ? of_kind(v, MAPKIND_CLASSIC) : v;
}

/* The row whose line is nearest: it moves with each release, and hardly with a
 * patch. */
static const struct goversion *by_line(int64_t line)
{
    const struct goversion *found = goversions;
    for (const struct goversion *v = goversions; v->name; v++)
        if (llabs(v->mainLine - line) <= llabs(found->mainLine - line))
            found = v;
    return found;
}

/* Whether a release's profiles can have such frames, and lack others: mallocgc
 * is in profiles from some on; functions of one size class are in those of some
 * where a small object was made, and so their lack says nothing. */
static bool can_tell(const struct goversion *v, unsigned tells)
{
    enum mapKind kind =
        tells & GO_TELLS_SWISS ? MAPKIND_SWISS : MAPKIND_CLASSIC;
    if (v->map != kind)
        return false;
    if (kind == MAPKIND_CLASSIC)
        return true; /* mallocgc is in logs of theirs */
    if (tells & GO_TELLS_SPECIALISED)
        return v->leaf == LEAF_SPECIALISED;
    return (v->leaf != LEAF_CALLER) == ((tells & GO_TELLS_MALLOCGC) != 0);
}

/* The last of the releases that frames allow, and the first; of frames that no
 * release has together, the last with such maps. */
static const struct goversion *last_told(unsigned tells,
                                         const struct goversion **first)
{
    const struct goversion *last = NULL;
    *first = NULL;
    for (const struct goversion *v = goversions; v->name; v++)
        if (can_tell(v, tells)) {
            *first = *first ? *first : v;
            last = v;
        }
    if (!last)
        last = *first =
            last_of(tells & GO_TELLS_SWISS ? MAPKIND_SWISS : MAPKIND_CLASSIC);
    return last;
}

/* Of the releases that frames allow the one that a line of runtime.main
 * suggests; else the last, and why says that there are others. */
static struct releaseFound by_frames(const struct profile *p, unsigned tells)
{
    const char *kind = tells & GO_TELLS_SWISS ? "swiss" : "bucket";
    const struct goversion *first, *last = last_told(tells, &first);
    int64_t line = main_line(p);
    const struct goversion *v =
        line > 0 && can_tell(by_line(line), tells) ? by_line(line) : last;
    char *why = first == last ? xprintf("as the frames of %s maps say", kind)
                : line > 0 ? xprintf("as the frames of %s maps and a line of "
                                     "runtime.main say",
                                     kind)
                           : xprintf("or %s, or between: the frames of %s maps "
                                     "say no more",
                                     first->name, kind);
    struct releaseFound r = {v, pool_intern(p->pool, why), true};
    free(why);
    return r;
}

static struct releaseFound without_frames(const struct profile *p,
                                          const char *program)
{
    int minor = minor_in(program);
    if (minor > 0)
        return (struct releaseFound){
            built_as(row_of(minor), program),
            pool_intern(p->pool, xprintf("the program says %s", program)),
            true};
    minor = minor_of_paths(p);
    if (minor > 0)
        return (struct releaseFound){
            row_of(minor), "as the paths of Go's own files say", true};
    int64_t line = main_line(p);
    if (line > 0)
        return (struct releaseFound){
            by_line(line), "as a line number of runtime.main suggests", false};
    return (struct releaseFound){modelled, "for want of evidence", false};
}

struct releaseFound release_find(const struct profile *p, const char *program)
{
    struct releaseFound r = without_frames(p, program);
    unsigned tells = all_tell(p);
    bool swiss = tells & GO_TELLS_SWISS, buckets = tells & GO_TELLS_BUCKETS;
    if (!r.v)
        r.v = modelled;
    if (swiss == buckets)
        return r;
    if (!r.known_kind)
        return by_frames(p, tells);
    enum mapKind kind = swiss ? MAPKIND_SWISS : MAPKIND_CLASSIC;
    if (r.v->map == kind)
        return r;
    r.why = swiss ? "as the frames of swiss maps say"
                  : "as the frames of bucket maps say";
    r.v = of_kind(r.v, kind);
    return r;
}
