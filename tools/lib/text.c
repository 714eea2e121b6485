/*
 * text.c: words as a user types them, lines as they break, and text that may be
 * shown.
 *
 * Numbers are written as in Go; a mistyped name is compared with those there
 * are.
 *
 * The distance of two names is that of optimal string alignment: a letter
 * inserted, deleted or changed is one step, and so is a swap of two neighbours,
 * since that is how fingers slip.
 */
#include "tools/lib/text.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/lib/visible.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LongestWord = 40 }; /* longer words are nobody's slip */

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

static unsigned distance(const char *a, const char *b)
{
    unsigned d[3][LongestWord + 2]; /* rows i-2, i-1 and i, in turn */
    unsigned na = (unsigned)strlen(a), nb = (unsigned)strlen(b);
    for (unsigned j = 0; j <= nb; j++)
        d[0][j] = j;
    for (unsigned i = 1; i <= na; i++) {
        unsigned *row = d[i % 3], *up = d[(i + 2) % 3], *up2 = d[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= nb; j++) {
            bool same = a[i - 1] == b[j - 1];
            row[j] = min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + !same);
            bool swapped =
                i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && up2[j - 2] + 1 < row[j])
                row[j] = up2[j - 2] + 1;
        }
    }
    return d[na % 3][nb];
}

/* A name that begins as word does is what was meant, whatever is missing. */
static unsigned farness(const char *word, const char *name)
{
    size_t n = strlen(word);
    if (n >= 2 && strncmp(word, name, n) == 0)
        return 1;
    return distance(word, name);
}

const char *nearest(const char *word, const char *const *names, size_t n)
{
    size_t len = strlen(word);
    if (len == 0 || len > LongestWord)
        return NULL;
    unsigned best = (unsigned)len / 3 + 1; /* a third of the letters wrong */
    const char *found = NULL;
    for (size_t i = 0; i < n; i++) {
        if (strlen(names[i]) > LongestWord)
            continue;
        unsigned d = farness(word, names[i]);
        if (d < best || (d == best && found == NULL)) {
            best = d;
            found = names[i];
        }
    }
    return found;
}

enum { MaxDigits = 64 };

/* text without the underscores that may stand between digits in Go: 1_000_000.
 * False where one stands elsewhere, or the number is too long to be any. */
static bool without_underscores(const char *text, char plain[MaxDigits])
{
    size_t n = 0;
    bool digit = false; /* was the last */
    for (const char *c = text; *c != '\0' && n < MaxDigits; c++) {
        bool before = digit;
        digit = isxdigit((unsigned char)*c);
        if (*c != '_')
            plain[n++] = *c;
        else if (!before || !isxdigit((unsigned char)c[1]))
            return false;
    }
    if (n == MaxDigits)
        return false;
    plain[n] = '\0';
    return true;
}

/* *end stands behind digits: what an e12 behind them does to n. False when it
 * is more than 64 bits hold. */
static bool times_ten(long long *n, char **end)
{
    if (**end != 'e')
        return true;
    char *digits = *end + 1;
    if (*digits < '0' || *digits > '9')
        return true; /* no exponent: the e is one letter too many */
    long zeros = strtol(digits, end, 10);
    for (; zeros > 0 && *n != 0; zeros--)
        if (__builtin_mul_overflow(*n, 10, n))
            return false;
    return true;
}

bool parse_int(const char *text, int64_t min, int64_t max, int64_t *value)
{
    char plain[MaxDigits], *end;
    if (!without_underscores(text, plain))
        return false;
    errno = 0;
    long long n = strtoll(plain, &end, 0);
    if (end == plain || errno == ERANGE)
        return false;
    if (!times_ten(&n, &end) || *end != '\0' || n < min || n > max)
        return false;
    *value = n;
    return true;
}

bool parse_uint(const char *text, uint64_t *value)
{
    char plain[MaxDigits], *end;
    if (text[0] == '-' || !without_underscores(text, plain))
        return false;
    errno = 0;
    unsigned long long n = strtoull(plain, &end, 0);
    if (end == plain || *end != '\0' || errno == ERANGE)
        return false;
    *value = n;
    return true;
}

/*
 * Breaks lines at blanks, for cells and paragraphs alike.
 */

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

static bool joins_name(char c)
{
    return c == '.' || c == '/';
}

size_t wrap_longest_name(const char *text)
{
    size_t longest = 0, piece = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        bool behind = i > 0 && joins_name(text[i - 1]);
        piece = breaks_at(text, i) ? 0 : behind ? 1 : piece + 1;
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
        if (joins_name(text[i - 1]))
            return i;
    return width;
}

size_t wrap_count(const char *text, size_t width)
{
    size_t lines = 0;
    for (; *text != '\0'; lines++) {
        text += wrap_line(text, width > 0 ? width : 1);
        text += strspn(text, " ");
    }
    return lines;
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

/*
 * Visible text that stays: most texts are their own, and a copy of each other
 * one is kept once.
 *
 * Locking: none; the tools print from one thread.
 */

static const char *shown(const char *text, enum visibleForm form)
{
    static struct pool *copies;
    if (!visible_text(text, NULL, form))
        return text;
    if (copies == NULL)
        copies = pool_new();
    char *copy = xcalloc(visible_room(text), 1);
    visible_text(text, copy, form);
    const char *kept = pool_intern(copies, copy);
    free(copy);
    return kept;
}

const char *printable(const char *text)
{
    return shown(text, FORM_LINE);
}

const char *printable_lines(const char *text)
{
    return shown(text, FORM_LINES);
}

const char *valid_utf8(const char *text)
{
    return shown(text, FORM_JSON);
}
