/*
 * throw.c: the three ways out of a program that must not go on.
 *
 *     throw, ASSERT   our own bug       -> hooks, words, SIGABRT
 *     fatal           Go's fatal error  -> hooks, words, exit status 2
 *     gopanic         Go's panic        -> hooks, words, exit status 2
 *
 * Locking: none may be taken, the caller may hold any. The first thread that
 * dies owns the end of the process; another one that dies meanwhile waits for
 * it for ever, as in Go. The same thread dying twice (a crash hook or the stack
 * printer failed) says its words and ends at once.
 */
#include "runtime/base/throw.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MaxHooks = 8, MaxWords = 1024 };

static void (*hooks[MaxHooks])(void);
static int nhooks;

static void (*printStack)(bool own);

static atomic_flag dying = ATOMIC_FLAG_INIT;
static __thread bool dying_here;

void atcrash(void (*fn)(void))
{
    ASSERT(nhooks < MaxHooks);
    hooks[nhooks++] = fn;
}

void throw_setstackprinter(void (*fn)(bool own))
{
    printStack = fn;
}

/* Claims the end of the process for this thread and runs the hooks. False when
 * this thread is dying already. */
static bool begin_dying(void)
{
    if (dying_here)
        return false;
    while (atomic_flag_test_and_set(&dying))
        pause();
    dying_here = true;
    for (int i = nhooks - 1; i >= 0; i--)
        hooks[i]();
    fflush(stdout);
    return true;
}

/* The road all three take: hooks, words, and the stack as Go prints it; our own
 * functions stand in it where the bug is our own. */
static void die(const char *kind, bool own, const char *fmt, va_list args)
{
    char words[MaxWords];
    bool first = begin_dying();
    vsnprintf(words, sizeof(words), fmt, args);
    fprintf(stderr, "%s%s\n", kind, words);
    if (first && printStack != NULL)
        printStack(own);
}

void throw(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    die("fatal error: ", true, fmt, args);
    va_end(args);
    abort();
}

void fatal(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    die("fatal error: ", false, fmt, args);
    va_end(args);
    _exit(2);
}

void gopanic(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    die("panic: ", false, fmt, args);
    va_end(args);
    _exit(2);
}

void assert_failed(const char *file, int line, const char *func,
                   const char *expr)
{
    throw("%s:%d: %s: assertion failed: %s", file, line, func, expr);
}
