/*
 * wrap.h: where a line of text breaks.
 */
#ifndef TOOLS_LIB_WRAP_H
#define TOOLS_LIB_WRAP_H

#include "runtime/base/base.h"

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

#endif
