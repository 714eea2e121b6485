/*
 * text.h: text from people and for them: the words that a user typed, where a
 * line breaks, and what of a stranger's text may be shown.
 */
#ifndef TOOLS_LIB_TEXT_H
#define TOOLS_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Words that a user typed: a number, a mistyped name.
 */

/* Of names (n of them) the one nearest to word, counting insertions, deletions,
 * changes and swaps of neighbours; NULL when none is near enough to help. */
const char *nearest(const char *word, const char *const *names, size_t n);

/* The number in text, which must be all of it: decimal, 1e12, 0x… or 0…, with
 * underscores between digits if you like, in min..max. False when it is
 * none. */
bool parse_int(const char *text, int64_t min, int64_t max, int64_t *value);

/* The same for any number of 64 bits without a sign. */
bool parse_uint(const char *text, uint64_t *value);

/*
 * Where a line of text breaks.
 */

/*
 * The number of bytes of text that stand on a line of at most width columns:
 * up to the last blank that fits; where a word is longer than the line, up to
 * its last dot or slash that fits, or else width. A blank before '<' is no
 * place to break: a chain shows at the end of a line that it goes on. Bytes
 * count as columns: our texts are ASCII.
 */
size_t wrap_line(const char *text, size_t width);

/* text broken into lines of at most width columns, parted by newlines, in
 * libc's memory. */
char *wrap_text(const char *text, size_t width);

/* The longest piece of text that no break makes shorter: from this width on
 * words stay whole. */
size_t wrap_longest(const char *text);
/* The same where names may break, too, behind a dot or a slash. */
size_t wrap_longest_name(const char *text);

/* How many lines wrap_text makes of it. */
size_t wrap_count(const char *text, size_t width);

/*
 * Text that came from outside, made fit to be shown.
 *
 * A function name in a profile, a map's name in a workload, an argument: each
 * may hold an escape sequence that clears the screen, a newline that forges a
 * row, a tab that forges a column, a mark that turns the reading direction, or
 * bytes that are no UTF-8. Every text form shows them escaped, as Go's %q does
 * ("\x1b", "\n", "\u202e", "\xff"); a backslash stays as it is.
 */

/* text on one line. text itself where nothing has to be escaped, else a copy
 * that stays until the program ends: one for each different text. */
const char *printable(const char *text);

/* The same, its newlines kept: for what another program said. */
const char *printable_lines(const char *text);

/* For JSON, which escapes control characters itself: each byte that is no UTF-8
 * becomes U+FFFD, as encoding/json writes it. Owned as printable's. */
const char *valid_utf8(const char *text);

#endif
