/*
 * pagefile.h: the page: one file that a browser opens by itself, with a
 * document of figures in it. The template is made of tools/page/web by `make
 * page`; it holds all programs and styles that the page needs, and its policy
 * lets a browser run those and ask nobody for anything.
 */
#ifndef TOOLS_PAGE_PAGEFILE_H
#define TOOLS_PAGE_PAGEFILE_H

#include <jansson.h>

enum { PageMost = 600 * 1000 }; /* bytes that a page may have */

/* The bytes of the page that shows doc. */
size_t page_size(const json_t *doc);

/* … of a page without any. */
size_t page_empty(void);

/* Writes it to path, whole or not at all ("-": standard output); where that
 * cannot be, the program ends with one line. */
void page_write(const json_t *doc, const char *path);

#endif
