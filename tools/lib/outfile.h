/*
 * outfile.h: a file that a command writes: whole, or not at all.
 *
 *     open --> a temporary file in the same folder --> fsync --> rename
 *
 * Until the rename the file of that name is what it was before: a full disk, a
 * crash or an interrupt in between loses nothing and leaves no half file. A
 * link is followed, and the file that it names is replaced; the new file has
 * the old one's mode. What is no file (a terminal, a pipe, /dev/null) and what
 * standard output or standard error goes to is written as it is.
 *
 * Other hard links to the old file keep its old contents.
 */
#ifndef TOOLS_LIB_OUTFILE_H
#define TOOLS_LIB_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

struct outfile {
    FILE *f;      /* to write to */
    int fd;       /* beneath it */
    char *target; /* what is replaced at the end; NULL: written as it is */
    char *temp;   /* the temporary file's name; NULL while it has none */
    int error;    /* errno of the first write that failed; or 0 */
};

/* Opens o for path. False where it cannot be written (errno). */
bool outfile_open(struct outfile *o, const char *path);

/* Ends it. good: everything that was wanted stands in o->f. False when that, or
 * anything since, failed (errno): then path is as it was before. */
bool outfile_close(struct outfile *o, bool good);

/* Whether path could be opened now (errno): to be asked before long work. Two
 * names for one file: they cannot both be wanted. */
bool outfile_possible(const char *path);
bool outfile_same(const char *a, const char *b);

/* Failure injection: the n-th call of this kind from now on (1 = the next)
 * fails; 0 turns it off. */
enum outfileCall {
    OUTFILE_UNNAMED, /* the temporary file without a name */
    OUTFILE_OPEN,
    OUTFILE_WRITE,
    OUTFILE_FSYNC,
    OUTFILE_LINK,
    OUTFILE_CLOSE,
    OUTFILE_RENAME,
    NOUTFILECALLS,
};
void outfile_fail_at(enum outfileCall call, unsigned n);

#endif
