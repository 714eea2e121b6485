/*
 * proftext.h: what the readers of textual profiles share: walking lines, and
 * the four sample types of a heap profile.
 */
#ifndef TOOLS_PROFILE_PROFTEXT_H
#define TOOLS_PROFILE_PROFTEXT_H

#include "tools/profile/profbuild.h"

/* A place in text that is not NUL-terminated. */
struct lines {
    const char *next, *end;
    size_t number; /* of the line last returned, from 1 */
};

/* The next line without its newline, in a buffer that the next call reuses;
 * NULL at the end. buf starts as NULL with *cap 0; the caller frees it. */
char *lines_next(struct lines *l, char **buf, size_t *cap);

/* Heap profile columns, in Go's order. */
enum { ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE, NHEAPTYPES };
void profile_add_heap_types(struct profile *p);

/* A sampled count or size, scaled to what it stands for: divided by the
 * probability 1-exp(-avg/rate) that an object of its size is sampled. Rate 0
 * and 1 leave it as it is. Go: runtime/pprof scaleHeapSample. */
void scale_heap_sample(int64_t *count, int64_t *size, int64_t rate);

/* Splits "/path/file.go:12 …" in place: the path stays, the line is returned;
 * 0 when there is none. */
int64_t split_file_line(char *s);

#endif
