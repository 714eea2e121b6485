/*
 * tempdir.h: a temporary directory that does not outlive the program, however
 * the program ends.
 */
#ifndef TOOLS_LIB_TEMPDIR_H
#define TOOLS_LIB_TEMPDIR_H

#include "runtime/base/base.h"
#include <sys/types.h>

struct tempdir {
    char *path;   /* absolute where TMPDIR is */
    int alive;    /* a pipe that nobody writes to: it closes when we end */
    pid_t keeper; /* the process that waits for that, and removes */
};

/* Makes a directory below TMPDIR whose name begins with name. It is removed with
 * all that is in it by tempdir_remove, or else when this process ends, killed
 * or not. Where none can be made the program ends with one line and status 1. */
void tempdir_make(struct tempdir *t, const char *name);

/* Removes the directory now, and waits until it is gone. */
void tempdir_remove(struct tempdir *t);

#endif
