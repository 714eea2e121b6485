/*
 * mapowner.h: whose allocation it is. While a map allocates, its thread names
 * it (m->owner), and so the profile can say which make is to blame.
 */
#ifndef MAP_MAPOWNER_H
#define MAP_MAPOWNER_H

#include "alloc/malloc.h"
#include "runtime/sched/thread.h"

/* From here to map_disown, profiles name map m as the owner of what is
 * allocated. Returns who it was before. */
ALWAYS_INLINE const void *map_own(const void *m)
{
    struct m *thread = getm();
    const void *before = thread->owner;
    thread->owner = m;
    return before;
}

ALWAYS_INLINE void map_disown(const void *before)
{
    getm()->owner = before;
}

/* newobject(typ) for map m. Inlined, so that the caller is the one in the
 * chain. */
ALWAYS_INLINE void *map_newobject(const void *m, const struct type *typ)
{
    const void *before = map_own(m);
    void *p = newobject(typ);
    map_disown(before);
    return p;
}

#endif
