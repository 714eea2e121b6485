/*
 * maptype.h: the descriptors of what a map itself allocates. maptype_of and
 * maptype_parse, which make the descriptors of buckets, are at the door.
 *
 * Each is one descriptor for the whole process, and asking for it costs a call
 * that takes no lock: makemap_small asks on every `make`.
 */
#ifndef MAP_MAPTYPE_H
#define MAP_MAPTYPE_H

#include "map/map.h"

const struct type *hmap_type(void);      /* runtime.hmap: 48 bytes */
const struct type *mapextra_type(void);  /* runtime.mapextra: 24 bytes */
const struct type *bmapSlice_type(void); /* []*runtime.bmap: a slice header */
const struct type *bmapPtr_type(void);   /* *runtime.bmap: its element */

#endif
