/*
 * mapview.c: the questions that both kinds of map answer.
 *
 *     tools --> [mapview] --> bucketview, swissview
 *
 * Locking: none; the map must be at rest.
 */
#include "map/mapview.h"
#include "alloc/objsize.h"
#include "map/classic/mapbucket.h"
#include "map/mapkey.h"
#include "map/swiss/swissgroup.h"

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

/* Of keys and elements that a slot has the address of. */
static size_t boxes_of_one(const struct maptype *t)
{
    size_t bytes = 0;
    if (t->indirectkey)
        bytes += objsize_slot(modelled, t->key->size, t->key->ptrdata == 0);
    if (t->indirectelem)
        bytes += objsize_slot(modelled, t->elem->size, t->elem->ptrdata == 0);
    return bytes;
}

size_t mapview_reach(const struct maptype *t, const struct gomap *m)
{
    size_t frame = t->kind == MAPKIND_SWISS
                       ? swissview_frame(t, (const struct swissMap *)m)
                       : bucketview_frame(t, m);
    return frame + (size_t)map_len(m) * boxes_of_one(t);
}

/* --- its objects ---------------------------------------------------------- */

struct onlooker {
    void (*see)(void *arg, const void *object);
    void *arg;
};

static void see(const struct onlooker *l, const void *object)
{
    if (object != NULL)
        l->see(l->arg, object);
}

static void see_boxes(const struct onlooker *l, const struct maptype *t,
                      const void *const *key, const void *const *elem)
{
    for (int i = 0; i < bucketCnt; i++) {
        if (t->indirectkey)
            see(l, key[i]);
        if (t->indirectelem)
            see(l, elem[i]);
    }
}

static void see_bucket_map(const struct onlooker *l, const struct maptype *t,
                           const struct gomap *m)
{
    const void *books[bookkeepingObjects];
    struct bucketWalk w;
    struct bucketView v;
    bucketview_bookkeeping(m, books);
    for (int i = 0; i < bookkeepingObjects; i++)
        see(l, books[i]);
    bucketview_begin(&w, t, m);
    while (bucketview_next(&w, &v)) {
        if (v.number == 0 || v.depth > 0) /* of an array the first bucket */
            see(l, v.b);
        see_boxes(l, t, v.key, v.elem);
    }
}

static void see_swiss_map(const struct onlooker *l, const struct maptype *t,
                          const struct swissMap *m)
{
    struct swissWalk w;
    struct tableView v;
    struct groupView g;
    see(l, m->dirPtr);
    swissview_begin(&w, t, m);
    while (swissview_next(&w, &v)) {
        see(l, v.tab);
        for (size_t i = 0; i < v.groups; i++) {
            swissview_group(&w, &v, i, &g);
            if (i == 0)
                see(l, g.g);
            see_boxes(l, t, g.key, g.elem);
        }
    }
}

void mapview_objects(const struct maptype *t, const struct gomap *m,
                     void (*fn)(void *arg, const void *object), void *arg)
{
    const struct onlooker l = {fn, arg};
    see(&l, m);
    if (t->kind == MAPKIND_SWISS)
        see_swiss_map(&l, t, (const struct swissMap *)m);
    else
        see_bucket_map(&l, t, m);
}

uintptr_t mapview_hash(const struct maptype *t, const struct gomap *m,
                       const void *key)
{
    uintptr_t seed = t->kind == MAPKIND_SWISS
                         ? ((const struct swissMap *)m)->seed
                         : bucketview_map(m)->hash0;
    return key_hash(t, MAP_SLOW, key, seed);
}

/* The lines of eight entries; of larger ones those where most entries are. */
ALWAYS_INLINE void prefetch_box(const void *box, size_t size)
{
    enum { Line = 64, Most = 256 };

    for (size_t at = 0; at < size && at < Most; at += Line)
        __builtin_prefetch((const char *)box + at, 1);
}

ALWAYS_INLINE void prefetch_buckets(const struct maptype *t,
                                    const struct hmap *h, uintptr_t hash)
{
    prefetch_box(bucket_at(t, h->buckets, hash & bucketMask(h->B)),
                 t->bucketsize);
    if (h->oldbuckets != NULL)
        prefetch_box(bucket_at(t, h->oldbuckets, hash & hmap_oldbucketmask(h)),
                     t->bucketsize);
}

ALWAYS_INLINE void prefetch_group(const struct maptype *t,
                                  const struct swissMap *m, uintptr_t hash)
{
    const struct swissTable *tab = swissMap_tableOf(m, hash);
    prefetch_box(swissTable_group(t, tab, h1(hash) & tab->lengthMask),
                 t->groupsize);
}

void mapview_prefetch(const struct maptype *t, const struct gomap *m,
                      const void *key)
{
    enum { Few = 4096 }; /* what the cache holds by itself */

    if (map_len(m) < Few || t->key->hashMightPanic)
        return;
    uintptr_t hash = mapview_hash(t, m, key);
    if (t->kind == MAPKIND_SWISS)
        prefetch_group(t, (const struct swissMap *)m, hash);
    else
        prefetch_buckets(t, bucketview_map(m), hash);
    __asm__ volatile(""); /* or gcc takes it for a function without effect */
}
