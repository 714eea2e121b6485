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

/* What all functions of p tell: enum goTells, or-ed. */
static unsigned all_tell(const struct profile *p)
{
    unsigned tells = 0;
    for (size_t i = 0; i < p->nfuncs; i++)
        tells |= goframe_tells(p->funcs[i]->name);
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

/* The line of proc.go where runtime.main calls main.main: 250 in Go 1.19,
 * 267 to 272 in 1.21 to 1.23, 283 and more from 1.24 on; 0: it is not in the
 * profile. */
static int64_t main_line(const struct profile *p)
{
    for (size_t i = 0; i < p->nlocs; i++)
        for (uint32_t j = 0; j < p->locs[i]->nlines; j++) {
            const struct profLine *l = &p->locs[i]->lines[j];
            if (strcmp(l->func->name, goframe_main) == 0)
                return l->line;
        }
    return 0;
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

static const struct goversion *by_line(int64_t line)
{
    enum { Main122 = 260, Main124 = 280 };
    if (line >= Main124)
        return last_of(MAPKIND_SWISS);
    return line >= Main122 ? last_of(MAPKIND_CLASSIC) : goversions;
}

/* Of releases with swiss maps the frames tell which: mallocgc is in profiles
 * from some on, functions of one size class from others on. */
static const struct goversion *by_leaf(unsigned tells)
{
    enum leafRule rule = tells & GO_TELLS_SPECIALISED ? LEAF_SPECIALISED
                         : tells & GO_TELLS_MALLOCGC  ? LEAF_MALLOCGC
                                                      : LEAF_CALLER;
    const struct goversion *found = last_of(MAPKIND_SWISS);
    for (const struct goversion *v = goversions; v->name; v++)
        if (v->map == MAPKIND_SWISS && v->leaf == rule)
            found = v;
    return found;
}

static struct releaseFound without_frames(const struct profile *p,
                                          const char *program)
{
    int minor = minor_in(program);
    if (minor > 0)
        return (struct releaseFound){
            row_of(minor),
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
    enum mapKind kind = swiss ? MAPKIND_SWISS : MAPKIND_CLASSIC;
    if (r.v->map != kind || !r.known_kind)
        r.why = swiss ? "as the frames of swiss maps say"
                      : "as the frames of bucket maps say";
    if (swiss && !r.known_kind)
        r.v = by_leaf(tells);
    r.v = of_kind(r.v, kind);
    r.known_kind = true;
    return r;
}
