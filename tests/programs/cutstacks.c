/*
 * cutstacks.c: a real program's profile made small enough to keep, without
 * loss of what hmap explain reads: of each stack the runtime's frames, the line
 * that allocates and two of its callers; stacks that are then equal become one
 * sample for each size. -hide RELEASE drops the frames that Go hides, as it
 * does.
 *
 *     cutstacks [-hide RELEASE] IN.pb.gz OUT.pb.gz
 */
#include "runtime/prof/goframe.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/profile/profbuild.h"
#include "tools/profile/profileout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Callers = 2, MaxFrames = 256 };

struct cutting {
    struct profile *p; /* what is built */
    struct profBuilder *b;
    struct profMapping *program;
    const struct goversion *hide; /* NULL: nothing */
};

/* The frames of a stack, innermost first, one location each. */
static uint32_t cut(struct cutting *c, const struct profSample *s,
                    struct profLoc **locs)
{
    uint32_t n = 0;
    int beyond = 0;
    bool hiding = c->hide != NULL;
    for (uint32_t i = 0; i < s->nlocs; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines; j++) {
            const struct profLine *l = &s->locs[i]->lines[j];
            hiding &=
                goframe_hidden(c->hide ? c->hide : goversions, l->func->name);
            beyond += beyond > 0 || !goframe_is_machinery(l->func->name);
            if (hiding || beyond > 1 + Callers || n == MaxFrames)
                continue;
            locs[n++] = builder_frame(c->b, c->program, l->func->name,
                                      l->func->file, l->line, 0);
        }
    return n;
}

static void add(struct cutting *c, const struct profSample *s)
{
    struct profLoc *locs[MaxFrames];
    struct profSample like = *s;
    like.locs = locs;
    like.nlocs = cut(c, s, locs);
    if (like.nlocs > 0)
        builder_sample(c->b, &like);
}

static void copy_header(struct cutting *c, const struct profile *from)
{
    struct profile *p = c->p;
    for (size_t i = 0; i < from->ntypes; i++)
        profile_add_type(p, pool_intern(p->pool, from->types[i].type),
                         pool_intern(p->pool, from->types[i].unit));
    p->period_type.type = pool_intern(p->pool, from->period_type.type);
    p->period_type.unit = pool_intern(p->pool, from->period_type.unit);
    p->period = from->period;
    c->program = profile_add_mapping(p);
    c->program->id = 1;
    c->program->file = pool_intern(p->pool, "/app/std");
    c->program->has_functions = c->program->has_filenames =
        c->program->has_lines = c->program->has_inlines = true;
}

int main(int argc, char **argv)
{
    char err[ProfErrorSize];
    struct cutting c = {.p = profile_new()};
    if (argc > 2 && strcmp(argv[1], "-hide") == 0) {
        c.hide = goversion_named(argv[2]);
        argv += 2;
        argc -= 2;
    }
    struct profile *from = argc == 3 ? profile_read(argv[1], err) : NULL;
    FILE *out = from ? fopen(argv[2], "wb") : NULL;
    if (!out)
        usage_error("want: cutstacks [-hide RELEASE] IN.pb.gz OUT.pb.gz");
    c.b = builder_new(c.p);
    copy_header(&c, from);
    for (size_t i = 0; i < from->nsamples; i++)
        add(&c, from->samples[i]);
    builder_free(c.b);
    bool ok = profile_write_proto(c.p, out);
    profile_free(from);
    profile_free(c.p);
    return fclose(out) == 0 && ok ? EXIT_OK : EXIT_IO;
}
