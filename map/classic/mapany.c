/*
 * mapany.c: making a map, the functions for any key, and clearing.
 *
 * The functions of one operation on one key are bodies of mapbody.h under
 * Go's names; those for particular keys are in mapfast.c.
 *
 * Locking: none; a map is written by one thread at a time (see hmap.h).
 *
 * Invariants, each verified by mapcheck:
 *   mapany.1  count is the number of entries
 *   mapany.2  each entry stands in the chain that its hash selects, under its
 *             tophash
 *   mapany.3  a look-up of an entry's key finds that very entry
 *   mapany.4  buckets is NULL only in a map with B = 0 that has never been
 *             written
 *   mapany.5  count is not over the load factor of B
 */
#include "map/classic/mapbody.h"
#include "map/classic/mapbucket.h"

GOFRAME struct hmap *makemap_small(void)
{
    struct hmap *h = newobject(hmap_type());
    h->hash0 = newhash0();
    return h;
}
GOFRAME_OF(makemap_small, "runtime.makemap_small");

/* The half of makemap that allocates: the array for h->B > 0, and its spares'
 * mapextra. Not a function in Go, as its name says in full chains. */
static GOFRAME struct hmap *makemap_slow(const struct maptype *t,
                                         struct hmap *h)
{
    struct bmap *nextOverflow;
    h->buckets = makeBucketArray(t, h, h->B, NULL, &nextOverflow);
    if (nextOverflow != NULL) {
        h->extra = map_newobject(h, mapextra_type());
        h->extra->nextOverflow = nextOverflow;
    }
    return h;
}
GOFRAME_OF(makemap_slow, "runtime.makemap_slow (not Go's)");

GOFRAME struct hmap *makemap(const struct maptype *t, intptr_t hint,
                             struct hmap *h)
{
    uint8_t B = geometry_hintB(t->bucket->size, hint);
    if (h == NULL)
        h = newobject(hmap_type());
    h->hash0 = newhash0();
    h->B = B;
    if (B != 0)
        makemap_slow(t, h);
    CHECK_ALL(mapcheck(t, h));
    return h;
}
GOFRAME_OF(makemap, "runtime.makemap");

void hmap_on_stack(struct hmap *h, struct bmap *bucket)
{
    h->buckets = bucket;
    h->hash0 = newhash0();
}

const void *mapaccess1(const struct maptype *t, struct hmap *h, const void *key)
{
    gosafepoint();
    return slot_value(t, access_body(t, h, key, MAP_SLOW), MAP_SLOW);
}

const void *mapaccess2(const struct maptype *t, struct hmap *h, const void *key,
                       bool *ok)
{
    gosafepoint();
    struct slot s = access_body(t, h, key, MAP_SLOW);
    *ok = s.b != NULL;
    return slot_value(t, s, MAP_SLOW);
}

GOFRAME void *mapassign(const struct maptype *t, struct hmap *h,
                        const void *key)
{
    return assign_body(t, h, key, MAP_SLOW);
}
GOFRAME_OF(mapassign, "runtime.mapassign");

GOFRAME void mapdelete(const struct maptype *t, struct hmap *h, const void *key)
{
    delete_body(t, h, key, MAP_SLOW);
}
GOFRAME_OF(mapdelete, "runtime.mapdelete");

GOFRAME void mapclear(const struct maptype *t, struct hmap *h)
{
    if (h == NULL || hmap_count(h) == 0)
        return;
    if (hmap_is_written(h))
        fatal("concurrent map writes");
    hmap_begin_writing(h);
    h->flags &= (uint8_t)~sameSizeGrow;
    h->oldbuckets = NULL;
    h->nevacuate = 0;
    h->noverflow = 0;
    h->hash0 = newhash0();
    if (h->extra != NULL)
        *h->extra = (struct mapextra){.overflow = NULL};
    struct bmap *nextOverflow;
    makeBucketArray(t, h, h->B, h->buckets, &nextOverflow);
    if (nextOverflow != NULL) {
        ASSERT(h->extra != NULL); /* it is as old as the spares */
        h->extra->nextOverflow = nextOverflow;
    }
    hmap_end_writing(h, 0);
    CHECK_ALL(mapcheck(t, h));
}
GOFRAME_OF(mapclear, "runtime.mapclear");
