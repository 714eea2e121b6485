/*
 * printable.h: text that came from outside, made fit to be shown.
 *
 * A function name in a profile, a map's name in a workload, an argument: each
 * may hold an escape sequence that clears the screen, a newline that forges a
 * row, a tab that forges a column, a mark that turns the reading direction, or
 * bytes that are no UTF-8. Every text form shows them escaped, as Go's %q does
 * ("\x1b", "\n", "\u202e", "\xff"); a backslash stays as it is.
 */
#ifndef TOOLS_LIB_PRINTABLE_H
#define TOOLS_LIB_PRINTABLE_H

/* text on one line. text itself where nothing has to be escaped, else a copy
 * that stays until the program ends: one for each different text. */
const char *printable(const char *text);

/* The same, its newlines kept: for what another program said. */
const char *printable_lines(const char *text);

/* For JSON, which escapes control characters itself: each byte that is no UTF-8
 * becomes U+FFFD, as encoding/json writes it. Owned as printable's. */
const char *valid_utf8(const char *text);

#endif
