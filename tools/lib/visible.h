/*
 * visible.h: the escapes of text.h, for callers with room of their own: it
 * needs no memory, so that the last words of a program can use it.
 */
#ifndef TOOLS_LIB_VISIBLE_H
#define TOOLS_LIB_VISIBLE_H

#include <stdbool.h>
#include <stddef.h>

enum visibleForm {
    FORM_LINE,  /* all on one line */
    FORM_LINES, /* newlines are kept */
    FORM_JSON,  /* only what is no UTF-8 is replaced, by U+FFFD */
};

/* Writes text to out as it may be shown. out may be NULL; otherwise it has
 * visible_room bytes. Returns whether anything had to be replaced. */
bool visible_text(const char *text, char *out, enum visibleForm form);

/* Bytes that text takes at most, its NUL included. */
size_t visible_room(const char *text);

#endif
