/*
 * alloctrace.h: GODEBUG=allocfreetrace=1: every allocation and free on stderr,
 * with its stack, in the words and the layout of Go 1.19.
 */
#ifndef ALLOC_ALLOCTRACE_H
#define ALLOC_ALLOCTRACE_H

#include "runtime/type.h"

/* p was allocated, size bytes of its class, for typ (NULL: pointer-free bytes);
 * prints the caller's stack. Any thread; takes a leaf lock.
 * Go: mprof.go tracealloc. */
void tracealloc(const void *p, size_t size, const struct type *typ);

/* p, of size bytes, was found dead. Go: mprof.go tracefree. */
void tracefree(const void *p, size_t size);

#endif
