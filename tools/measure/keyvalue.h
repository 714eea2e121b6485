/*
 * keyvalue.h: key number k as a value of any type (hmap help replay).
 */
#ifndef TOOLS_MEASURE_KEYVALUE_H
#define TOOLS_MEASURE_KEYVALUE_H

#include "runtime/type/type.h"

/* Where the bytes of string keys and the boxes of interface keys live: outside
 * the heap under study, as if made beforehand. Zero it to begin. */
struct textpool {
    struct textchunk *chunks; /* newest first */
    size_t left;              /* bytes free in the newest */
};

/* Makes the t->size bytes at p value number k of type t. */
void value_set(const struct type *t, void *p, uint64_t k,
               struct textpool *pool);

/* Forgets everything allotted from pool. */
void textpool_free(struct textpool *pool);

/* 64-bit FNV-1a over everything put in, from DigestStart on. */
enum { DigestStart = 0xcbf29ce484222325 };
void digest_bytes(uint64_t *d, const void *p, size_t n);
void digest_u64(uint64_t *d, uint64_t x);

/* Puts in what the value at p says, not where it lies: a string's length and
 * text, an interface's int64, any other's bytes field by field. */
void digest_value(uint64_t *d, const struct type *t, const void *p);

#endif
