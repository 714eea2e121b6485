/*
 * profmalloc.h: the profile's ear at the allocator: one call for each sampled
 * allocation. How it comes by the stack for less than a walk is told in
 * profmalloc.c.
 */
#ifndef RUNTIME_PROF_PROFMALLOC_H
#define RUNTIME_PROF_PROFMALLOC_H

#include "runtime/prof/memprofile.h"

/* Captures the caller's stack and counts one object of size bytes. Returns the
 * bucket, to be given to mProf_Free when the object dies; it lives for ever.
 * NULL when there is no memory for a new bucket (counted in mprof_lost). Takes
 * lockRankProfile for a bucket that this thread has not counted in before, and
 * attaches the thread. Go: mprof.go mProf_Malloc, which is given the object and
 * notes its bucket as a special; here the caller keeps it. */
struct bucket *mProf_Malloc(size_t size, const struct allocTag *tag);

#endif
