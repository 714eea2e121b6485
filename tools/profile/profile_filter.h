/*
 * profile_filter.h: samples and frames kept or dropped by name, as pprof's
 * -focus, -ignore and -hide do.
 */
#ifndef TOOLS_PROFILE_PROFILE_FILTER_H
#define TOOLS_PROFILE_PROFILE_FILTER_H

#include "tools/profile/goregex.h"
#include "tools/profile/profile.h"

/* Each expression may be NULL; it is tried on function names, file names and
 * the program's name. */
struct profFilter {
    const struct goregex *focus;  /* keep samples with a frame that matches */
    const struct goregex *ignore; /* drop samples with a frame that matches */
    const struct goregex *hide;   /* drop the frames that match */
};

/* What an expression never met. */
struct profFilterMatched {
    bool focus, ignore, hide;
};

/* Filters p in place. Go: profile/filter.go FilterSamplesByName. */
struct profFilterMatched profile_filter(struct profile *p,
                                        const struct profFilter *f);

/* Cuts every stack beneath the frames that p's own drop_frames names, as pprof
 * does on loading. False when that expression cannot be read (p is as it was).
 * Go: profile/prune.go (*Profile).RemoveUninteresting. */
bool profile_prune(struct profile *p);

#endif
