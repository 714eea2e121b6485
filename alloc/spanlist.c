/*
 * spanlist.c: doubly linked lists of spans.
 *
 * Locking: whoever owns the list locks it (an mcentral's shelf, in the heap).
 *
 * Invariants, each verified by spanList_check:
 *   L1  first and last are both NULL or both not
 *   L2  s->next->prev == s, first->prev == NULL, last->next == NULL
 *   L3  every span on the list names it as its list
 */
#include "alloc/spanlist.h"
#include "runtime/throw.h"

/* Whether a list is empty may be asked without its lock: an atomic store. */
static void set_first(struct spanList *l, struct mspan *s)
{
    __atomic_store_n(&l->first, s, __ATOMIC_RELAXED);
}

/* Go: mheap.go (*mSpanList).insert */
void spanList_insert(struct spanList *l, struct mspan *s)
{
    ASSERT(s->list == NULL && s->next == NULL && s->prev == NULL);
    s->next = l->first;
    if (l->first != NULL)
        l->first->prev = s;
    else
        l->last = s;
    set_first(l, s);
    s->list = l;
}

/* Go: mheap.go (*mSpanList).insertBack */
void spanList_insertBack(struct spanList *l, struct mspan *s)
{
    ASSERT(s->list == NULL && s->next == NULL && s->prev == NULL);
    s->prev = l->last;
    if (l->last != NULL)
        l->last->next = s;
    else
        set_first(l, s);
    l->last = s;
    s->list = l;
}

/* Go: mheap.go (*mSpanList).remove */
void spanList_remove(struct spanList *l, struct mspan *s)
{
    ASSERT(s->list == l);
    if (s->prev != NULL)
        s->prev->next = s->next;
    else
        set_first(l, s->next);
    if (s->next != NULL)
        s->next->prev = s->prev;
    else
        l->last = s->prev;
    s->next = NULL;
    s->prev = NULL;
    s->list = NULL;
}

struct mspan *spanList_pop(struct spanList *l)
{
    struct mspan *s = l->first;
    if (s != NULL)
        spanList_remove(l, s);
    return s;
}

/* Go: mheap.go (*mSpanList).takeAll. Difference: Go puts other in front. */
void spanList_takeAll(struct spanList *l, struct spanList *other)
{
    if (other->first == NULL)
        return;
    for (struct mspan *s = other->first; s != NULL; s = s->next)
        s->list = l;
    other->first->prev = l->last;
    if (l->last != NULL)
        l->last->next = other->first;
    else
        set_first(l, other->first);
    l->last = other->last;
    spanList_init(other);
}

size_t spanList_check(const struct spanList *l)
{
    ASSERT((l->first == NULL) == (l->last == NULL)); /* L1 */
    size_t n = 0;
    const struct mspan *prev = NULL;
    for (const struct mspan *s = l->first; s != NULL; s = s->next) {
        ASSERT(s->list == l);    /* L3 */
        ASSERT(s->prev == prev); /* L2 */
        prev = s;
        n++;
    }
    ASSERT(l->last == prev);
    return n;
}
