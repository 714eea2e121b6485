/*
 * maptable.h: one descriptor for each pair of key and element type.
 * Part of the door (map.h includes it).
 */
#ifndef MAP_MAPTABLE_H
#define MAP_MAPTABLE_H

#include "map/maptype.h"

/* The map type of key and elem, one for each pair, of the kind that the
 * modelled release has. NULL and *err filled when key is not comparable. */
const struct maptype *maptype_of(const struct type *key,
                                 const struct type *elem,
                                 struct typeError *err);
/* The same from text: "map[string]int". */
const struct maptype *maptype_parse(const char *text, struct typeError *err);

#endif
