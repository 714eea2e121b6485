/*
 * release.h: which Go release built the program that a profile is of, from
 * whatever tells.
 */
#ifndef TOOLS_EXPLAIN_RELEASE_H
#define TOOLS_EXPLAIN_RELEASE_H

#include "runtime/base/goversion.h"
#include "tools/profile/profile.h"

struct releaseFound {
    const struct goversion *v; /* the nearest that is modelled */
    const char *why;           /* "the program says go1.27.3" */
    bool known_kind;           /* whether its maps are buckets or swiss */
};

/* program: what the executable says ("go1.27.3"), or "". Of the evidence the
 * frames of maps come first, then the program, then the paths of Go's own
 * files, then a line number; none of it: the modelled release. why lives in
 * p's pool. */
struct releaseFound release_find(const struct profile *p, const char *program);

#endif
