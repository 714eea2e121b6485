/*
 * spanlist.c: linked lists of spans.
 *
 * Locking: whoever owns the list locks it (an mcentral's shelf).
 *
 * Invariant, verified by spanList_check:
 *   L1  every span on the list names it as its list
 */
#include "alloc/spanlist.h"
#include "runtime/base/throw.h"

/* Whether a list is empty may be asked without its lock: an atomic store. */
static void set_first(struct spanList *l, struct mspan *s)
{
    __atomic_store_n(&l->first, s, __ATOMIC_RELAXED);
}

void spanList_insert(struct spanList *l, struct mspan *s)
{
    ASSERT(s->list == NULL && s->next == NULL);
    s->next = l->first;
    s->list = l;
    set_first(l, s);
}

struct mspan *spanList_pop(struct spanList *l)
{
    struct mspan *s = l->first;
    if (s == NULL)
        return NULL;
    ASSERT(s->list == l);
    set_first(l, s->next);
    s->next = NULL;
    s->list = NULL;
    return s;
}

size_t spanList_check(const struct spanList *l)
{
    size_t n = 0;
    for (const struct mspan *s = l->first; s != NULL; s = s->next) {
        ASSERT(s->list == l); /* L1 */
        n++;
    }
    return n;
}
