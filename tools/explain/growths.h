/*
 * growths.h: which functions of a program grow maps, and how far: what is
 * compared from day to day.
 *
 * Lines move with every edit, functions keep their names: so a function's maps
 * are one growth. A list of them is taken from a profile, or from a baseline: a
 * small text that stands beside the program's source, so that a change which
 * grows maps shows in the same commit.
 */
#ifndef TOOLS_EXPLAIN_GROWTHS_H
#define TOOLS_EXPLAIN_GROWTHS_H

#include "tools/explain/explain.h"

/* The maps of one function. */
struct funcGrowth {
    char *func, *file;
    int64_t line; /* of its lines the one with most bytes */
    double line_bytes;
    double bytes, objects;  /* of its maps */
    double made;            /* arrays made with a hint */
    double late[MaxStages]; /* samples of arrays at a stage and beyond */
    int top;                /* the last stage that any reached */
    bool there;             /* some grow … */
    bool maybe;             /* … or sizes say that some may */
};

struct growths {
    struct funcGrowth *list; /* n of them */
    size_t n;
    struct byteMap *by_func; /* number in the list + 1, as a pointer */
    bool sampled;            /* figures are estimates */
};

struct growths *growths_of(const struct explained *e);
void growths_free(struct growths *g);

/* The growth of a function; NULL: it has no map. */
const struct funcGrowth *growth_of(const struct growths *g, const char *func);

/* A baseline: false where it cannot be written (errno); NULL where it cannot be
 * read, err (GrowthsErrorSize bytes) then has one line of why. */
enum { GrowthsErrorSize = 200 };
bool growths_write(const struct growths *g, const char *path);
struct growths *growths_read(const char *path, char *err);

#endif
