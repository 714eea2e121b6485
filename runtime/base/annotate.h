/*
 * annotate.h: what tools that watch memory must be told. A conservative scan
 * reads words of a stack that no variable owns; memcheck would follow such a
 * word through the whole collector. Costs a few instructions without effect
 * where the program does not run under valgrind, and nothing where its header
 * is not installed.
 */
#ifndef RUNTIME_BASE_ANNOTATE_H
#define RUNTIME_BASE_ANNOTATE_H

#include "runtime/base/base.h"

#if __has_include(<valgrind/memcheck.h>)
#    include <valgrind/memcheck.h>
#endif

/* The n bytes at p count as initialised from now on. */
ALWAYS_INLINE void annotate_defined(const void *p, size_t n)
{
#ifdef VALGRIND_MAKE_MEM_DEFINED
    (void)VALGRIND_MAKE_MEM_DEFINED(p, n);
#else
    (void)p;
    (void)n;
#endif
}

#endif
