/*
 * alloctrace.h: GODEBUG=allocfreetrace=1: every allocation and free on stderr,
 * with its stack, in the words and the layout of Go 1.19.
 */
#ifndef ALLOC_GC_ALLOCTRACE_H
#define ALLOC_GC_ALLOCTRACE_H

#include "runtime/type/type.h"

/* What mallocgc was called with. */
struct mallocArgs {
    size_t size; /* bytes asked for */
    const struct type *typ;
    bool needzero;
};

/* p was allocated by mallocgc(args), size bytes of its class; prints the stack
 * from mallocgc down. Any thread; takes a leaf lock. Go: mprof.go
 * tracealloc. */
void tracealloc(const void *p, size_t size, const struct mallocArgs *args);

/* p, of size bytes, was found dead. Go: mprof.go tracefree. */
void tracefree(const void *p, size_t size);

#endif
