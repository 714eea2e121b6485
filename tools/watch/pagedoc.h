/*
 * pagedoc.h: what stands in a page: recordings, or a profile explained.
 */
#ifndef TOOLS_WATCH_PAGEDOC_H
#define TOOLS_WATCH_PAGEDOC_H

#include "tools/profile/source.h"
#include "tools/watch/subject.h"

/* Records s on each of the releases, so finely as a page has room for: at most
 * 10,000 steps of all parts, unless they grow, and a cell for each bucket or
 * group up to 65,536. command: what the reader can type to have it again. The
 * caller owns it. */
json_t *pagedoc_recorded(const struct subject *s, const struct releases *go,
                         const char *command);

/* A profile, explained as `hmap explain -json` does, and its stacks. */
json_t *pagedoc_explained(const struct source *s, uint64_t seed,
                          const char *command);

#endif
