/*
 * exits.h: how the tools end: a user's mistake is one line and exit status 2,
 * trouble with files or output is one line and exit status 1.
 */
#ifndef TOOLS_LIB_EXITS_H
#define TOOLS_LIB_EXITS_H

#include "runtime/base/base.h"

enum {
    EXIT_OK = 0,
    EXIT_IO = 1,
    EXIT_USAGE = 2,
    EXIT_GATE = 3, /* a limit that the user set was exceeded */
};

/* "hmap: …" on stderr, then exit status 2. The text says what is wrong and
 * what would be right; it ends without a newline. It is shown printable
 * (text.h), and the middle of a very long one is left out. */
_Noreturn void usage_error(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* "hmap: …: <the system's words for errno>" on stderr, then exit status 1. */
_Noreturn void io_error(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* "hmap: …" on stderr, then exit status 1: a file that is not what it should
 * be.
 */
_Noreturn void file_error(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* Flushes standard output; io_error when something written to it was lost (a
 * full disk). Every command's last act. */
void output_finish(void);

/* libc's memory for the tools' own data, never the heap under study; the
 * program ends where there is none. Freed with free(). */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Behind what *text holds (NULL: nothing), which moves. */
void xappend(char **text, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A stack that is too small (ulimit -s) is a sentence, not a mere SIGSEGV.
 */

/* Has this, the first thread, say so when it comes to the end of its stack, and
 * end with status 1. Other faults are what they were. Call from main. */
void stackend_watch(void);

#endif
