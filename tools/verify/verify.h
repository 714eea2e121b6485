/*
 * verify.h: the same workloads on our heap and on real Go, line against line:
 * the toolchain, the program that it builds, and what both sides say.
 */
#ifndef TOOLS_VERIFY_VERIFY_H
#define TOOLS_VERIFY_VERIFY_H

#include "runtime/base/goversion.h"
#include "tools/lib/process.h"
#include "tools/replay/workload.h"

/*
 * A Go toolchain of the release that is modelled.
 */

struct toolchain {
    char *go;      /* what to run: a path, or "go" */
    char *version; /* what it says it is: "go1.22.12" */
};

/*
 * The toolchain of release v: that of goroot where it is not NULL, else
 * $HMAP_GOROOTS/1.22 (for "go1.22"), else go in PATH. False where there is
 * none, and *why says what was found instead and the ways out; both in libc's
 * memory.
 */
bool toolchain_find(struct toolchain *t, const struct goversion *v,
                    const char *goroot, char **why);
void toolchain_free(struct toolchain *t);

/* The environment in which its programs are built, as process.h wants it: from
 * the directory alone, whatever the user's settings say. */
extern const char *const toolchain_env[];

/*
 * Real Go as the judge: builds the program of tools/verify/oracle with the map
 * types that workloads use, and runs them there.
 */

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

/*
 * Both sides of it.
 */

/* What a workload gave on either side: lines, in libc's memory. */
struct answers {
    char *ours, *gos;
};

struct verify {
    struct gooracle go;
    bool trace; /* compare allocfreetrace's events, not the profile */
    char *dir;  /* in go.dir, removed with it */
};

/* Builds the Go side for the types of ws, by the toolchain of goroot or
 * whatever toolchain_find finds for NULL; ends the program where it cannot. */
void verify_begin(struct verify *v, const char *goroot,
                  struct workload *const *ws, size_t n, bool trace);

/* Fills a[i] with what ws[i] gives on both sides; to be freed by the caller. */
void verify_run(struct verify *v, const struct workload *const *ws, size_t n,
                struct answers *a);

/* True when w gives different lines on the two sides. */
bool verify_differs(struct verify *v, const struct workload *w);

void verify_end(struct verify *v);

void answers_free(struct answers *a);

/* Prints the lines of either side that the other lacks. */
void answers_diff(const struct answers *a, FILE *out);

/* What a workload gives on our heap alone, run in a child process. Where the
 * system refuses that child memory nobody knows: one line says so and ends the
 * program. */
char *verify_ours(const struct workload *w, bool trace, const char *dir);

#endif
