/*
 * cmd_top.c: `hmap top`: pprof's top report of a heap profile.
 */
#include "tools/pprof/pprofcmd.h"

static int run(int argc, char **argv);

const struct command cmd_top = {
    .name = "top",
    .args = SOURCE_ARGS,
    .summary = "functions of a profile, the costliest first, as pprof -top",
    .doc =
        "The layout is that of go tool pprof -top, to the byte.\n\n" SOURCE_DOC,
    .flags = pprof_flags,
    .run = run,
};

static int run(int argc, char **argv)
{
    return pprof_run(&cmd_top, PPROF_TOP, argc, argv);
}
