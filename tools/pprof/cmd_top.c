/*
 * cmd_top.c: `hmap top`: pprof's top report of a heap profile.
 */
#include "tools/pprof/pprofcmd.h"

static int run(int argc, char **argv);

const struct command cmd_top = {
    .name = "top",
    .args = "FILE",
    .summary = "functions of a profile, the costliest first, as pprof -top",
    .doc = "FILE is a heap profile of a Go program (.pb.gz), of ours "
           "(-memprofile), a debug=1 page or a log of "
           "GODEBUG=allocfreetrace=1; - is standard input. The layout is that "
           "of go tool pprof -top, to the byte.",
    .flags = pprof_flags,
    .run = run,
};

static int run(int argc, char **argv)
{
    return pprof_run(&cmd_top, PPROF_TOP, argc, argv);
}
