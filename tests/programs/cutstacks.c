/*
 * cutstacks.c: a real program's profile made small enough to keep, without
 * loss of what hmap explain reads: of each stack the runtime's frames, the line
 * that allocates with the address of its call, two of its callers, and where
 * runtime.main called the program; stacks that are then equal become one
 * sample for each size. -hide RELEASE drops the frames that Go hides, as it
 * does. -samples N makes it large instead: such programs side by side until
 * there are N samples, each with lines of its own, as many times its objects as
 * its number, and whole stacks.
 *
 *     cutstacks [-hide RELEASE] [-samples N] IN.pb.gz OUT.pb.gz
 */
#include "runtime/prof/goframe.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/profile/profbuild.h"
#include "tools/profile/profileout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Callers = 2, MaxFrames = 256, MaxValues = 4 };

struct cutting {
    struct profile *p; /* what is built */
    struct profBuilder *b;
    struct profMapping *program;
    const struct goversion *hide; /* NULL: nothing */
    int copy;                     /* 0: the only one */
};

/* The line of a frame; each copy's functions have names of their own. */
static struct profLoc *frame(struct cutting *c, const struct profLine *l,
                             uint64_t addr)
{
    char *name = c->copy > 0 && !goframe_is_machinery(l->func->name)
                     ? xprintf("%s-%d", l->func->name, c->copy)
                     : xprintf("%s", l->func->name);
    struct profLoc *loc =
        builder_frame(c->b, c->program, name, l->func->file, l->line, addr);
    free(name);
    return loc;
}

/* By the line where runtime.main called main.main a release is known. */
static bool tells_release(const struct profSample *s, uint32_t i)
{
    const char *name =
        s->locs[i]->nlines > 0 ? s->locs[i]->lines[0].func->name : "";
    return strcmp(name, goframe_main) == 0 || strcmp(name, "main.main") == 0;
}

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
            bool far =
                beyond > 1 + Callers && c->copy == 0 && !tells_release(s, i);
            if (!hiding && !far && n < MaxFrames)
                locs[n++] = frame(c, l, beyond == 1 ? s->locs[i]->addr : 0);
        }
    return n;
}

static void add(struct cutting *c, const struct profSample *s)
{
    struct profLoc *locs[MaxFrames];
    int64_t values[MaxValues];
    struct profSample like = *s;
    like.locs = locs;
    like.nlocs = cut(c, s, locs);
    like.values = values;
    for (size_t i = 0; i < c->p->ntypes; i++)
        values[i] = s->values[i] * (c->copy > 0 ? c->copy : 1);
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
    size_t samples = 0;
    for (; argc > 4; argv += 2, argc -= 2) {
        if (strcmp(argv[1], "-hide") == 0)
            c.hide = goversion_named(argv[2]);
        else if (strcmp(argv[1], "-samples") == 0)
            samples = strtoul(argv[2], NULL, 10);
    }
    struct profile *from = argc == 3 ? profile_read(argv[1], err) : NULL;
    FILE *out = from && from->ntypes <= MaxValues ? fopen(argv[2], "wb") : NULL;
    if (!out)
        usage_error("want: cutstacks [-hide RELEASE] [-samples N] IN.pb.gz "
                    "OUT.pb.gz");
    c.b = builder_new(c.p);
    copy_header(&c, from);
    do {
        c.copy += samples > 0;
        for (size_t i = 0; i < from->nsamples; i++)
            add(&c, from->samples[i]);
    } while (c.p->nsamples > 0 && c.p->nsamples < samples);
    builder_free(c.b);
    bool ok = profile_write_proto(c.p, out);
    profile_free(from);
    profile_free(c.p);
    return fclose(out) == 0 && ok ? EXIT_OK : EXIT_IO;
}
