/*
 * cmd_overlay.c: `hmap overlay`: a file for go's -overlay, so that a profile
 * keeps every frame.
 */
#include "tools/cli/cmd.h"
#include "tools/real/overlay.h"

#include <stdio.h>
#include <stdlib.h>

struct overlayOptions {
    const char *goroot;
};

static const struct flag overlay_flags[] = {
    {.name = "goroot",
     .arg = "DIR",
     .help = "The toolchain's folder; that of the go in the PATH otherwise.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct overlayOptions, goroot)},
    {.name = NULL},
};

static const char overlay_doc[] =
    "Go records every frame of an allocation and hides the runtime's when it "
    "writes the profile. This command writes a file for go's flag -overlay, "
    "by which the writer hides nothing, and prints the file's path. Neither "
    "the toolchain nor your code is changed; a build without the flag is as "
    "before.\n"
    "\n"
    "  go test -overlay \"$(hmap overlay)\" -memprofile mem.pb.gz \\\n"
    "      -memprofilerate 1 ./pkg\n"
    "  go build -overlay \"$(hmap overlay)\" ./cmd/server\n"
    "\n"
    "The profile is an ordinary one: go tool pprof opens it and shows the "
    "map's own functions. A server built so has every frame in "
    "/debug/pprof/allocs, too.";

static int run(int argc, char **argv);

const struct command cmd_overlay = {
    .name = "overlay",
    .args = "",
    .summary = "a file for go's -overlay: profiles with every frame",
    .doc = overlay_doc,
    .flags = overlay_flags,
    .run = run,
};

static int run(int argc, char **argv)
{
    struct overlayOptions o = {0};
    char err[OverlayErrorSize];
    if (flags_parse(&cmd_overlay, argc, argv, &o) != argc)
        usage_error("overlay: want no operands; -goroot DIR names a toolchain");
    char *root = o.goroot ? xprintf("%s", o.goroot) : go_root(err);
    char *path = root ? overlay_make(root, err) : NULL;
    free(root);
    if (!path)
        file_error("%s", err);
    puts(path);
    free(path);
    return EXIT_OK;
}
