/*
 * cmd_tree.c: `hmap tree`: pprof's tree report of a heap profile.
 */
#include "tools/pprof/pprofcmd.h"

static int run(int argc, char **argv);

const struct command cmd_tree = {
    .name = "tree",
    .args = SOURCE_ARGS,
    .summary = "functions with their callers and callees, as pprof -tree",
    .doc = "Each function stands between its callers, above, and its callees, "
           "below.\n\n" SOURCE_DOC,
    .flags = pprof_flags,
    .run = run,
};

static int run(int argc, char **argv)
{
    return pprof_run(&cmd_tree, PPROF_TREE, argc, argv);
}
