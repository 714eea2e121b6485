/*
 * godebug.h: the environment variables that Go reads, read as Go reads them.
 * Go: runtime1.go parsedebugvars, mgcpacer.go readGOGC readGOMEMLIMIT.
 */
#ifndef RUNTIME_SCHED_GODEBUG_H
#define RUNTIME_SCHED_GODEBUG_H

#include "runtime/base/base.h"

struct debugVars {
    int32_t gctrace;        /* a line a collection on stderr */
    int32_t allocfreetrace; /* every allocation and free with its stack */
    int32_t cpu_aes; /* 0 after cpu.aes=off, cpu.ssse3=off or cpu.sse41=off:
                        the fallback hash */
};
extern struct debugVars debug;

/* Mean bytes between the samples of the heap profile: 1 records all, 0 none,
 * 524288 is Go's default. Set before the first allocation. Go: mprof.go
 * MemProfileRate. */
extern int64_t MemProfileRate;

/* Reads GODEBUG into debug, and memprofilerate=N into MemProfileRate. Unknown
 * keys and malformed numbers are ignored as in Go; allocfreetrace in a release
 * that has it no more is told so. */
void parsedebugvars(void);

/* Percent; -1 is off; 100 when unset or no number. */
int32_t readGOGC(void);
/* Bytes; INT64_MAX when unset or off. Malformed: ends the program in Go's
 * words, exit status 2. */
int64_t readGOMEMLIMIT(void);
/* The processors we may run on, when unset or no positive number. */
int32_t readGOMAXPROCS(void);

/* Parses a byte count as GOMEMLIMIT takes it: "512MiB", "1073741824", "64KiB".
 * False when it is none. Go: string.go parseByteCount. */
bool parseByteCount(const char *s, int64_t *bytes);

#endif
