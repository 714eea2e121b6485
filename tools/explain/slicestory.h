/*
 * slicestory.h: slices that grow by append: how many, how large each became,
 * and what a capacity would have saved.
 */
#ifndef TOOLS_EXPLAIN_SLICESTORY_H
#define TOOLS_EXPLAIN_SLICESTORY_H

#include "tools/explain/series.h"
#include "tools/explain/site.h"

enum { MaxSteps = 40 };

struct sliceStory {
    int elem;               /* bytes of an element, as the sizes tell */
    bool by_sizes;          /* no frame says append: the sizes are its own */
    int nsteps;             /* of the series, up to the largest seen */
    int64_t size[MaxSteps]; /* of each array … */
    int64_t cap[MaxSteps];  /* … and how many elements it holds */
    double arrays[MaxSteps], samples[MaxSteps];
    double ended[MaxSteps]; /* slices that grew no further */
    double slices;
    double objects, bytes;             /* of all arrays */
    double saved_objects, saved_bytes; /* had each been made with its size */
};

/* The slices that grew on the line, in v. False: none that can be told. */
bool slice_story(const struct goversion *v, const struct sites *all,
                 const struct site *l, struct sliceStory *s);

#endif
