/*
 * throw.h: how the program ends when it must not go on.
 *
 *   throw    a broken invariant or a caller's bug: says what, then SIGABRT
 *   fatal    misuse that Go calls fatal ("concurrent map writes"): exit 2
 *   gopanic  what Go panics on ("assignment to entry in nil map"): exit 2
 *
 * All three first run the crash hooks (the profile collected so far is written
 * by one), then print Go's words and the stack. None allocates from the heap.
 */
#ifndef RUNTIME_BASE_THROW_H
#define RUNTIME_BASE_THROW_H

#include "runtime/base/base.h"

/* 1: O(1) asserts. 2: plus O(n) checks of the object at hand. 3: plus the whole
 * heap after every allocation, and the whole map after every write, a large one
 * (mapshared.h) after some. */
#ifndef CHECK
#    define CHECK 1
#endif

/* "fatal error: …" on stderr, then abort(). Go: panic.go throw; Go exits 2
 * where we abort, because a debugger is wanted at a broken invariant. */
_Noreturn void throw(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* "fatal error: …" on stderr, exit status 2. Go: panic.go fatal. */
_Noreturn void fatal(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* "panic: …" and "goroutine 1 [running]:" on stderr, exit status 2. A C program
 * cannot recover(): every panic is unrecovered. Go: panic.go gopanic. */
_Noreturn void gopanic(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* Registers fn to run once, before the words are printed, whichever way the
 * program ends. At most 8; a hook that itself throws ends the program at once.
 * Call before threads start. */
void atcrash(void (*fn)(void));

/* fn prints the dying thread's stack on stderr, after the words; the stack
 * walker stands above this room and hands itself in (traceback.c). Unless
 * own is set, only what a Go program would show. Without one nothing follows
 * the words. */
void throw_setstackprinter(void (*fn)(bool own));

/* Ends the program as throw does, in the words of a failed ASSERT. */
_Noreturn void assert_failed(const char *file, int line, const char *func,
                             const char *expr);

/* O(1) asserts, always on. */
#define ASSERT(cond)        \
    ((void)(LIKELY(cond) || \
            (assert_failed(__FILE__, __LINE__, __func__, #cond), 0)))

/* An O(n) statement, run at CHECK=2 and above: CHECK_SLOW(mcentral_check(c)) */
#if CHECK >= 2
#    define CHECK_SLOW(statement) \
        do {                      \
            statement;            \
        } while (0)
#else
#    define CHECK_SLOW(statement) \
        do {                      \
        } while (0)
#endif

/* A check of everything there is, run at CHECK=3. */
#if CHECK >= 3
#    define CHECK_ALL(statement) CHECK_SLOW(statement)
#else
#    define CHECK_ALL(statement) \
        do {                     \
        } while (0)
#endif

#endif
