/*
 * goregex.h: does a name match a regular expression as Go's users write them?
 *
 * Go's syntax (RE2) on top of POSIX extended expressions, which are so near that
 * only spelling differs: \d, (?i), (?:…), and lazy quantifiers, which do not
 * matter to a yes or no. \pN classes and flags inside an expression are refused.
 */
#ifndef TOOLS_GOREGEX_H
#define TOOLS_GOREGEX_H

#include "runtime/base.h"

struct goregex;

/* NULL when text is no such expression; err (size bytes) says why. */
struct goregex *goregex_compile(const char *text, char *err, size_t size);
void goregex_free(struct goregex *re); /* NULL is fine */
/* True when re matches anywhere in s. */
bool goregex_matches(const struct goregex *re, const char *s);

#endif
