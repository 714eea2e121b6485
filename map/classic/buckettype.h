/*
 * buckettype.h: the layout of a bucket, and the descriptors of what else a
 * bucket map allocates.
 *
 * Each of those is one descriptor for the whole process, and asking for it
 * costs a call that takes no lock: makemap_small asks on every `make`.
 */
#ifndef MAP_CLASSIC_BUCKETTYPE_H
#define MAP_CLASSIC_BUCKETTYPE_H

#include "map/maptype.h"

/* Lays out the buckets of t, of which key and elem are set: bucket, the sizes,
 * and what is indirect. False without memory.
 * Go: cmd/compile/internal/reflectdata/reflect.go MapBucketType. */
bool buckettype_fill(struct maptype *t);

const struct type *hmap_type(void);      /* runtime.hmap: 48 bytes */
const struct type *mapextra_type(void);  /* runtime.mapextra: 24 bytes */
const struct type *bmapSlice_type(void); /* []*runtime.bmap: a slice header */
const struct type *bmapPtr_type(void);   /* *runtime.bmap: its element */

#endif
