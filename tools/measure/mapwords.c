/*
 * mapwords.c: speaking of a map without knowing its kind.
 */
#include "tools/measure/mapwords.h"
#include "map/classic/bucketview.h"
#include "map/mapview.h"
#include "map/swiss/swissview.h"

const char *by_kind(const char *buckets, const char *swiss)
{
    return modelled->map == MAPKIND_SWISS ? swiss : buckets;
}

const char *size_head(void)
{
    return by_kind("B", "slots");
}

int64_t size_figure(const struct maptype *t, const struct gomap *m)
{
    struct mapShape s = mapview_shape(t, m);
    return t->kind == MAPKIND_SWISS ? (int64_t)s.slots : s.B;
}

const char *holes_head(void)
{
    return by_kind("overflow", "tombstones");
}

int64_t holes_figure(const struct maptype *t, const struct gomap *m)
{
    if (t->kind == MAPKIND_CLASSIC)
        return bucketview_map(m)->noverflow;
    return (int64_t)swissview_counts(t, (const struct swissMap *)m).tombstones;
}
