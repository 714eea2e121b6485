/*
 * fixalloc.c: records of one size.
 *
 *     mheap: spans, mcaches --> [fixalloc] --chunks--> persistentalloc
 *
 * Locking: none of its own; the caller's lock guards f (mheap's, in the heap).
 *
 * Invariants, each verified by fixalloc_check:
 *   fixalloc.1  carved == inuse + size * (records on list)
 *   fixalloc.2  nchunk is a multiple of size and less than chunksize
 *   fixalloc.3  records are aligned to f->align
 */
#include "alloc/page/fixalloc.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include <string.h>

#include "alloc/page/limits.h"

struct fixalloc_link {
    struct fixalloc_link *next;
};

/* Go: mfixalloc.go (*fixalloc).init */
void fixalloc_init(struct fixalloc *f, size_t size,
                   void (*first)(void *arg, void *p), void *arg,
                   struct sysMemStat *stat)
{
    ASSERT(size >= sizeof(struct fixalloc_link));
    *f = (struct fixalloc){
        .size = align_up(size, 8),
        .align = size % CacheLine == 0 ? CacheLine : 8,
        .first = first,
        .arg = arg,
        .stat = stat,
    };
    size_t records = FixAllocChunk / f->size;
    f->chunksize = (records > 0 ? records : 1) * f->size;
}

/* The next record of the chunk, of a new chunk if that is used up. */
static void *carve(struct fixalloc *f)
{
    if (f->nchunk == 0) {
        void *fresh = persistentalloc(f->chunksize, f->align, f->stat);
        if (fresh == NULL)
            return NULL;
        f->chunk = (uintptr_t)fresh;
        f->nchunk = f->chunksize;
    }
    void *p = (void *)f->chunk;
    f->chunk += f->size;
    f->nchunk -= f->size;
    f->carved += f->size;
    if (f->first != NULL)
        f->first(f->arg, p);
    return p;
}

void *fixalloc_alloc(struct fixalloc *f)
{
    void *p = f->list;
    if (p == NULL) {
        p = carve(f);
        if (p == NULL)
            return NULL;
    } else {
        f->list = f->list->next;
        memset(p, 0, f->size);
    }
    f->inuse += f->size;
    return p;
}

void fixalloc_free(struct fixalloc *f, void *p)
{
    ASSERT(p != NULL && f->inuse >= f->size);
    f->inuse -= f->size;
    struct fixalloc_link *v = p;
    v->next = f->list;
    f->list = v;
}

void fixalloc_check(const struct fixalloc *f)
{
    size_t listed = 0;
    for (const struct fixalloc_link *v = f->list; v != NULL; v = v->next) {
        ASSERT((uintptr_t)v % f->align == 0); /* fixalloc.3 */
        listed += f->size;
        ASSERT(listed <= f->carved);
    }
    ASSERT(f->carved == f->inuse + listed); /* fixalloc.1 */
    ASSERT(f->nchunk % f->size == 0 &&
           f->nchunk < f->chunksize); /* fixalloc.2 */
}
