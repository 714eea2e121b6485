/*
 * pprofcmd.h: what the commands top, tree, peek and traces have in common: the
 * flags of pprof, and the road from a file to a report.
 */
#ifndef TOOLS_PPROF_PPROFCMD_H
#define TOOLS_PPROF_PPROFCMD_H

#include "tools/cli/cmd.h"
#include "tools/pprof/pprofreport.h"
#include "tools/profile/source.h"

/* The flags of all four; a value for pprof_run alone. */
extern const struct flag pprof_flags[];

/* Runs one of the four commands: reads the flags and the operands (a regular
 * expression first when kind is PPROF_PEEK, then the source), prints the
 * report. Returns the exit status. */
int pprof_run(const struct command *c, enum pprofKind kind, int argc,
              char **argv);

/* The expression of a flag compiled; NULL where none was given. One that is
 * none ends the program with one line and status 2. */
struct goregex *regex_must_compile(const char *flag, const char *text);

/* Index of the sample type called name, or the program ends with one line that
 * offers the names there are, and status 2. */
int profile_must_have_type(const struct profile *p, const char *name);

#endif
