/*
 * gooracle.h: real Go as the judge: builds the program of tools/verify/oracle
 * with the map types that workloads use, and runs them there.
 */
#ifndef TOOLS_VERIFY_GOORACLE_H
#define TOOLS_VERIFY_GOORACLE_H

#include "tools/lib/process.h"
#include "tools/replay/workload.h"
#include "tools/verify/toolchain.h"

struct gooracle {
    struct tempdir tmp;
    const char *dir; /* tmp's path */
    struct toolchain toolchain;
};

/*
 * Builds the program for the maps of ws (n of them), by a toolchain of the
 * release that is modelled: that of goroot, or NULL. Ends the program with one
 * line and status 1 where there is none or the build fails.
 */
void gooracle_build(struct gooracle *g, const char *goroot,
                    struct workload *const *ws, size_t n);

enum gooracleMode {
    ORACLE_PROFILE, /* chain, total, hmap and layout lines on standard output */
    ORACLE_TRACE,   /* that, and allocfreetrace's events on standard error */
};

/* Runs the workload files, "== FILE" before each one's lines in `out` (and in
 * `err`, for ORACLE_TRACE). Paths are absolute. False when the program failed;
 * then what it said is in err. */
bool gooracle_run(const struct gooracle *g, enum gooracleMode mode,
                  char *const *files, size_t n, const char *out,
                  const char *err);

/* Removes the directory and all in it. Where the program ends before, it is
 * removed then. */
void gooracle_remove(struct gooracle *g);

#endif
