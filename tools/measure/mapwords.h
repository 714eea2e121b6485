/*
 * mapwords.h: speaking of a map without knowing its kind. The texts of a
 * scenario that are true of one kind only stand side by side in its file, and
 * by_kind picks; what several scenarios say stands here.
 */
#ifndef TOOLS_MEASURE_MAPWORDS_H
#define TOOLS_MEASURE_MAPWORDS_H

#include "map/map.h"

/* The one that is true of this release's maps: of buckets, or swiss. */
const char *by_kind(const char *buckets, const char *swiss)
    __attribute__((format_arg(1), format_arg(2)));

/* How large a map is: the head of that column, and what stands in it: "B", or
 * "slots" of all tables. */
const char *size_head(void);
int64_t size_figure(const struct maptype *t, const struct gomap *m);

/* What deletions and collisions leave in a map: overflow buckets as Go counts
 * them, or tombstones. */
const char *holes_head(void);
int64_t holes_figure(const struct maptype *t, const struct gomap *m);

#endif
