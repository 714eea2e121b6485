/*
 * scenario.h: a scenario is a small program against the public doors
 * (alloc/malloc.h, map/map.h) that teaches one thing about maps and the heap.
 *
 * One scenario a file in tools/scenarios/, text and numbers together; a new one
 * is a file, and its name in scenarios.c. Every number that it prints is
 * measured in the run that prints it. Each runs in a heap of its own: nothing
 * that ran before can change its numbers.
 */
#ifndef TOOLS_SCENARIOS_SCENARIO_H
#define TOOLS_SCENARIOS_SCENARIO_H

#include "tools/measure/keyvalue.h"
#include "tools/measure/report.h"

enum scenarioTakes {
    TAKES_N = 1,
    TAKES_HINT = 2,
    TAKES_TYPE = 4,
    TAKES_W = 8,
};

/* What the flags said, or the scenario's own defaults. */
struct scenarioArgs {
    int64_t n;
    int64_t hint;
    int64_t w;                  /* writes of each task */
    const struct maptype *type; /* NULL where the scenario takes none */
};

struct scenario {
    const char *name;   /* "first-inserts" */
    const char *lesson; /* one line: what there is to learn */
    unsigned takes;     /* enum scenarioTakes, or-ed */
    int64_t n, nmax;    /* default and largest -n */
    int64_t hint;       /* default -hint */
    const char *type;   /* default -type */
    int64_t w;          /* default -w */
    const char *races;  /* what no seed repeats; NULL: it all repeats */
    void (*run)(struct report *r, const struct scenarioArgs *a);
};

extern const struct scenario *const scenarios[]; /* in the tour's order, NULL
                                                    at the end */

/* The scenario called name; none by that name ends the program with one line,
 * which offers the nearest name, and status 2. */
const struct scenario *scenario_want(const char *name);

#endif
