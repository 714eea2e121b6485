/*
 * hmap_alloc.h: Go's memory allocator and collector for programs in C and C++:
 * sizes, spans and counts are those of the Go release that is modelled.
 *
 *     hmap_start(NULL);
 *     hmap_scan_stack(__builtin_frame_address(0));
 *     const struct hmap_type *t = hmap_type_parse("struct{a, b int}", NULL, 0);
 *     void *p = hmap_new(t);
 *
 * Link with `pkg-config --libs hmap`. Nothing is freed by hand: what no root
 * reaches is collected. Roots are what hmap_add_roots names and, once
 * hmap_scan_stack was called, the stacks and registers of the threads that
 * called it; an object holds what its type says it points to. Without memory
 * the program ends in Go's words, "fatal error: out of memory", status 2.
 */
#ifndef HMAP_ALLOC_H
#define HMAP_ALLOC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a process begins; zeroes and NULLs are the defaults. */
struct hmap_config {
    const char *release;  /* "1.19"; NULL: that one */
    uint64_t seed;        /* of hash keys and every other random number */
    int64_t profile_rate; /* mean bytes between samples; 0: no profile */
};

/* Builds the heap. Call first, once; later calls change nothing. c may be NULL.
 * 0, or -1 where no such release is modelled. */
int hmap_start(const struct hmap_config *c);

/* A Go type, for as long as the process lives. */
struct hmap_type;

/* The type of a text as Go writes it: "int", "*T" of any T, "[4]string",
 * "struct{a int8; b string}". NULL where it is none; why (size bytes, or NULL)
 * then says what would be right. */
const struct hmap_type *hmap_type_parse(const char *text, char *why,
                                        size_t size);
/* Bytes of a value of t. */
size_t hmap_type_size(const struct hmap_type *t);

/* A zeroed object of t; n of them in a row; n bytes without pointers. */
void *hmap_new(const struct hmap_type *t);
void *hmap_new_array(const struct hmap_type *t, ptrdiff_t n);
void *hmap_new_bytes(ptrdiff_t n);

/* size bytes from p are roots, at any aligned word, until removed. */
void hmap_add_roots(void *p, size_t size);
void hmap_remove_roots(void *p);

/* From now on this thread's stack, from bottom down, holds roots, and
 * collections begin by themselves: __builtin_frame_address(0) in main. */
void hmap_scan_stack(void *bottom);

/* runtime.GC, and debug.SetGCPercent: -1 turns collections by themselves off;
 * the former value is returned. */
void hmap_collect(void);
int hmap_set_gc_percent(int percent);

/* Of runtime.MemStats. Bytes, except the last three. */
struct hmap_stats {
    uint64_t alloc, total_alloc, heap_sys, heap_inuse, heap_released;
    uint64_t mallocs, frees, collections;
};
void hmap_read_stats(struct hmap_stats *stats);

#ifdef __cplusplus
}
#endif

#endif
