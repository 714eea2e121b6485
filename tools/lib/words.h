/*
 * words.h: words that a user typed: a number, a mistyped name.
 */
#ifndef TOOLS_LIB_WORDS_H
#define TOOLS_LIB_WORDS_H

#include "runtime/base/base.h"

/* Of names (n of them) the one nearest to word, counting insertions, deletions,
 * changes and swaps of neighbours; NULL when none is near enough to help. */
const char *nearest(const char *word, const char *const *names, size_t n);

/* The number in text, which must be all of it: decimal, 1e12, 0x… or 0…, with
 * underscores between digits if you like, in min..max. False when it is
 * none. */
bool parse_int(const char *text, int64_t min, int64_t max, int64_t *value);

/* The same for any number of 64 bits without a sign. */
bool parse_uint(const char *text, uint64_t *value);

#endif
