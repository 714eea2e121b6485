/*
 * nearest.h: the name that a mistyped word was probably meant to be.
 */
#ifndef TOOLS_LIB_NEAREST_H
#define TOOLS_LIB_NEAREST_H

#include "runtime/base/base.h"

/* Of names (n of them) the one nearest to word, counting insertions, deletions,
 * changes and swaps of neighbours; NULL when none is near enough to help. */
const char *nearest(const char *word, const char *const *names, size_t n);

#endif
