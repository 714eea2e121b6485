/*
 * annotate.h: what tools that watch memory must be told. A conservative scan
 * reads words of a stack that no variable owns; memcheck would follow such a
 * word through the whole collector. Costs a few instructions without effect
 * where the program does not run under valgrind, and nothing where its header
 * is not installed.
 */
#ifndef RUNTIME_ANNOTATE_H
#define RUNTIME_ANNOTATE_H

#include "runtime/base.h"

#if __has_include(<valgrind/memcheck.h>)
#    include <valgrind/memcheck.h>
#endif

/* word, from now on counted as initialised. */
ALWAYS_INLINE uintptr_t annotate_defined(uintptr_t word)
{
#ifdef VALGRIND_MAKE_MEM_DEFINED
    (void)VALGRIND_MAKE_MEM_DEFINED(&word, sizeof(word));
#endif
    return word;
}

#endif
