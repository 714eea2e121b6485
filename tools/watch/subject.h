/*
 * subject.h: what is looked at: a scenario by its name, or a workload in a
 * file.
 */
#ifndef TOOLS_WATCH_SUBJECT_H
#define TOOLS_WATCH_SUBJECT_H

#include "tools/scenarios/runone.h"

/* The flags that a scenario takes; a workload takes the seed. */
struct subjectFlags {
    int64_t n, hint; /* NotGiven: the scenario's own */
    const char *type;
    uint64_t seed;
};

struct subjectFlags subject_defaults(void);

/* Rows of a command's flag table for the struct subjectFlags that is member of
 * its option struct. */
#define SUBJECT_FLAGS(options, member)                                        \
    {.name = "n",                                                             \
     .arg = "N",                                                              \
     .help = "How many entries; each scenario has its own default.",          \
     .kind = FLAG_INT,                                                        \
     .offset = offsetof(options, member.n),                                   \
     .min = 1,                                                                \
     .max = INT64_C(1000000000)},                                             \
        {.name = "hint",                                                      \
         .arg = "H",                                                          \
         .help = "The hint given to make(map[K]V, H).",                       \
         .kind = FLAG_INT,                                                    \
         .offset = offsetof(options, member.hint),                            \
         .max = INT64_C(1000000000)},                                         \
        {.name = "type",                                                      \
         .arg = "'map[K]V'",                                                  \
         .help = "The map's type, as Go writes it.",                          \
         .kind = FLAG_STRING,                                                 \
         .offset = offsetof(options, member.type)},                           \
    {                                                                         \
        .name = "seed", .arg = "S",                                           \
        .help = "What hash keys come from: a number (default 1: each run is " \
                "the same), or random.",                                      \
        .kind = FLAG_SEED, .offset = offsetof(options, member.seed)           \
    }

struct subject {
    const char *name;         /* as it was given */
    const struct scenario *s; /* or NULL: */
    struct runFlags flags;    /* seed; the others of a scenario */
    char *text;               /* of a workload, len bytes */
    size_t len;
};

/* The scenario called name; else the workload in the file of that name. What is
 * neither, and flags that do not suit, end the program with one line. */
struct subject subject_named(const char *name, const struct subjectFlags *f);

void subject_free(struct subject *s);

/* Records it on release v in this process, as record_here does … */
void subject_record(const struct subject *s, const struct goversion *v,
                    const struct logWants *w, void (*begun)(json_t *head));
/* … or in one of its own, as record_apart does. */
json_t *subject_record_apart(const struct subject *s, const struct goversion *v,
                             const struct logWants *w);

/* Of a recording's parts those are shown that have a title, or all where none
 * has: whether this one is, and the number of the first that is. */
bool subject_shows(const json_t *parts, const json_t *part);
int64_t subject_first_part(const json_t *parts);

#endif
