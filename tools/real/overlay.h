/*
 * overlay.h: a Go toolchain that writes heap profiles with every frame.
 *
 * Go records the runtime's frames and leaves them out when it writes the
 * profile: one line of runtime/pprof decides (protomem.go, hideRuntime). The go
 * command builds with other files in place of its own where -overlay says so:
 * so that line can be another in one build, and the toolchain stays as it is.
 */
#ifndef TOOLS_REAL_OVERLAY_H
#define TOOLS_REAL_OVERLAY_H

#include "runtime/base/base.h"

enum { OverlayErrorSize = 500 };

/* GOROOT of the `go` in the PATH; the caller frees it. NULL: err
 * (OverlayErrorSize bytes) has one line of why. */
char *go_root(char *err);

/*
 * Writes the overlay for the toolchain at goroot, where it was not written yet,
 * below the user's cache folder: one for each GOROOT and content. Returns the
 * path to give -overlay, which the caller frees. NULL, with nothing written:
 * err has one line of why.
 */
char *overlay_make(const char *goroot, char *err);

#endif
