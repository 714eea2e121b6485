/*
 * pager.h: what is longer than a screen, a screen at a time; and how far long
 * work has come. Both for terminals alone: a pipe gets the output whole and
 * nothing else.
 */
#ifndef TOOLS_LIB_PAGER_H
#define TOOLS_LIB_PAGER_H

#include <stddef.h>

/* From now on standard output, where it is a terminal, goes through $PAGER
 * (less, if there is one; "cat" or nothing: no pager). Tables stay as wide as
 * the terminal, and coloured. Our end waits until the reader is through. */
void pager_start(void);

/* "hmap: 3 of 32 scenarios" in the last line of the terminal that is standard
 * error; the line goes when done is n. For work that says nothing meanwhile. */
void progress(size_t done, size_t n, const char *what);

#endif
