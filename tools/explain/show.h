/*
 * show.h: what the parts of explain's report for people share.
 */
#ifndef TOOLS_EXPLAIN_SHOW_H
#define TOOLS_EXPLAIN_SHOW_H

#include "tools/explain/growths.h"
#include "tools/pprof/pprofreport.h"
#include <math.h>

struct shownText {
    char buf[UnitsTextSize];
};

static inline const char *show_bytes(double n, struct shownText *t)
{
    return units_label(t->buf, llround(n), "bytes", "auto");
}

static inline double show_share(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

/* The story of one line (showline.c): its maps, what hints would save, its
 * slices. Nothing of a line that has neither. */
void show_line(const struct explained *e, const struct finding *f);

#endif
