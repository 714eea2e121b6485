/*
 * process.h: other programs, run with their output in files.
 */
#ifndef TOOLS_LIB_PROCESS_H
#define TOOLS_LIB_PROCESS_H

#include "runtime/base/base.h"

struct process {
    const char *dir;         /* working directory; NULL: ours */
    const char *out, *err;   /* files for the standard streams; NULL: ours */
    const char *const *env;  /* "NAME=value" set besides ours, NULL at the end;
                                "NAME" alone is unset; NULL: none */
    const char *const *argv; /* NULL at the end; NULL: run fn(arg)
                                in a child of ours instead */
    void (*fn)(void *arg);
    void *arg;
};

/* Runs it to its end. Its exit status, 128 + N where signal N ended it, 127
 * where argv[0] cannot be run. */
int process_run(const struct process *p);

#endif
