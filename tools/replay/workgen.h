/*
 * workgen.h: random workloads, repeatable by their seed.
 */
#ifndef TOOLS_REPLAY_WORKGEN_H
#define TOOLS_REPLAY_WORKGEN_H

#include "tools/replay/workload.h"

/* Pairs of key and element types that a batch of workloads draws from; few
 * enough that one Go program can hold a compiled map type for each. */
struct typepool {
    char **keys, **elems; /* n of each: pair i is keys[i], elems[i] */
    size_t n;
};

/* n pairs: the first ones are every short name of the format, each key and each
 * element at least once; the others are random type texts. */
struct typepool *typepool_new(uint64_t seed, size_t n);
void typepool_free(struct typepool *pool);

/* A random workload with hashkey and hash0 given, over the types of pool; for
 * NULL one that aims where maps change (workaim.h), over types of its own. */
struct workload *workgen(uint64_t seed, const struct typepool *pool);

#endif
