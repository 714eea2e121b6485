/*
 * hash.h: Go's hash functions, keyed by hashkey and a map's hash0.
 *
 * The fallback family (wyhash-like, hash64.go) is what Go uses with
 * GODEBUG=cpu.aes=off; given the same hashkey and seed it returns Go's values
 * bit for bit. The AES family is what Go uses by default where the processor
 * has AES. Go: alg.go, hash64.go, asm_amd64.s.
 */
#ifndef RUNTIME_TYPE_HASH_H
#define RUNTIME_TYPE_HASH_H

#include "runtime/type/type.h"

/*
 * The process's key, as Go holds it after alginit: for the fallback hash four
 * words, every one odd where the release makes them so; for the AES hash 128
 * bytes of key schedule.
 */
extern uint64_t hashkey[4];
enum { hashRandomBytes = 128 };
extern uint8_t aeskeysched[hashRandomBytes]; /* 16-aligned */

/* Sets the fallback key exactly as given (`hashkey` in a workload), for the
 * release that is modelled by now. */
void hashkey_set(const uint64_t key[4]);
void aeskeysched_set(const uint8_t key[hashRandomBytes]);

/* Both keys from a seed; what Go's alginit does with random bytes. */
void alginit(uint64_t seed);

/* Chooses the family for the whole process, before the first map is made: the
 * AES hash if want and the processor has it, else the fallback (which is what
 * a program starts with). Returns whether it is AES now. */
bool hash_use_aes(bool want);

/* "AES" or "fallback": which family it is, for whoever says what was run. */
const char *hash_family(void);

uintptr_t memhash(const void *p, uintptr_t seed, size_t size);
uintptr_t memhash32(const void *p, uintptr_t seed);
uintptr_t memhash64(const void *p, uintptr_t seed);
uintptr_t strhash(const void *p, uintptr_t seed); /* p: struct gostring * */
uintptr_t f32hash(const void *p, uintptr_t seed);
uintptr_t f64hash(const void *p, uintptr_t seed);
uintptr_t c64hash(const void *p, uintptr_t seed);
uintptr_t c128hash(const void *p, uintptr_t seed);
uintptr_t nilinterhash(const void *p, uintptr_t seed); /* p: struct eface * */

/* The hash of a value inside an interface. It walks structs field by field, so
 * it differs from t->hash, which hashes neighbouring plain fields in one go,
 * as Go's two differ. t must be comparable; panics in Go's words on an
 * unhashable dynamic type. Go: alg.go typehash. */
uintptr_t typehash(const struct type *t, const void *p, uintptr_t seed);

/* t->equal of any type; panics in Go's words where t is not comparable.
 * Go: alg.go efaceeq and the compiler's eq functions. */
bool typeequal(const struct type *t, const void *a, const void *b);

#endif
