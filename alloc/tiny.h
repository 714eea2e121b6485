/*
 * tiny.h: several pointer-free objects below 16 bytes share one 16-byte block.
 *
 *     | int32 | int8 .. | int64         |   one block, three objects
 *       0..3    4         8..15
 *
 * A block is freed when nothing points into it any more, so its objects must
 * not hold pointers: then at most one block is kept alive by one small object,
 * and 16 bytes is all it can cost. Small strings and escaping numbers live here.
 * The block belongs to the thread's mcache: no lock. Go: malloc.go mallocgc.
 */
#ifndef ALLOC_TINY_H
#define ALLOC_TINY_H

#include "alloc/mcache.h"

enum {
    maxTinySize = 16,  /* bytes of a block; an object is smaller */
    tinySizeClass = 2, /* of the block: 16 bytes */
    tinySpanClass = tinySizeClass << 1 | 1, /* pointer-free */
};

/* Where in the block an object of size bytes may start at or after off. Its
 * type is not known here, so the size must tell how strict to be: by the lowest
 * bit of it, 8 at most. */
ALWAYS_INLINE uintptr_t tiny_align(uintptr_t off, size_t size)
{
    size_t lowest = (size | 8) & -(size | 8);

    return align_up(off, lowest);
}

/* A place for size bytes in c's open block, or NULL when it does not fit. */
ALWAYS_INLINE void *tiny_place(struct mcache *c, size_t size)
{
    uintptr_t off = tiny_align(c->tinyoffset, size);

    if (off + size > maxTinySize || c->tiny == 0)
        return NULL;
    c->tinyoffset = off + size;
    c->tinyAllocs++;
    return (void *)(c->tiny + off);
}

/* Block x was opened for an object of size bytes. It becomes the open block if
 * it has more room left than the one before. */
ALWAYS_INLINE void tiny_open(struct mcache *c, uintptr_t x, size_t size)
{
    c->local.stats.tinyBlocks++;
    if (size < c->tinyoffset || c->tiny == 0) {
        c->tiny = x;
        c->tinyoffset = size;
    }
}

#endif
