/*
 * thennow.h: one scenario in several releases of Go: its figures side by side,
 * and what made them change.
 */
#ifndef TOOLS_SCENARIOS_THENNOW_H
#define TOOLS_SCENARIOS_THENNOW_H

#include "tools/scenarios/scenario.h"

/* The figures of one release; on: the scenario runs there. */
struct releaseFigures {
    const struct goversion *v;
    bool on;
    struct figures figures;
};

/* What differs between two releases: enum change, or-ed. */
unsigned changes_between(const struct goversion *a, const struct goversion *b);

/* Prints the figures of n releases as columns, and the scenario's reasons for
 * what differs between the first and the last. */
void thennow_print(const struct scenario *s, const struct releaseFigures *of,
                   size_t n);

#endif
