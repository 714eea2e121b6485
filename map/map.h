/*
 * map.h: THE DOOR of Go's maps, exact to the release that is modelled.
 *
 * A Go map is a hash table that allocates at moments which its user does not
 * see, and which moments those are is what this project is about. There are two
 * kinds, and the release decides which one a program has (goversion.h): they
 * keep the same entries, give the same answers, and allocate differently.
 *
 *   the bucket map  up to Go 1.23: map/classic/bucketmap.h is its essay
 *   the swiss map   from Go 1.24 on: map/swiss/swissmap.h is its essay
 *
 * WHO IS WHO HERE
 *   gomap     what a map variable points to: a header of 48 bytes of either
 *             kind, opaque
 *   maptype   what the compiler knows of map[K]V: sizes, key functions, the
 *             kind, the family of functions
 *   map_...   what the compiler emits for an operation: one switch, inlined,
 *             and the call of Go's own function for that kind and key
 *   mapiter   an iteration over either kind
 *
 * So whoever uses a map by this door need not know its kind. Whoever wants to
 * look at what it is made of asks t->kind, and then the view of that kind
 * (mapview.h).
 *
 * WHERE EACH ALLOCATION COMES FROM
 *                         bucket map                   swiss map
 *   make                  header, 48 bytes             the same
 *   make with a hint      an array of 2^B buckets      a directory, tables, and
 *                                                      a group array for each
 *   the first insert      one bucket                   one group
 *   the 9th               a first array of two         a table of two groups,
 *                                                      and a directory
 *   growth                an array of twice the size:  one table of twice the
 *                         old and new live until all   size; from 1024 slots on
 *                         entries have moved           two in its place
 *   a full bucket, group  overflow buckets, one by     nothing: the next group
 *                         one, when spares run out     has room
 *   key or element above  an object each               the same
 *   128 bytes
 *   look-up, delete,      nothing                      nothing
 *   clear
 *
 * WHO MAY CALL WHEN
 * One thread writes, or any number read; the caller sees to it. As in Go a mark
 * in the header catches some of those who do not: they end in Go's words. A
 * collection may run at each allocation, so whoever lets one start by itself
 * must have the stacks scanned, as in Go.
 *
 * Also through this door: boxing in interfaces (iface.h), sync.Map (sync/).
 */
#ifndef MAP_MAP_H
#define MAP_MAP_H

#include "map/gomap.h"
#include "map/iface.h"
#include "map/mapshared.h"
#include "map/maptype.h"
#include "map/sync/shardmap.h"
#include "map/sync/syncmap.h"

#endif
