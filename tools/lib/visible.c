/*
 * visible.c: one walk over a text, character by character; what a reader could
 * not see, or a terminal would obey, is replaced.
 *
 *     text --decode--> rune --is_shown--> itself, or its escape
 */
#include "tools/lib/visible.h"

#include "runtime/base/base.h"
#include <stdio.h>
#include <string.h>

enum {
    LongestEscape = 10, /* "\U000e0001" */
    MostGrowth = 4,     /* a byte becomes "\xff" at the most */
    MaxRune = 0x10ffff,
};

static bool is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Bytes of the character that begins at s, and the character; 0 where no UTF-8
 * begins there: a stray byte, a long form, half a surrogate pair. */
static size_t decode(const unsigned char *s, uint32_t *rune)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = *s < 0x80 ? 1 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
    if (n == 1) {
        *rune = *s;
        return 1;
    }
    if (*s < 0xc0 || *s > 0xf4)
        return 0;
    uint32_t r = *s & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if (!is_tail(s[i])) /* the end of the text is none, either */
            return 0;
        r = r << 6 | (s[i] & 0x3f);
    }
    if (r < least[n] || r > MaxRune || (r >= 0xd800 && r < 0xe000))
        return 0;
    *rune = r;
    return n;
}

/* Characters that are not seen where they stand: controls, marks of direction,
 * ends of lines and paragraphs, joiners, tags. */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
    {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
    {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe007f},
};

static bool is_shown(uint32_t rune, enum visibleForm form)
{
    if (form == FORM_JSON || (rune == '\n' && form == FORM_LINES))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(unseen) && rune >= unseen[i].first; i++)
        if (rune <= unseen[i].last)
            return false;
    return true;
}

/* Writes the escape of a character, or of the byte where n, its length, is 0.
 * Returns the escape's own length. */
static size_t escape(char *to, size_t n, unsigned char byte, uint32_t rune,
                     enum visibleForm form)
{
    char text[LongestEscape + 1];
    if (form == FORM_JSON)
        snprintf(text, sizeof text, "\ufffd");
    else if (n == 1 && rune == '\n')
        snprintf(text, sizeof text, "\\n");
    else if (n == 1 && rune == '\t')
        snprintf(text, sizeof text, "\\t");
    else if (n <= 1)
        snprintf(text, sizeof text, "\\x%02x", (unsigned)byte);
    else
        snprintf(text, sizeof text, rune > 0xffff ? "\\U%08x" : "\\u%04x",
                 rune);
    size_t len = strlen(text);
    memcpy(to, text, len);
    return len;
}

bool visible_text(const char *text, char *out, enum visibleForm form)
{
    bool escaped = false;
    for (const char *at = text; *at != '\0';) {
        uint32_t rune = 0;
        size_t n = decode((const unsigned char *)at, &rune);
        bool shown = n > 0 && is_shown(rune, form);
        escaped |= !shown;
        if (out != NULL && shown)
            out = mempcpy(out, at, n);
        else if (out != NULL)
            out += escape(out, n, (unsigned char)*at, rune, form);
        at += n > 0 ? n : 1;
    }
    if (out != NULL)
        *out = '\0';
    return escaped;
}

size_t visible_room(const char *text)
{
    return MostGrowth * strlen(text) + 1;
}
