/*
 * mapview.c: the questions that both kinds of map answer.
 *
 *     tools --> [mapview] --> bucketview, swissview
 *
 * Locking: none; the map must be at rest.
 */
#include "map/mapview.h"
#include "map/classic/bucketview.h"
#include "map/swiss/swissview.h"

static struct mapShape bucket_shape(uint8_t B)
{
    return (struct mapShape){
        .slots = bucketCnt * bucketShift(B),
        .tables = 1,
        .room = geometry_capacity(B),
        .B = B,
    };
}

static struct mapShape swiss_shape(const struct maptype *t,
                                   const struct swissMap *m)
{
    struct swissCounts c = swissview_counts(t, m);
    size_t slots = c.groups * groupSlots;
    return (struct mapShape){
        .slots = slots,
        .tables = c.tables > 0 ? c.tables : c.groups,
        .room = c.tables > 0 ? slots / groupSlots * maxAvgGroupLoad : slots,
    };
}

/* What NewMap makes. */
static struct mapShape swiss_hinted(const struct maptype *t, intptr_t hint)
{
    struct tableSizes s = table_sizes(t, hint);
    if (s.dirSize == 0)
        return (struct mapShape){groupSlots, 1, groupSlots, 0};
    return (struct mapShape){
        .slots = s.dirSize * s.capacity,
        .tables = s.dirSize,
        .room = s.dirSize * table_limit(s.capacity),
    };
}

struct mapShape mapview_hinted(const struct maptype *t, intptr_t hint)
{
    if (t->kind == MAPKIND_SWISS)
        return swiss_hinted(t, hint);
    return bucket_shape(bucketview_hintB(t, hint));
}

struct mapShape mapview_shape(const struct maptype *t, const struct gomap *m)
{
    if (t->kind == MAPKIND_SWISS)
        return swiss_shape(t, (const struct swissMap *)m);
    const struct hmap *h = bucketview_map(m);
    if (h->buckets == NULL)
        return (struct mapShape){.slots = 0};
    return bucket_shape(h->B);
}
