/*
 * gcwork.c: the ranges that marking starts from, and the clock of cycles.
 *
 *     gc_add_roots, gc_scan_this_stack --> [gcwork] --words--> mark
 *
 * Locking: r->lock guards the list; a cycle reads it while the world is
 * stopped.
 *
 * Invariants, verified by roots_check:
 *   gcwork.1  bytes is the sum of all ranges' sizes
 *   gcwork.2  no two ranges begin at the same address
 */
#include "alloc/gc/gcwork.h"

#include "runtime/base/clock.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"

void roots_init(struct roots *r)
{
    mutex_init(&r->lock, lockRankRoots, "roots");
    r->all = NULL;
    r->spare = NULL;
    r->bytes = 0;
}

/* The link that points at the range beginning at base, or at NULL. */
static struct rootRange **find_locked(struct roots *r, uintptr_t base)
{
    struct rootRange **link = &r->all;

    assertLockHeld(&r->lock);
    while (*link != NULL && (*link)->base != base)
        link = &(*link)->next;
    return link;
}

static struct rootRange *new_range_locked(struct roots *r)
{
    struct rootRange *range = r->spare;

    if (range == NULL)
        return persistentalloc(sizeof(*range), 0, &sysstats.other_sys);
    r->spare = range->next;
    return range;
}

static bool add_locked(struct roots *r, uintptr_t base, size_t size)
{
    struct rootRange **link = find_locked(r, base);

    if (*link == NULL) {
        struct rootRange *range = new_range_locked(r);
        if (range == NULL)
            return false;
        *range = (struct rootRange){.base = base};
        *link = range;
    }
    r->bytes += size - (*link)->size;
    (*link)->size = size;
    return true;
}

bool roots_add(struct roots *r, void *p, size_t size)
{
    lock(&r->lock);
    bool ok = add_locked(r, (uintptr_t)p, size);
    unlock(&r->lock);
    return ok;
}

void roots_remove(struct roots *r, void *p)
{
    lock(&r->lock);
    struct rootRange **link = find_locked(r, (uintptr_t)p);
    struct rootRange *range = *link;
    if (range != NULL) {
        *link = range->next;
        range->next = r->spare;
        r->spare = range;
        r->bytes -= range->size;
    }
    unlock(&r->lock);
}

void roots_check(struct roots *r)
{
    size_t bytes = 0;

    lock(&r->lock);
    for (struct rootRange *a = r->all; a != NULL; a = a->next) {
        bytes += a->size;
        for (struct rootRange *b = a->next; b != NULL; b = b->next)
            ASSERT(a->base != b->base); /* gcwork.2 */
    }
    ASSERT(bytes == r->bytes); /* gcwork.1 */
    unlock(&r->lock);
}

void roots_each(struct roots *r, rootVisitor *visit, void *arg)
{
    for (const struct rootRange *a = r->all; a != NULL; a = a->next)
        visit(arg, a->base, a->base + a->size);
}

void gcwork_init(struct gcwork *w, struct mheap *mheap)
{
    roots_init(&w->roots);
    marker_init(&w->marker, mheap);
    w->initTime = nanotime();
}
