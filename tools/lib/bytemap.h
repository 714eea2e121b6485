/*
 * bytemap.h: a hash table from keys of any bytes to pointers.
 */
#ifndef TOOLS_LIB_BYTEMAP_H
#define TOOLS_LIB_BYTEMAP_H

#include "runtime/base/base.h"

struct byteMap;

struct byteMap *bytemap_new(void);
void bytemap_free(struct byteMap *m); /* not the values; NULL is fine */

/* The value of a key, NULL where there is none. */
void *bytemap_get(const struct byteMap *m, const void *key, size_t len);
/* The key is copied; a value it had is replaced. */
void bytemap_put(struct byteMap *m, const void *key, size_t len, void *value);
void bytemap_remove(struct byteMap *m, const void *key, size_t len);

#endif
