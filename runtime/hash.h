/*
 * hash.h: Go's hash functions, keyed by hashkey and a map's hash0.
 *
 * The fallback family (wyhash-like, hash64.go) is what Go uses with
 * GODEBUG=cpu.aes=off; given the same hashkey and seed it returns Go's values
 * bit for bit. The AES family is what Go uses by default where the processor
 * has AES. Go: alg.go, hash64.go, asm_amd64.s.
 */
#ifndef RUNTIME_HASH_H
#define RUNTIME_HASH_H

#include "runtime/type.h"

/* The process's key; words are made odd by hashinit as Go makes them. */
extern uint64_t hashkey[4];

/* Sets the key exactly as given (`hashkey` in a workload). */
void hashkey_set(const uint64_t key[4]);

uintptr_t memhash(const void *p, uintptr_t seed, size_t size);
uintptr_t memhash32(const void *p, uintptr_t seed);
uintptr_t memhash64(const void *p, uintptr_t seed);
uintptr_t strhash(const void *p, uintptr_t seed); /* p: struct gostring * */
uintptr_t f32hash(const void *p, uintptr_t seed);
uintptr_t f64hash(const void *p, uintptr_t seed);
uintptr_t c64hash(const void *p, uintptr_t seed);
uintptr_t c128hash(const void *p, uintptr_t seed);
uintptr_t nilinterhash(const void *p, uintptr_t seed); /* p: struct eface * */

/* The hash of any type, as the compiler's generated hasher computes it.
 * Panics in Go's words on an unhashable dynamic type. Go: alg.go typehash. */
uintptr_t typehash(const struct type *t, const void *p, uintptr_t seed);

/* Equality of any comparable type; panics in Go's words on an uncomparable
 * dynamic type. Go: alg.go efaceeq and the compiler's eq functions. */
bool typeequal(const struct type *t, const void *a, const void *b);

#endif
