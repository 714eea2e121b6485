/*
 * program.h: starts the runtime under study, once a process.
 */
#ifndef TOOLS_CLI_PROGRAM_H
#define TOOLS_CLI_PROGRAM_H

#include "runtime/base/goversion.h"

enum { DefaultSeed = 1 };

/* Models release v from now on: reads Go's environment (GODEBUG, GOGC,
 * GOMEMLIMIT, GOMAXPROCS), seeds every random number, sets the profile rate and
 * builds the heap. Before it, nothing
 * may allocate from the heap or make a map; a second call does nothing. A
 * program that dies after the system has refused it memory says how much. */
void program_start(const struct goversion *v, uint64_t seed,
                   int64_t memprofilerate);

/* From now on maps hash as Go's do on this machine: by AES where it has it,
 * unless GODEBUG=cpu.aes=off. Workloads stay with the fallback, whose key they
 * can give. After program_start, before the first map. */
void program_use_aes(void);

/* A number that nobody chose, for -seed random. */
uint64_t random_seed(void);

#endif
