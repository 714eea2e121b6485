/*
 * spanlist.h: lists of spans, the last one put there comes out first. A span is
 * on one list at most. The caller locks. Go: mheap.go mSpanList. Difference:
 * there they are doubly linked; nothing here leaves a list from the middle, and
 * a span record without that link fills two cache lines.
 */
#ifndef ALLOC_SPANLIST_H
#define ALLOC_SPANLIST_H

#include "alloc/span.h"

struct spanList {
    struct mspan *first;
};

ALWAYS_INLINE void spanList_init(struct spanList *l)
{
    l->first = NULL;
}

/* Also without the list's lock: then the answer is of some moment ago. */
ALWAYS_INLINE bool spanList_isEmpty(const struct spanList *l)
{
    return __atomic_load_n(&l->first, __ATOMIC_RELAXED) == NULL;
}

/* Puts s in front; it must be on no list. Go: mheap.go (*mSpanList).insert */
void spanList_insert(struct spanList *l, struct mspan *s);

/* The first span, taken off the list; NULL when empty. */
struct mspan *spanList_pop(struct spanList *l);

/* Proves L1 (spanlist.c). Returns how many spans l holds. */
size_t spanList_check(const struct spanList *l);

#endif
