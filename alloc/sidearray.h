/*
 * sidearray.h: a pointer for each slot of a span, kept beside it: the profile
 * bucket of every sampled object, the type of every large one. One indexed load
 * finds what Go looks for along an ordered list of special records
 * (mheap.go special). A span has such an array only while it needs one.
 */
#ifndef ALLOC_SIDEARRAY_H
#define ALLOC_SIDEARRAY_H

#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"

enum { NumSideSizes = 11 }; /* 1, 2, 4 … 1024 pointers */

struct sideArrays {
    struct mutex lock;            /* guards the rest */
    void **free[NumSideSizes];    /* by log2 of the length, linked through
                                         their first element */
    uint64_t made[NumSideSizes];  /* arrays ever made of each length */
    uint64_t inuse[NumSideSizes]; /* of these given out now */
    struct sysMemStat *stat;
};

void sideArrays_init(struct sideArrays *a, struct sysMemStat *stat);

/* An array of at least n NULL pointers, 1 <= n <= 1024; NULL without memory.
 * The caller's until sideArrays_free with the same n. */
void *sideArrays_alloc(struct sideArrays *a, uint32_t n);
void sideArrays_free(struct sideArrays *a, void *array, uint32_t n);

/* Proves that every array made is given out or on its free list. */
void sideArrays_check(struct sideArrays *a);

#endif
