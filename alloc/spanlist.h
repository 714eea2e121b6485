/*
 * spanlist.h: doubly linked lists of spans. A span is on one list at most; its
 * owner is whoever's list it is on. The caller locks. Go: mheap.go mSpanList.
 */
#ifndef ALLOC_SPANLIST_H
#define ALLOC_SPANLIST_H

#include "alloc/span.h"

struct spanList {
    struct mspan *first;
    struct mspan *last;
};

ALWAYS_INLINE void spanList_init(struct spanList *l)
{
    l->first = NULL;
    l->last = NULL;
}

/* Also without the list's lock: then the answer is of some moment ago. */
ALWAYS_INLINE bool spanList_isEmpty(const struct spanList *l)
{
    return __atomic_load_n(&l->first, __ATOMIC_RELAXED) == NULL;
}

/* s must be on no list. Go: mheap.go (*mSpanList).insert, insertBack */
void spanList_insert(struct spanList *l, struct mspan *s);
void spanList_insertBack(struct spanList *l, struct mspan *s);

/* s must be on l. Go: mheap.go (*mSpanList).remove */
void spanList_remove(struct spanList *l, struct mspan *s);

/* The first span, taken off the list; NULL when empty. */
struct mspan *spanList_pop(struct spanList *l);

/* Moves all of other behind l's spans; other is empty then.
 * Go: mheap.go (*mSpanList).takeAll */
void spanList_takeAll(struct spanList *l, struct spanList *other);

/* Proves L1..L3 (spanlist.c). Returns how many spans l holds. */
size_t spanList_check(const struct spanList *l);

#endif
