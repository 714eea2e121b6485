/*
 * gotoolchain.h: the Go toolchains that a test may use: `go` of the PATH, and
 * those below $HMAP_GOROOTS (1.22, 1.23 …, each a GOROOT). Tests that need one
 * that is not there say so and are skipped.
 */
#ifndef TESTS_GOTOOLCHAIN_H
#define TESTS_GOTOOLCHAIN_H

#include "tests/hmaprun.h"

#include <glob.h>

enum { MaxToolchains = 16 };

struct goToolchain {
    char bin[PATH_MAX]; /* the folder of its go; "" for the PATH's */
    char name[64];      /* "go1.27.3" */
};

/* Runs a line of the shell with the toolchain's go first in the PATH and no
 * other toolchain asked for. */
static inline struct ran go_shell(const struct goToolchain *g, const char *line)
{
    char *text;
    cr_assert_gt(asprintf(&text,
                          "%s%s%s export GOTOOLCHAIN=local GOFLAGS= "
                          "GO111MODULE=; %s",
                          *g->bin ? "export PATH=" : "", g->bin,
                          *g->bin ? ":$PATH;" : "", line),
                 0);
    struct ran r =
        run_program("/bin/sh", (const char *const[]){"sh", "-c", text, NULL});
    free(text);
    return r;
}

/* The toolchain of a folder; false where none answers. */
static inline bool go_toolchain(const char *bin, struct goToolchain *g)
{
    *g = (struct goToolchain){.bin = ""};
    snprintf(g->bin, sizeof g->bin, "%s", bin);
    struct ran r = go_shell(g, "go version");
    bool there =
        r.status == 0 && sscanf(r.out, "go version %63s", g->name) == 1;
    free(r.out);
    free(r.err);
    return there;
}

/* All there are, oldest first; the test is skipped where there is none, and
 * says which it goes without. */
static inline size_t go_toolchains(struct goToolchain list[MaxToolchains])
{
    size_t n = go_toolchain("", &list[0]) ? 1 : 0;
    const char *roots = getenv("HMAP_GOROOTS");
    if (roots == NULL || *roots == '\0')
        fputs("SKIPPED without HMAP_GOROOTS=DIR: every go but the PATH's\n",
              stderr);
    char pattern[PATH_MAX];
    snprintf(pattern, sizeof pattern, "%s/1.*/bin", roots ? roots : "");
    glob_t found = {0};
    if (roots != NULL && *roots != '\0')
        glob(pattern, 0, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc && n < MaxToolchains; i++)
        n += go_toolchain(found.gl_pathv[i], &list[n]);
    globfree(&found);
    if (n == 0)
        cr_skip_test("needs go in the PATH, or HMAP_GOROOTS=DIR");
    return n;
}

#endif
