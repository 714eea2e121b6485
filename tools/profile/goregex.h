/*
 * goregex.h: does a name match a regular expression as Go's users write them?
 *
 * Go's regexp and RE2 are one language, by one author: what Go refuses
 * (look-around, back references) is refused here, and matching takes time in
 * proportion to the text whatever the expression.
 */
#ifndef TOOLS_PROFILE_GOREGEX_H
#define TOOLS_PROFILE_GOREGEX_H

#include <stdbool.h>
#include <stddef.h>

struct goregex;

/* NULL when text is no such expression; err (size bytes) says why. */
struct goregex *goregex_compile(const char *text, char *err, size_t size);
void goregex_free(struct goregex *re); /* NULL is fine */
/* True when re matches anywhere in s. */
bool goregex_matches(const struct goregex *re, const char *s);

#endif
