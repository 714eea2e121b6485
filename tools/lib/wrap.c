/*
 * wrap.c: breaks lines at blanks, for cells and paragraphs alike.
 */
#include "tools/lib/wrap.h"
#include "tools/lib/exits.h"
#include <string.h>

static bool breaks_at(const char *text, size_t i)
{
    return text[i] == ' ' && text[i + 1] != '<';
}

size_t wrap_longest(const char *text)
{
    size_t longest = 0, piece = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        piece = breaks_at(text, i) ? 0 : piece + 1;
        if (piece > longest)
            longest = piece;
    }
    return longest;
}

size_t wrap_line(const char *text, size_t width)
{
    size_t len = strlen(text);
    if (len <= width)
        return len;
    for (size_t i = width + 1; i-- > 1;)
        if (breaks_at(text, i))
            return i;
    for (size_t i = width; i > 0; i--)
        if (text[i - 1] == '.' || text[i - 1] == '/')
            return i;
    return width;
}

char *wrap_text(const char *text, size_t width)
{
    if (width == 0)
        width = 1;
    char *out = xcalloc(2 * strlen(text) + 1, 1);
    char *to = out;
    while (*text != '\0') {
        size_t n = wrap_line(text, width);
        memcpy(to, text, n);
        to += n;
        text += n;
        text += strspn(text, " ");
        if (*text != '\0')
            *to++ = '\n';
    }
    return out;
}
