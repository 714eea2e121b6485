/*
 * toolchain.h: a Go toolchain of the release that is modelled.
 */
#ifndef TOOLS_VERIFY_TOOLCHAIN_H
#define TOOLS_VERIFY_TOOLCHAIN_H

#include "runtime/base/goversion.h"

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

#endif
