/*
 * stressrelease.h: which release a stress program models: HMAP_STRESS_GO=1.27,
 * or the first of the table. So the same program works on either kind of map.
 */
#ifndef TESTS_STRESS_STRESSRELEASE_H
#define TESTS_STRESS_STRESSRELEASE_H

#include "runtime/base/goversion.h"
#include "runtime/base/throw.h"
#include <stdlib.h>

/* Before the heap and the first map type exist. */
static inline void stress_release(void)
{
    const char *name = getenv("HMAP_STRESS_GO");
    if (name == NULL)
        return;
    const struct goversion *v = goversion_named(name);
    if (v == NULL)
        throw("HMAP_STRESS_GO=%s: no such release; known: %s", name,
              goversion_list());
    goversion_choose(v);
}

#endif
