/*
 * base.h: the words every room shares: integer types, alignment arithmetic,
 * and the words by which a function says that it stands in a call chain.
 *
 * All general-purpose macros of the project live here; a macro that belongs to
 * one concept lives with that concept.
 */
#ifndef RUNTIME_BASE_BASE_H
#define RUNTIME_BASE_BASE_H

#include "runtime/base/arch.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PtrSize = 8,    /* bytes in a pointer; only linux/amd64 is modelled */
    PageShift = 13, /* Go's page is 8 KiB whatever the machine's page is */
    PageSize = 1 << PageShift,
    CacheLine = 64, /* bytes that two processors hand each other at a time */
};

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* A struct or a field that begins a cache line: what is written by one thread
 * shall not slow down another one's neighbouring data. */
#define CACHE_ALIGNED __attribute__((aligned(64)))

#define NOINLINE __attribute__((noinline))

/* Where coverage is counted, a function stands once and not in each of its
 * callers, so that a branch of it is one branch. */
#ifdef HMAP_OUTLINED
#    define ALWAYS_INLINE static __attribute__((noinline, unused))
#else
#    define ALWAYS_INLINE static inline __attribute__((always_inline))
#endif

/*
 * GOFRAME marks a function that stands in Go's call chains (mallocgc,
 * makeBucketArray, mapassign_fast64 …). It is never inlined, cloned or merged,
 * and its code is placed in one linker section, so that one range check on a
 * return address tells a frame that Go has too from our plumbing. Plumbing is
 * left out of every printed chain.
 *
 * Each such function says its Go name right after its definition, static ones
 * too. Two functions may bear one name: of both kinds of map, a process uses
 * one.
 *
 *     GOFRAME void *mapassign_fast64(…) { … }
 *     GOFRAME_OF(mapassign_fast64, "runtime.mapassign_fast64");
 *
 * A function of the Go program that a scenario, a workload or a test stands for
 * is one of package main, under its own name:
 *
 *     static GOFRAME void fill(…) { … }
 *     GOFRAME_MAIN(fill);
 */
#if defined(__clang__)
#    define GOFRAME __attribute__((noinline, section("goframes")))
#else
#    define GOFRAME __attribute__((noinline, noclone, section("goframes")))
#endif

struct goName {
    const void *entry; /* of the C function; NULL: padding */
    const char *name;  /* "runtime.(*hmap).newoverflow" */
};

/* All goNames lie in one linker section, as an array: each as large as it is
 * aligned. symbol.c reads it. */
#define GOFRAME_OF(function, goname)                               \
    static const struct goName function##_goname                   \
        __attribute__((used, section("gonames"), aligned(16))) = { \
            (const void *)(function), (goname)}

#define GOFRAME_MAIN(function) GOFRAME_OF(function, "main." #function)

/* Smallest multiple of align that is >= n; align is a power of two. */
ALWAYS_INLINE uintptr_t align_up(uintptr_t n, uintptr_t align)
{
    return (n + align - 1) & ~(align - 1);
}

/* Largest multiple of align that is <= n; align is a power of two. */
ALWAYS_INLINE uintptr_t align_down(uintptr_t n, uintptr_t align)
{
    return n & ~(align - 1);
}

/* a * b in *product; true when the true product does not fit.
 * Go: internal/math MulUintptr. */
ALWAYS_INLINE bool mul_overflows(size_t a, size_t b, size_t *product)
{
    return __builtin_mul_overflow(a, b, product);
}

#endif
