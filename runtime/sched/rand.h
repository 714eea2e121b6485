/*
 * rand.h: every random number comes from one seed, so every run repeats.
 */
#ifndef RUNTIME_SCHED_RAND_H
#define RUNTIME_SCHED_RAND_H

#include "runtime/base/base.h"

/* Sets the seed of this process: hashkey (see hash.h), and the state of every
 * thread's fastrand. Call before the first map is made. */
void rand_seed(uint64_t seed);
uint64_t rand_current_seed(void);

/* Registers fn, which makes the hash keys of the seed, to run at each new one.
 * Only one is wanted. Call before main. */
void rand_atseed(void (*fn)(uint64_t seed));

/* 32 pseudo-random bits from this thread's state. Go: stubs.go fastrand. */
uint32_t fastrand(void);

/* Every random number is 0 from now on, as a real Go's can be made. */
void fastrand_zero(void);

/* In [0, n). Go: stubs.go fastrandn. */
uint32_t fastrandn(uint32_t n);

/* The mixer of the workload format: key number i of `rand=S` is mix(S + i). */
uint64_t mix(uint64_t x);

/* Pins the hash0 that new and emptied maps get, instead of fastrand(). */
void hash0_pin(uint32_t hash0);
void hash0_unpin(void);

/* The hash0 for a map made or emptied now: the pinned one, else fastrand(). */
uint32_t newhash0(void);

/* The same for maps whose seeds are 64 bits wide: swiss maps, and sync.Maps
 * that are tries. Go: rand.go rand, bootstrapRand. */
void seed64_pin(uint64_t seed);
void seed64_unpin(void);
uint64_t newseed64(void);

#endif
