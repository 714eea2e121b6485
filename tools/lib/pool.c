/*
 * pool.c: chunks of libc memory, carved from the front, freed together.
 *
 * Nothing is ever given back singly. A piece larger than a quarter of a chunk
 * gets a chunk of its own, so that the rest of the open chunk is not lost.
 *
 * Locking: none; a pool belongs to one thread.
 */
#include "tools/lib/pool.h"

#include "tools/lib/bytemap.h"
#include "tools/lib/exits.h"

#include <stdlib.h>
#include <string.h>

enum { ChunkSize = 64 << 10, PieceAlign = 16 };

struct poolChunk {
    struct poolChunk *next;
    max_align_t bytes[];
};

struct pool {
    struct poolChunk *chunks;
    char *free; /* the open chunk's unused bytes */
    size_t left;
    struct byteMap *strings; /* by their bytes */
};

void *array_reserve(void *array, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return array;
    size_t n = *cap ? *cap * 2 : 16;
    if (n < need)
        n = need;
    array = xrealloc(array, n, size);
    *cap = n;
    return array;
}

struct pool *pool_new(void)
{
    struct pool *p = xcalloc(1, sizeof *p);
    p->strings = bytemap_new();
    return p;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    bytemap_free(p->strings);
    for (struct poolChunk *c = p->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(p);
}

static char *new_chunk(struct pool *p, size_t size)
{
    struct poolChunk *c = xcalloc(1, sizeof *c + size);
    c->next = p->chunks;
    p->chunks = c;
    return (char *)c->bytes;
}

void *pool_alloc(struct pool *p, size_t size)
{
    size = align_up(size, PieceAlign);
    if (size > ChunkSize / 4)
        return new_chunk(p, size);
    if (size > p->left) {
        p->free = new_chunk(p, ChunkSize);
        p->left = ChunkSize;
    }
    char *piece = p->free;
    p->free += size;
    p->left -= size;
    return piece;
}

const char *pool_intern_n(struct pool *p, const char *s, size_t len)
{
    len = strnlen(s, len);
    char *interned = bytemap_get(p->strings, s, len);
    if (interned)
        return interned;
    interned = pool_alloc(p, len + 1);
    memcpy(interned, s, len);
    bytemap_put(p->strings, s, len, interned);
    return interned;
}

const char *pool_intern(struct pool *p, const char *s)
{
    return pool_intern_n(p, s, strlen(s));
}
