/*
 * fixalloc.h: records of one size, for metadata: spans and mcaches. A freed
 * record goes on a list and is the next one given out; nothing returns to the
 * system. The caller locks. Go: mfixalloc.go.
 */
#ifndef ALLOC_PAGE_FIXALLOC_H
#define ALLOC_PAGE_FIXALLOC_H

#include "runtime/base/sysmem.h"

struct fixalloc {
    size_t size;                       /* bytes a record, a multiple of align */
    size_t align;                      /* 8, or CacheLine where size is a
                                          multiple of that */
    void (*first)(void *arg, void *p); /* sees each record once, when it is
                                          carved for the first time; or NULL */
    void *arg;                         /* first's */
    struct fixalloc_link *list;        /* freed records */
    uintptr_t chunk;  /* address of the uncarved rest of the last chunk */
    size_t nchunk;    /* bytes in that rest */
    size_t chunksize; /* bytes asked for at a time: whole records */
    size_t inuse;     /* bytes in records given out */
    size_t carved;    /* bytes in records ever carved */
    struct sysMemStat *stat;
};

/* Sets f up for records of size bytes on stat's account. */
void fixalloc_init(struct fixalloc *f, size_t size,
                   void (*first)(void *arg, void *p), void *arg,
                   struct sysMemStat *stat);

/* A zeroed record, aligned to f->align, the caller's until fixalloc_free; NULL
 * when the system gives no memory. Go: mfixalloc.go (*fixalloc).alloc.
 * Difference: Go throws without memory, and can leave old contents (zero =
 * false). */
void *fixalloc_alloc(struct fixalloc *f);

/* Takes p back. p must have come from f and must not be used any more.
 * Go: mfixalloc.go (*fixalloc).free */
void fixalloc_free(struct fixalloc *f, void *p);

/* Proves fixalloc.1 to fixalloc.3 (fixalloc.c): walks the list of free
 * records. */
void fixalloc_check(const struct fixalloc *f);

#endif
