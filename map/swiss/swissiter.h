/*
 * swissiter.h: the ordinary step of an iteration. Part of the door (map/gomap.h
 * includes it).
 *
 * swissiter.c goes from group to group. Of the one that it comes to it notes
 * which slots are still to come (it->window), and the steps to those are taken
 * here, in the loop itself: a call each would take longer than the step. Which
 * of them hold an entry is asked at each step, as the loop's body may have
 * added or deleted some in between.
 *
 * There is no note where keys or elements are kept by pointer, nor of a small
 * map or of a table that has been replaced, as swissiter.c has to look further
 * there.
 */
#ifndef MAP_SWISS_SWISSITER_H
#define MAP_SWISS_SWISSITER_H

#include "map/swiss/swissmap.h"
#include "runtime/base/bytes8.h"

/* The next entry wherever it is; also a safepoint, so there is one at least
 * once a group. */
void swiss_mapiternext_search(struct swissIter *it);

/* Slots of the noted group that have an entry and are still to come; none where
 * the table has been replaced, or somebody is writing: a writer's mark is what
 * swiss_mapiternext_search ends the program for. */
ALWAYS_INLINE uint64_t swissIter_left(const struct swissIter *it)
{
    if (it->window == 0 || UNLIKELY(*it->index < 0) ||
        UNLIKELY(__atomic_load_n(&it->m->writing, __ATOMIC_RELAXED) != 0))
        return 0;
    struct bytes8 ctrls = bytes8_load(it->group);
    return bytes8_others(bytes8_high(ctrls)) & it->window;
}

ALWAYS_INLINE void swiss_mapiternext(struct swissIter *it)
{
    uint64_t left = swissIter_left(it);
    if (UNLIKELY(left == 0)) {
        swiss_mapiternext_search(it);
        return;
    }
    uintptr_t i = bytes8_first(left);
    char *key = (char *)it->group + groupSlots + i * it->slotsize;
    it->window = bytes8_after(it->window, i);
    it->key = key; /* behind the control bytes */
    it->elem = key + it->t->elemoff;
}

#endif
