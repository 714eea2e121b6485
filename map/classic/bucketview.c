/*
 * bucketview.c: looking at a bucket map without touching it.
 *
 *     hmap ----> [bucketview] ----> const snapshots ----> tools
 *
 * Locking: none; the map must be at rest.
 */
#include "alloc/objsize.h"
#include "map/classic/mapbucket.h"
#include "map/mapkey.h"
#include "map/mapview.h"

uint8_t bucketview_hintB(const struct maptype *t, intptr_t hint)
{
    return geometry_hintB(t->bucket->size, hint);
}

struct mapArray bucketview_array(const struct maptype *t, uint8_t B)
{
    return bucket_array(t, B);
}

const struct hmap *bucketview_map(const struct gomap *m)
{
    return (const struct hmap *)m;
}

bool bucketview_growing(const struct gomap *m)
{
    return hmap_growing(bucketview_map(m));
}

void bucketview_begin(struct bucketWalk *w, const struct maptype *t,
                      const struct gomap *m)
{
    const struct hmap *h = bucketview_map(m);
    *w = (struct bucketWalk){.t = t, .h = h, .old = hmap_growing(h)};
    w->b = w->old ? h->oldbuckets : h->buckets;
}

/* The array that w is in, and how many buckets it has. */
static struct bmap *walk_array(const struct bucketWalk *w, uintptr_t *n)
{
    *n = w->old ? hmap_noldbuckets(w->h) : bucketShift(w->h->B);
    return w->old ? w->h->oldbuckets : w->h->buckets;
}

/* Goes behind the end of a chain: to the next chain, then the next array. */
static void walk_next_chain(struct bucketWalk *w)
{
    uintptr_t n;
    struct bmap *array = walk_array(w, &n);
    w->depth = 0;
    w->number++;
    if (w->number < n) {
        w->b = bucket_at(w->t, array, w->number);
    } else if (w->old) {
        w->old = false;
        w->number = 0;
        w->b = w->h->buckets;
    }
}

bool bucketview_next(struct bucketWalk *w, struct bucketView *v)
{
    const struct bmap *b = w->b;
    if (b == NULL)
        return false;
    uintptr_t n;
    const struct bmap *array = walk_array(w, &n);
    uint8_t B = (uint8_t)__builtin_ctzl(n);
    *v = (struct bucketView){
        .b = b,
        .number = w->number,
        .depth = w->depth,
        .old = w->old,
        .spare = w->depth > 0 && bucket_is_spare(w->t, array, B, b),
    };
    memcpy(v->tophash, b->tophash, sizeof(v->tophash));
    for (uint32_t i = 0; i < bucketCnt; i++) {
        if (b->tophash[i] < minTopHash)
            continue;
        v->key[i] = slot_key(w->t, MAP_SLOW, key_slot(w->t, MAP_SLOW, b, i));
        v->elem[i] = slot_elem(w->t, MAP_SLOW, elem_slot(w->t, MAP_SLOW, b, i));
    }
    w->b = bmap_overflow(w->t, b);
    w->depth++;
    if (w->b == NULL)
        walk_next_chain(w);
    return true;
}

char bucketview_letter(uint8_t tophash)
{
    static const char letters[minTopHash] = {
        [emptyRest] = '.',  [emptyOne] = '_',       [evacuatedX] = 'x',
        [evacuatedY] = 'y', [evacuatedEmpty] = '-',
    };
    if (tophash >= minTopHash)
        return '#';
    return letters[tophash];
}

/* Adds one bucket to the counts. */
static void count_bucket(struct bucketCounts *c, const struct bucketView *v)
{
    if (v->old && evacuated(v->b))
        return;
    c->entries += (size_t)__builtin_popcount(
        ~bmap_match_upto(v->b, minTopHash - 1) & 0xff);
    if (v->old) {
        c->oldleft += v->depth == 0;
        c->oldoverflow += v->depth > 0;
        return;
    }
    c->tombstones += (size_t)__builtin_popcount(bmap_match(v->b, emptyOne));
    c->overflow += v->depth > 0;
    c->sparesUsed += v->spare;
    if (v->depth + 1 > c->longest)
        c->longest = v->depth + 1;
}

struct bucketCounts bucketview_counts(const struct maptype *t,
                                      const struct gomap *m)
{
    const struct hmap *h = bucketview_map(m);
    struct bucketCounts c = {.entries = 0};
    if (h->buckets != NULL) {
        c.buckets = bucketShift(h->B);
        c.spares = bucket_array_len(t, h->B) - c.buckets;
    }
    if (hmap_growing(h))
        c.oldbuckets = hmap_noldbuckets(h);
    if (h->extra != NULL && h->extra->overflow != NULL) {
        c.listed = (size_t)h->extra->overflow->len;
        c.listCap = (size_t)h->extra->overflow->cap;
    }
    struct bucketWalk w;
    struct bucketView v;
    bucketview_begin(&w, t, m);
    while (bucketview_next(&w, &v))
        count_bucket(&c, &v);
    return c;
}

static size_t slice_bytes(const struct slice *s)
{
    if (s == NULL)
        return 0;
    return objsize_slot(modelled, sizeof(*s), false) +
           objsize_slot(modelled, (size_t)s->cap * PtrSize, false);
}

static size_t extra_bytes(const struct mapextra *e)
{
    if (e == NULL)
        return 0;
    return objsize_slot(modelled, sizeof(*e), false) +
           slice_bytes(e->overflow) + slice_bytes(e->oldoverflow);
}

void bucketview_bookkeeping(const struct gomap *m,
                            const void *out[bookkeepingObjects])
{
    const struct mapextra *e = bucketview_map(m)->extra;
    const struct slice *now = e != NULL ? e->overflow : NULL;
    const struct slice *old = e != NULL ? e->oldoverflow : NULL;

    out[0] = e;
    out[1] = now;
    out[2] = now != NULL ? now->array : NULL;
    out[3] = old;
    out[4] = old != NULL ? old->array : NULL;
}

/* Overflow buckets of an array of n that are objects of their own. */
static size_t overflow_objects(const struct maptype *t,
                               const struct bmap *array, uintptr_t n)
{
    uint8_t B = (uint8_t)__builtin_ctzl(n);
    uintptr_t bytes = bucket_array_len(t, B) * t->bucketsize;
    size_t objects = 0;

    for (uintptr_t i = 0; i < n; i++) {
        const struct bmap *b =
            (const struct bmap *)((const char *)array + i * t->bucketsize);
        while ((b = bmap_overflow(t, b)) != NULL)
            objects += (uintptr_t)b - (uintptr_t)array >= bytes;
    }
    return objects;
}

size_t bucketview_frame(const struct maptype *t, const struct gomap *m)
{
    const struct hmap *h = bucketview_map(m);
    size_t bytes =
        objsize_slot(modelled, sizeof(*h), false) + extra_bytes(h->extra);
    size_t overflow = 0;

    if (h->buckets != NULL) {
        bytes += bucket_array(t, h->B).rounded;
        overflow += overflow_objects(t, h->buckets, bucketShift(h->B));
    }
    if (hmap_growing(h)) {
        uintptr_t n = hmap_noldbuckets(h);
        bytes += bucket_array(t, (uint8_t)__builtin_ctzl(n)).rounded;
        overflow += overflow_objects(t, h->oldbuckets, n);
    }
    return bytes + overflow * objsize_slot(modelled, t->bucket->size,
                                           t->bucket->ptrdata == 0);
}

struct chainView bucketview_chain(const struct maptype *t,
                                  const struct gomap *m, bool old,
                                  uintptr_t number)
{
    const struct hmap *h = bucketview_map(m);
    const struct bmap *b =
        bucket_at(t, old ? h->oldbuckets : h->buckets, number);
    struct chainView v = {.evacuated = evacuated(b)};

    for (; b != NULL && !v.evacuated; b = bmap_overflow(t, b))
        v.entries += (uint32_t)__builtin_popcount(
            ~bmap_match_upto(b, minTopHash - 1) & 0xff);
    return v;
}

size_t bucketview_oldleft(const struct maptype *t, const struct gomap *m)
{
    const struct hmap *h = bucketview_map(m);
    size_t left = 0;

    for (uintptr_t i = 0; hmap_growing(h) && i < hmap_noldbuckets(h); i++)
        left += !evacuated(bucket_at(t, h->oldbuckets, i));
    return left;
}
