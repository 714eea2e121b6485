/*
 * runone.h: one scenario in one release, in this process or in one of its own.
 */
#ifndef TOOLS_SCENARIOS_RUNONE_H
#define TOOLS_SCENARIOS_RUNONE_H

#include "tools/cli/cmd.h"
#include "tools/lib/process.h"
#include "tools/log/eventlog.h"
#include "tools/profile/profileout.h"
#include "tools/scenarios/scenario.h"
#include <jansson.h>

enum { NotGiven = -1 };

/* What `hmap run` was asked for. */
struct runFlags;
struct runFlags {
    int64_t n, hint, rate, w; /* NotGiven: the scenario's own */
    const char *type;
    const struct type *map; /* type, where it is given */
    uint64_t seed;
    struct releases go;
    bool plain; /* no release was asked for */
    bool whole; /* text: all of it, and not the answer alone */
    int frames, sort;
    bool json, tsv;
    struct profileFiles files;
    const char *page; /* -page FILE; or NULL */
    /* Called when all is ready, before the scenario runs; NULL: nothing is. */
    void (*begin)(const struct scenario *s, const struct runFlags *f,
                  const struct scenarioArgs *a);
};

extern const char *const frame_words[]; /* for f->frames, f->sort */
extern const char *const sort_words[];

/* Flags that s does not take, a type that is none or whose entries do not fit
 * into memory, end the program with one line. Sets f->map. */
void run_flags_check(const struct scenario *s, struct runFlags *f);

enum format format_of(const struct runFlags *f);

/* Runs s on release v and prints it; apart: in a process of its own, as each
 * process models one release, once. Adds its figures to *figures. */
void run_in(const struct scenario *s, const struct runFlags *f,
            const struct goversion *v, bool apart, struct figures *figures);

/* The figures alone, in a process of its own that runs beside us: nothing is
 * printed. run_answer waits for it and adds them to *figures. */
struct asked run_quietly(const struct scenario *s, const struct runFlags *f,
                         const struct goversion *v);
void run_answer(struct asked a, struct figures *figures);

/* Runs s on release v in this process, prints nothing, and puts its events as
 * w says; begun: called before the first event with what is said of the run at
 * its head, which it owns. */
void record_here(const struct scenario *s, const struct runFlags *f,
                 const struct goversion *v, const struct logWants *w,
                 void (*begun)(json_t *head));

/* The document that fn writes in a process of its own; name: of what is
 * recorded, for the error. The caller owns it. */
json_t *recording_apart(void (*fn)(void *arg, FILE *out), void *arg,
                        const char *name);

/* The same in a process of its own. The answer is its head, with "parts" (of
 * each its number, title or null, steps, objects, bytes) and "figures"; and, if
 * w->put is not NULL, the events as "log", packed (logout.h). The caller owns
 * it. */
json_t *record_apart(const struct scenario *s, const struct runFlags *f,
                     const struct goversion *v, const struct logWants *w);

#endif
