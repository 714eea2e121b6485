/*
 * cmd_peek.c: `hmap peek`: pprof's peek report of a heap profile.
 */
#include "tools/pprof/pprofcmd.h"

static int run(int argc, char **argv);

const struct command cmd_peek = {
    .name = "peek",
    .args = "REGEX FILE",
    .summary = "callers and callees of some functions, as pprof -peek",
    .doc = "Shows the functions whose name matches REGEX between their "
           "callers, above, and their callees, below. FILE is a heap profile "
           "of a Go program (.pb.gz), of ours (-memprofile), a debug=1 page or "
           "a log of GODEBUG=allocfreetrace=1; - is standard input.",
    .flags = pprof_flags,
    .run = run,
};

static int run(int argc, char **argv)
{
    return pprof_run(&cmd_peek, PPROF_PEEK, argc, argv);
}
