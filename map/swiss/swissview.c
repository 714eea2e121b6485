/*
 * swissview.c: looking at a swiss map without touching it.
 *
 *     swissMap ----> [swissview] ----> const snapshots ----> tools
 *
 * Locking: none; the map must be at rest.
 */
#include "alloc/objsize.h"
#include "map/mapview.h"
#include "map/swiss/swisstable.h"

const struct swissMap *swissview_map(const struct gomap *m)
{
    return (const struct swissMap *)m;
}

void swissview_begin(struct swissWalk *w, const struct maptype *t,
                     const struct swissMap *m)
{
    *w = (struct swissWalk){.t = t, .m = m};
}

/* The group of a small map as a table; false when there is none, or it has been
 * shown. */
static bool view_small(struct swissWalk *w, struct tableView *v)
{
    const struct swissMap *m = w->m;
    if (m->dirPtr == NULL || w->place > 0)
        return false;
    *v = (struct tableView){
        .capacity = groupSlots,
        .used = (uint32_t)m->used,
        .growthLeft = groupSlots - (uint32_t)m->used,
        .groups = 1,
    };
    w->place = 1;
    return true;
}

bool swissview_next(struct swissWalk *w, struct tableView *v)
{
    const struct swissMap *m = w->m;
    if (swissMap_isSmall(m))
        return view_small(w, v);
    if (w->place >= (uintptr_t)m->dirLen)
        return false;
    const struct swissTable *tab = swissMap_directoryAt(m, w->place);
    *v = (struct tableView){
        .tab = tab,
        .index = w->place,
        .places = directory_places(m, tab->localDepth),
        .localDepth = tab->localDepth,
        .capacity = tab->capacity,
        .used = tab->used,
        .growthLeft = tab->growthLeft,
        .tombstones = swissTable_tombstones(tab),
        .groups = tab->lengthMask + 1,
    };
    w->place += v->places;
    return true;
}

static struct swissGroup *group_of(const struct swissWalk *w,
                                   const struct tableView *v, size_t i)
{
    return v->tab == NULL ? w->m->dirPtr : swissTable_group(w->t, v->tab, i);
}

const uint8_t *swissview_ctrl(const struct swissWalk *w,
                              const struct tableView *v, size_t i)
{
    return (const uint8_t *)group_of(w, v, i)->ctrl;
}

void swissview_group(const struct swissWalk *w, const struct tableView *v,
                     size_t i, struct groupView *g)
{
    const struct maptype *t = w->t;
    struct swissGroup *group = group_of(w, v, i);
    *g = (struct groupView){.g = group};
    memcpy(g->ctrl, group->ctrl, sizeof(g->ctrl));
    for (uintptr_t k = 0; k < groupSlots; k++) {
        if (group->ctrl[k] >= ctrlEmpty)
            continue;
        void *place = key_place(t, group, k);
        g->key[k] = slot_key(t, MAP_SLOW, place);
        g->elem[k] = slot_elem(t, MAP_SLOW, elem_place(t, MAP_SLOW, place));
    }
}

char swissview_letter(uint8_t ctrl)
{
    if (ctrl < ctrlEmpty)
        return '#';
    return ctrl == ctrlEmpty ? '.' : '_';
}

struct swissCounts swissview_counts(const struct maptype *t,
                                    const struct swissMap *m)
{
    struct swissCounts c = {
        .used = m->used,
        .dirLen = (uintptr_t)m->dirLen,
        .globalDepth = m->globalDepth,
    };
    struct swissWalk w;
    struct tableView v;
    swissview_begin(&w, t, m);
    while (swissview_next(&w, &v)) {
        c.tables += v.tab != NULL;
        c.groups += v.groups;
        c.capacity += v.capacity;
        c.tombstones += v.tombstones;
    }
    return c;
}

size_t swissview_frame(const struct maptype *t, const struct swissMap *m)
{
    struct swissWalk w;
    struct tableView v;
    size_t bytes = objsize_slot(modelled, sizeof(*m), false);

    if (m->dirLen > 0)
        bytes += objsize_slot(modelled, (size_t)m->dirLen * PtrSize, false);
    swissview_begin(&w, t, m);
    while (swissview_next(&w, &v)) {
        if (v.tab != NULL)
            bytes += objsize_slot(modelled, sizeof(*v.tab), false);
        bytes += objsize_slot(modelled, v.groups * t->group->size,
                              t->group->ptrdata == 0);
    }
    return bytes;
}
