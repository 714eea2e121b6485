/*
 * pool.h: what the tools keep a document in: memory that is taken piece by
 * piece and given back all at once, and a table from any bytes to pointers.
 *
 * A profile is thousands of small pieces (frames, samples, strings) with one
 * life; the pool is that life. Strings are interned: two equal strings of one
 * pool are one pointer, so later comparisons are pointer comparisons. Tools
 * only: the memory is libc's, and when there is none the program ends.
 */
#ifndef TOOLS_LIB_POOL_H
#define TOOLS_LIB_POOL_H

#include "runtime/base/base.h"

struct pool;

struct pool *pool_new(void);
void pool_free(struct pool *p); /* NULL is fine */

/* size zeroed bytes, aligned for any type, that live as long as the pool. */
void *pool_alloc(struct pool *p, size_t size);

/* The pool's one copy of s (len bytes; cut at the first NUL). */
const char *pool_intern_n(struct pool *p, const char *s, size_t len);
const char *pool_intern(struct pool *p, const char *s);

/* Room for at least need elements of size bytes each in an array that starts
 * life as NULL with *cap 0 and grows by doubling; new room is not zeroed.
 * Returns the array, perhaps moved; the caller frees it. */
void *array_reserve(void *array, size_t *cap, size_t need, size_t size);

/*
 * A hash table from keys of any bytes to pointers.
 */

struct byteMap;

struct byteMap *bytemap_new(void);
void bytemap_free(struct byteMap *m); /* not the values; NULL is fine */

/* The value of a key, NULL where there is none. */
void *bytemap_get(const struct byteMap *m, const void *key, size_t len);
/* The key is copied; a value it had is replaced. */
void bytemap_put(struct byteMap *m, const void *key, size_t len, void *value);
void bytemap_remove(struct byteMap *m, const void *key, size_t len);

#endif
