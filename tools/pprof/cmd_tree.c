/*
 * cmd_tree.c: `hmap tree`: pprof's tree report of a heap profile.
 */
#include "tools/pprof/pprofcmd.h"

static int run(int argc, char **argv);

const struct command cmd_tree = {
    .name = "tree",
    .args = "FILE",
    .summary = "functions with their callers and callees, as pprof -tree",
    .doc = "FILE is a heap profile of a Go program (.pb.gz), of ours "
           "(-memprofile), a debug=1 page or a log of "
           "GODEBUG=allocfreetrace=1; - is standard input. Each function "
           "stands between its callers, above, and its callees, below.",
    .flags = pprof_flags,
    .run = run,
};

static int run(int argc, char **argv)
{
    return pprof_run(&cmd_tree, PPROF_TREE, argc, argv);
}
