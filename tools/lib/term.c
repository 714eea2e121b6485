/*
 * term.c: what kind of reader standard output has: a terminal of some width,
 * or a pipe; and the few bits of text that stand around tables.
 */
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    NarrowestTerm = 40, /* below it tables are drawn as if it were this wide */
    DefaultWidth = 80,
    WidestText = 100, /* longer lines are hard to read */
    Buffers = 8,      /* static buffers of commas and plural, in turn */
    BufferSize = 64,  /* bytes of each */
};

int term_width(void)
{
    if (!isatty(STDOUT_FILENO))
        return 0;
    struct winsize ws;
    const char *columns = getenv("COLUMNS");
    int64_t width = 0;
    if (columns != NULL)
        parse_int(columns, 0, INT16_MAX, &width);
    if (width == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0)
        width = ws.ws_col;
    if (width <= 0)
        width = DefaultWidth;
    return width < NarrowestTerm ? NarrowestTerm : (int)width;
}

bool term_colour(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no != NULL && no[0] != '\0')
        return false;
    return isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

/* Columns that a paragraph takes. */
static int text_width(void)
{
    int width = term_width();
    if (width == 0)
        return DefaultWidth;
    return width > WidestText ? WidestText : width;
}

void print_paragraph(const char *text, int indent, enum textStyle style)
{
    print_labelled("", text, indent, style);
}

void print_labelled(const char *label, const char *text, int indent,
                    enum textStyle style)
{
    static const char *const on[] = {"", "\033[1m", "\033[2m"};
    bool coloured = style != STYLE_PLAIN && term_colour();
    char *lines = wrap_text(printable(text), (size_t)(text_width() - indent));
    char *at = lines;
    for (char *line; (line = strsep(&at, "\n")) != NULL; label = "")
        printf("%-*s%s%s%s\n", indent, label, coloured ? on[style] : "", line,
               coloured ? "\033[0m" : "");
    free(lines);
}

static char *next_buffer(void)
{
    static char buffers[Buffers][BufferSize];
    static unsigned turn;
    return buffers[turn++ % Buffers];
}

const char *commas(int64_t n)
{
    char digits[24];
    char *out = next_buffer(), *to = out;
    int len = snprintf(digits, sizeof digits, "%" PRId64, n);
    for (int i = 0; i < len; i++) {
        int left = len - i; /* digits from here to the end */
        if (i > 0 && left % 3 == 0 && digits[i - 1] != '-')
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return out;
}

const char *plural(int64_t n, const char *one, const char *many)
{
    char number[BufferSize];
    char *out = next_buffer();
    snprintf(number, sizeof number, "%s", commas(n));
    snprintf(out, BufferSize, "%.30s %s", number, n == 1 ? one : many);
    return out;
}

void print_json(json_t *doc)
{
    json_dumpf(doc, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(doc);
}
