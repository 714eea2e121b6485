/*
 * exits.c: the few ways in which a tool ends.
 *
 * Standard output is buffered, so a full disk shows only when the buffer is
 * written: output_finish is where that is looked at. A closed pipe is SIGPIPE's
 * business: its default action ends the program without a word.
 */
#include "tools/lib/exits.h"
#include "runtime/base/base.h"
#include "tools/lib/visible.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* One line at most so long: what stands in the middle of a longer one gives way
 * (an echoed argument of a megabyte), because the reason stands at its end. */
enum { LineHead = 300, LineTail = 200 };

/* Moves at out of the middle of a UTF-8 character. */
static size_t character_end(const char *text, size_t at)
{
    while (((unsigned char)text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

/* What the format says, printable; NULL where there is no memory for it. */
static char *worded(const char *fmt, va_list ap)
{
    char *raw;
    if (vasprintf(&raw, fmt, ap) < 0)
        return NULL;
    char *text = malloc(visible_room(raw));
    if (text != NULL)
        visible_text(raw, text, FORM_LINE);
    free(raw);
    return text;
}

static void say(const char *fmt, va_list ap)
{
    char *text = worded(fmt, ap);
    if (text == NULL) {
        fputs(fmt, stderr);
        return;
    }
    size_t len = strlen(text);
    if (len > LineHead + LineTail) {
        size_t head = character_end(text, LineHead);
        size_t tail = character_end(text, len - LineTail);
        fprintf(stderr, "%.*s...%s", (int)head, text, text + tail);
    } else {
        fputs(*text != '\0' ? text : "''", stderr);
    }
    free(text);
}

/* The whole line of an error that has no words of the system's. */
static void say_line(const char *fmt, va_list ap)
{
    fflush(stdout);
    fputs("hmap: ", stderr);
    say(fmt, ap);
    fputc('\n', stderr);
}

void usage_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say_line(fmt, ap);
    va_end(ap);
    exit(EXIT_USAGE);
}

void file_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say_line(fmt, ap);
    va_end(ap);
    exit(EXIT_IO);
}

void io_error(const char *fmt, ...)
{
    int err = errno;
    va_list ap;
    va_start(ap, fmt);
    fputs("hmap: ", stderr);
    say(fmt, ap);
    fprintf(stderr, ": %s\n", strerror(err));
    va_end(ap);
    exit(EXIT_IO);
}

void output_finish(void)
{
    bool lost = ferror(stdout); /* an earlier write: its errno is gone */
    errno = 0;
    if (fflush(stdout) == 0 && !lost)
        return;
    if (errno == 0)
        errno = EIO;
    if (errno == EPIPE) /* SIGPIPE is ignored here: just as quiet */
        exit(EXIT_IO);
    io_error("writing standard output");
}

static void *must(void *p)
{
    if (p != NULL)
        return p;
    errno = ENOMEM;
    io_error("the tool's own tables");
}

void *xcalloc(size_t n, size_t size)
{
    return must(calloc(n != 0 ? n : 1, size));
}

void *xrealloc(void *p, size_t n, size_t size)
{
    return must(reallocarray(p, n != 0 ? n : 1, size));
}

static char *formatted(const char *fmt, va_list ap)
{
    char *s = NULL;
    return must(vasprintf(&s, fmt, ap) < 0 ? NULL : s);
}

char *xprintf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *s = formatted(fmt, ap);
    va_end(ap);
    return s;
}

void xappend(char **text, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *more = formatted(fmt, ap);
    va_end(ap);
    size_t n = *text != NULL ? strlen(*text) : 0;
    *text = xrealloc(*text, n + strlen(more) + 1, 1);
    strcpy(*text + n, more);
    free(more);
}

/*
 * The handler that tells the end of the stack from other faults. It runs on a
 * stack of its own, there is no room on the other.
 */

enum { HandlerStack = 64 << 10, Slack = 256 << 10 };

static uintptr_t lowest; /* where the first thread's stack ends, about */
static char words[120];  /* made beforehand: a handler may not */
static struct sigaction before;

static void on_fault(int sig, siginfo_t *info, void *context)
{
    uintptr_t at = (uintptr_t)info->si_addr;
    (void)context;
    if (at < lowest - Slack || at > lowest + Slack) {
        sigaction(sig, &before, NULL); /* the same fault again, for them */
        return;
    }
    ssize_t n = write(STDERR_FILENO, words, strlen(words));
    (void)n; /* there is no other place to say it */
    _exit(EXIT_IO);
}

void stackend_watch(void)
{
    static char stack[HandlerStack];
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return;
    lowest = (uintptr_t)__builtin_frame_address(0) - limit.rlim_cur;
    snprintf(words, sizeof words,
             "hmap: the stack is full: ulimit -s allows %llu KB\n",
             (unsigned long long)limit.rlim_cur / 1024);
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    sigaction(SIGSEGV,
              &(struct sigaction){.sa_sigaction = on_fault,
                                  .sa_flags = SA_SIGINFO | SA_ONSTACK},
              &before);
}
