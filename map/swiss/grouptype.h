/*
 * grouptype.h: how a group of a swiss map is laid out for a key and an element
 * type, and the descriptors of what such a map itself allocates.
 */
#ifndef MAP_SWISS_GROUPTYPE_H
#define MAP_SWISS_GROUPTYPE_H

#include "map/maptype.h"

/* Sets t->group, the sizes and elemoff and the rest of its layout from
 * its key and elem. False without memory.
 * Go: cmd/compile/internal/reflectdata/map.go MapGroupType. */
bool grouptype_fill(struct maptype *t);

/* One descriptor each for the whole process. */
const struct type *swissMap_type(void);      /* maps.Map: 48 bytes */
const struct type *swissTable_type(void);    /* maps.table: 32 bytes */
const struct type *swissTablePtr_type(void); /* *maps.table */

#endif
