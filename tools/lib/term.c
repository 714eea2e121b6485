/*
 * term.c: what kind of reader standard output has: a terminal of some width,
 * or a pipe; a pager between; and the bits of text that stand around tables.
 *
 *     we --pipe--> sh -c $PAGER --> the terminal
 *
 * The reader may leave before we are done: the next write into the pipe ends us
 * without a word (SIGPIPE), as it ends `hmap … | head`. The terminal's
 * interrupt is the pager's, which stays; it is q that ends both.
 */
#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include "tools/lib/visible.h"
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NarrowestTerm = 40, /* below it tables are drawn as if it were this wide */
    DefaultWidth = 80,
    WidestText = 100, /* longer lines are hard to read */
    Buffers = 8,      /* static buffers of commas and plural, in turn */
    BufferSize = 64,  /* bytes of each */
};

/* What standard output was when that was to be remembered. */
static struct {
    bool remembered, colour;
    int width;
} reader;

static int width_now(void)
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

int term_width(void)
{
    return reader.remembered ? reader.width : width_now();
}

static bool colour_now(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no != NULL && no[0] != '\0')
        return false;
    return isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

bool term_colour(void)
{
    return reader.remembered ? reader.colour : colour_now();
}

/* Whatever becomes of standard output, its reader stays the one that it has
 * now. */
static void term_remember(void)
{
    reader.width = width_now();
    reader.colour = colour_now();
    reader.remembered = true;
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

static pid_t pager, owner; /* whom we wait for, and who waits */

static void wait_for_pager(void)
{
    if (getpid() != owner)
        return; /* a child of ours ends: the output goes on */
    fflush(stdout);
    close(STDOUT_FILENO);
    waitpid(pager, NULL, 0);
}

/* What to run, or NULL. */
static const char *pager_command(void)
{
    const char *chosen = getenv("PAGER");
    if (chosen == NULL)
        return system("command -v less >/dev/null 2>&1") == 0 ? "less" : NULL;
    return chosen[0] == '\0' || strcmp(chosen, "cat") == 0 ? NULL : chosen;
}

static _Noreturn void become(const char *command, const int ends[2])
{
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    /* Colours as they are; no pager where one screen holds it all. */
    setenv("LESS", "FRX", 0);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

void pager_start(void)
{
    int ends[2];
    const char *command = term_width() > 0 ? pager_command() : NULL;
    if (command == NULL || pipe(ends) != 0)
        return;
    term_remember();
    fflush(stdout);
    pager = fork();
    if (pager == 0)
        become(command, ends);
    close(ends[0]);
    if (pager > 0) {
        owner = getpid();
        dup2(ends[1], STDOUT_FILENO);
        signal(SIGINT, SIG_IGN);
        atexit(wait_for_pager);
    }
    close(ends[1]);
}

void progress(size_t done, size_t n, const char *what)
{
    if (n < 2 || !isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r\033[Khmap: %zu of %zu %s", done, n, what);
    if (done == n)
        fputs("\r\033[K", stderr);
}

void progress_doing(const char *fmt, ...)
{
    if (!isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr);
    if (fmt == NULL)
        return;
    va_list ap;
    char *text;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    char *shown = xcalloc(visible_room(text), 1);
    visible_text(text, shown, FORM_LINE);
    fprintf(stderr, "hmap: %s", shown);
    free(shown);
    free(text);
}
