/*
 * hashaes.h: the hash that Go uses where the processor has AES instructions.
 * Keyed by aeskeysched (hash.h). Go: asm_amd64.s memhash, memhash32, memhash64.
 */
#ifndef RUNTIME_HASHAES_H
#define RUNTIME_HASHAES_H

#include "runtime/base.h"

/* AES, SSSE3 and SSE4.1 are there: what Go's alginit asks for. */
bool aeshash_supported(void);

/* Only where aeshash_supported. */
uintptr_t aeshash(const void *p, uintptr_t seed, size_t size);
uintptr_t aeshash32(uint32_t data, uintptr_t seed);
uintptr_t aeshash64(uint64_t data, uintptr_t seed);

#endif
