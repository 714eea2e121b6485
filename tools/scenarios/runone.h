/*
 * runone.h: one scenario in one release, in this process or in one of its own.
 */
#ifndef TOOLS_SCENARIOS_RUNONE_H
#define TOOLS_SCENARIOS_RUNONE_H

#include "tools/cli/cmd.h"
#include "tools/profile/profileout.h"
#include "tools/scenarios/scenario.h"

enum { NotGiven = -1 };

/* What `hmap run` was asked for. */
struct runFlags {
    int64_t n, hint, rate, w; /* NotGiven: the scenario's own */
    const char *type;
    const struct type *map; /* type, where it is given */
    uint64_t seed;
    struct releases go;
    bool plain; /* no release was asked for */
    int frames, sort;
    bool json, tsv;
    struct profileFiles files;
};

extern const char *const frame_words[]; /* for f->frames, f->sort */
extern const char *const sort_words[];

enum format format_of(const struct runFlags *f);

/* Runs s on release v and prints it; apart: in a process of its own, as each
 * process models one release, once. Adds its figures to *figures. */
void run_in(const struct scenario *s, const struct runFlags *f,
            const struct goversion *v, bool apart, struct figures *figures);

/* The figures alone, in a process of its own: nothing is printed. */
void run_quietly(const struct scenario *s, const struct runFlags *f,
                 const struct goversion *v, struct figures *figures);

#endif
