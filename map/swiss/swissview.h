/*
 * swissview.h: looking at a swiss map without touching it: directory, tables,
 * groups and slots. For drawing and for digests.
 */
#ifndef MAP_SWISS_SWISSVIEW_H
#define MAP_SWISS_SWISSVIEW_H

#include "map/swiss/swissmap.h"

struct gomap;

/* m as the swiss map that it is: of a type of MAPKIND_SWISS. */
const struct swissMap *swissview_map(const struct gomap *m);

/* One different table. */
struct tableView {
    const struct swissTable *tab; /* NULL: the one group of a small map */
    uintptr_t index;              /* its first place in the directory … */
    uintptr_t places;             /* … and how many it has */
    uint8_t localDepth;
    uint32_t capacity; /* slots */
    uint32_t used;
    uint32_t growthLeft;
    uint32_t tombstones;
    size_t groups;
};

/* One group of a table. */
struct groupView {
    const struct swissGroup *g;
    uint8_t ctrl[groupSlots];
    const void *key[groupSlots]; /* NULL where the slot holds no entry */
    const void *elem[groupSlots];
};

/* A walk over all groups, table by table in order of the directory; a small
 * map's group is one of a table without a place. */
struct swissWalk {
    const struct maptype *t;
    const struct swissMap *m;
    uintptr_t place; /* in the directory: the next table's first */
};

void swissview_begin(struct swissWalk *w, const struct maptype *t,
                     const struct swissMap *m);
/* The next table. False when there is none; then *v is unchanged. */
bool swissview_next(struct swissWalk *w, struct tableView *v);
/* Group i < v->groups of the table that w showed as *v. */
void swissview_group(const struct swissWalk *w, const struct tableView *v,
                     size_t i, struct groupView *g);

/* The control bytes of that group alone. */
const uint8_t *swissview_ctrl(const struct swissWalk *w,
                              const struct tableView *v, size_t i);

/* One letter for a control byte: '#' an entry, '.' empty, '_' deleted. */
char swissview_letter(uint8_t ctrl);

/* The map as a whole. */
struct swissCounts {
    uint64_t used; /* len(m) */
    uintptr_t dirLen;
    uint8_t globalDepth;
    size_t tables;   /* different ones */
    size_t groups;   /* of all; a small map has one, or none before a write */
    size_t capacity; /* slots of all */
    size_t tombstones;
};

/* Bytes of all objects that the map is made of: header, directory, tables,
 * groups; not of boxes. */
size_t swissview_frame(const struct maptype *t, const struct swissMap *m);

struct swissCounts swissview_counts(const struct maptype *t,
                                    const struct swissMap *m);

#endif
