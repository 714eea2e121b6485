/*
 * swissgrow.h: making room where a table has none: by turning tombstones back,
 * and by larger tables, or more of them.
 */
#ifndef MAP_SWISS_SWISSGROW_H
#define MAP_SWISS_SWISSGROW_H

#include "map/swiss/swissgroup.h"

/* Turns tombstones that no entry's search passes back into empty slots, if
 * they are a tenth of all slots; growthLeft tells.
 * Go: maps/table.go (*table).pruneTombstones. */
void swissTable_pruneTombstones(struct swissTable *tab, const struct maptype *t,
                                const struct swissMap *m);

/* tab has no room: replaces it by one of twice the capacity, or, where that is
 * more than maxTableCapacity, by two. Afterwards tab is no part of m.
 * Go: maps/table.go (*table).rehash. */
void swissTable_rehash(struct swissTable *tab, const struct maptype *t,
                       struct swissMap *m);

#endif
