/*
 * swissdir.h: what hangs on a map: nothing, a group, or a directory of tables.
 */
#ifndef MAP_SWISS_SWISSDIR_H
#define MAP_SWISS_SWISSDIR_H

#include "map/swiss/swissgroup.h"

/* The first write: m gets its one group. Go: maps/map.go (*Map).growToSmall. */
void swissMap_growToSmall(struct swissMap *m, const struct maptype *t);

/* The ninth entry: the group's entries move to a table of 16 slots, in a
 * directory of one. Returns the table. Go: maps/map.go (*Map).growToTable. */
struct swissTable *swissMap_growToTable(struct swissMap *m,
                                        const struct maptype *t);

/* tab takes all places of its index and depth.
 * Go: maps/map.go (*Map).replaceTable. */
void swissMap_replaceTable(struct swissMap *m, struct swissTable *tab);

/* left and right, whose localDepth is old's and one, take old's places; the
 * directory doubles where old has only one.
 * Go: maps/map.go (*Map).installTableSplit. */
void swissMap_installTableSplit(struct swissMap *m,
                                const struct swissTable *old,
                                struct swissTable *left,
                                struct swissTable *right);

/* A directory of n tables becomes m's. */
void swissMap_setDirectory(struct swissMap *m, struct swissTable **directory,
                           uintptr_t n);

#endif
