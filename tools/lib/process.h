/*
 * process.h: other programs, run with their output in files.
 */
#ifndef TOOLS_LIB_PROCESS_H
#define TOOLS_LIB_PROCESS_H

#include "runtime/base/base.h"
#include <stdio.h>
#include <sys/types.h>

struct process {
    const char *dir;         /* working directory; NULL: ours */
    const char *out, *err;   /* files for the standard streams; NULL: ours */
    const char *const *env;  /* "NAME=value" set beside ours, NULL at the end;
                                "NAME" alone is unset; NULL: none */
    const char *const *argv; /* NULL at the end; NULL: run fn(arg)
                                in a child of ours instead */
    void (*fn)(void *arg);
    void *arg;
};

/* Runs it to its end. Its exit status, 128 + N where signal N ended it, 127
 * where argv[0] cannot be run. */
int process_run(const struct process *p);

/* A child of ours that has been asked; at most 64 KiB of answer before the
 * child waits until it is read. */
struct asked {
    pid_t pid;
    int from;
};

/* Runs fn(arg, out) in a child of ours, beside us; it ends when we do. */
struct asked process_ask(void (*fn)(void *arg, FILE *out), void *arg);

/* Waits for it, and returns all that it wrote to out, in libc's memory. What
 * ended the child badly ends us in the same way. */
char *process_answer(struct asked a);

/*
 * A temporary directory that does not outlive the program, however
 * the program ends.
 */

struct tempdir {
    char *path;   /* absolute where TMPDIR is */
    int alive;    /* a pipe that nobody writes to: it closes when we end */
    pid_t keeper; /* the process that waits for that, and removes */
};

/* Makes a directory below TMPDIR whose name begins with name. It is removed
 * with all that is in it by tempdir_remove, or else when this process ends,
 * killed or not. Where none can be made the program ends with one line and
 * status 1. */
void tempdir_make(struct tempdir *t, const char *name);

/* Removes the directory now, and waits until it is gone. */
void tempdir_remove(struct tempdir *t);

#endif
