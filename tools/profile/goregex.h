/*
 * goregex.h: does a name match a regular expression as Go's users write them?
 *
 * Go's syntax (RE2), as PCRE2 reads it. That takes all of RE2's and more (\Z,
 * look-around): such an expression is refused by Go, and accepted here. A
 * repetition that RE2 would match in linear time may be given up.
 */
#ifndef TOOLS_PROFILE_GOREGEX_H
#define TOOLS_PROFILE_GOREGEX_H

#include "runtime/base/base.h"

struct goregex;

/* NULL when text is no such expression; err (size bytes) says why. */
struct goregex *goregex_compile(const char *text, char *err, size_t size);
void goregex_free(struct goregex *re); /* NULL is fine */
/* True when re matches anywhere in s. Ends the program, with status 2, where that
 * takes more than PCRE2's limit of ten million steps. */
bool goregex_matches(const struct goregex *re, const char *s);

#endif
