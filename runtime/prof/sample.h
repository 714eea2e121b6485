/*
 * sample.h: which allocations the heap profile records.
 */
#ifndef RUNTIME_PROF_SAMPLE_H
#define RUNTIME_PROF_SAMPLE_H

#include "runtime/sched/godebug.h" /* MemProfileRate */

/* Bytes until the next sample, exponentially distributed around MemProfileRate;
 * 0 at rate 1, where every allocation is recorded, and at rate 0, where none
 * is. Go: malloc.go nextSample. */
uint64_t nextSample(void);

/* A number from the exponential distribution with this mean, at least 1; 0 for
 * mean 0. Go: malloc.go fastexprand. */
int32_t fastexprand(int64_t mean);

/* log2(x) to about four digits, x positive and normal. Go: fastlog2.go. */
double fastlog2(double x);

#endif
