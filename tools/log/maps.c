/*
 * maps.c: the maps of a recording, each with the picture that was told of it.
 *
 * Maps are known by their address until they are forgotten: what is made at the
 * same address afterwards is another one, with another number.
 *
 * Locking: the recorder's (eventlog.c), held by the caller.
 */
#include "map/mapview.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/log/names.h"
#include "tools/log/picture.h"
#include <stdlib.h>

struct knownMap {
    int64_t id;
    const struct gomap *m;
    struct picture *picture;
    int64_t oldLeft; /* old buckets to move, after the last step */
    size_t reach;    /* bytes, as they were computed last; 0: anew */
    size_t place;    /* in maps.list */
};

/* A program may make maps by the thousand, and drop them. */
static struct {
    struct byteMap *byAddress; /* struct knownMap by the address of its map */
    struct knownMap **list;    /* n of them */
    size_t n, room;
    int64_t made;
} maps;

static struct knownMap *find(const struct gomap *m)
{
    if (maps.byAddress == NULL)
        maps.byAddress = bytemap_new();
    return bytemap_get(maps.byAddress, &m, sizeof m);
}

static struct knownMap *add(const struct gomap *m)
{
    struct knownMap *k = xcalloc(1, sizeof *k);
    k->id = ++maps.made;
    k->m = m;
    k->picture = picture_new(k->id);
    k->place = maps.n;
    maps.list =
        array_reserve(maps.list, &maps.room, maps.n + 1, sizeof maps.list[0]);
    maps.list[maps.n++] = k;
    bytemap_put(maps.byAddress, &m, sizeof m, k);
    return k;
}

void maps_forget(const struct gomap *m)
{
    struct knownMap *k = find(m);
    if (k == NULL)
        return;
    struct knownMap *last = maps.list[--maps.n];
    maps.list[k->place] = last;
    last->place = k->place;
    bytemap_remove(maps.byAddress, &m, sizeof m);
    picture_free(k->picture);
    free(k);
}

void maps_forget_all(void)
{
    while (maps.n > 0)
        maps_forget(maps.list[maps.n - 1]->m);
}

int64_t maps_id(const struct gomap *m)
{
    if (m == NULL)
        return 0;
    struct knownMap *k = find(m);
    return k != NULL ? k->id : add(m)->id;
}

void maps_reshaped(const struct gomap *m)
{
    struct knownMap *k = find(m);
    if (k != NULL)
        k->reach = 0;
}

void maps_growing(const struct mapGrowth *g)
{
    struct knownMap *k = find(g->m);
    if (k != NULL && g->t->kind == MAPKIND_CLASSIC)
        k->oldLeft = (int64_t)1 << g->oldB;
}

static struct event bucket_event(struct knownMap *k, const struct maptype *t,
                                 const struct gomap *m)
{
    const struct hmap *h = bucketview_map(m);
    int64_t left = 0;
    if (bucketview_growing(m))
        left = (int64_t)bucketview_oldleft(t, m);
    struct event e = {.kind = EVENT_MAP,
                      .f = {[MAP_B] = h->B,
                            [MAP_OVERFLOW] = h->noverflow,
                            [MAP_OLD_LEFT] = left}};
    if (k->oldLeft > left)
        e.f[MAP_MOVED] = k->oldLeft - left;
    k->oldLeft = left;
    return e;
}

static struct event swiss_event(const struct maptype *t, const struct gomap *m)
{
    const struct swissMap *sm = swissview_map(m);
    struct swissCounts c = swissview_counts(t, sm);
    return (struct event){.kind = EVENT_MAP,
                          .f = {[MAP_DEPTH] = c.globalDepth,
                                [MAP_DIRECTORY] = (int64_t)c.dirLen,
                                [MAP_TABLES] = (int64_t)c.tables,
                                [MAP_TOMBSTONES] = (int64_t)c.tombstones}};
}

void maps_tell(const struct maptype *t, const struct gomap *m,
               const struct pictureWants *w, void (*put)(const struct event *e))
{
    struct knownMap *k = find(m);
    if (k == NULL)
        k = add(m);
    bool drawn = picture_tell(k->picture, t, m, w, put);
    struct event e =
        t->kind == MAPKIND_SWISS ? swiss_event(t, m) : bucket_event(k, t, m);
    e.f[MAP_ID] = k->id;
    e.f[MAP_TYPE_NAME] = names_of(t->typ.str);
    e.f[MAP_LEN] = (int64_t)map_len(m);
    e.f[MAP_SLOTS] = (int64_t)mapview_shape(t, m).slots;
    if (k->reach == 0 || e.f[MAP_MOVED] != 0)
        k->reach = mapview_reach(t, m);
    e.f[MAP_REACH] = (int64_t)k->reach;
    e.f[MAP_DRAWN] = drawn;
    put(&e);
}
