/*
 * cmd_peek.c: `hmap peek`: pprof's peek report of a heap profile.
 */
#include "tools/pprof/pprofcmd.h"

static int run(int argc, char **argv);

const struct command cmd_peek = {
    .name = "peek",
    .args = "REGEX " SOURCE_ARGS,
    .summary = "callers and callees of some functions, as pprof -peek",
    .doc = "Shows the functions whose name matches REGEX between their "
           "callers, above, and their callees, below.\n\n" SOURCE_DOC,
    .flags = pprof_flags,
    .run = run,
};

static int run(int argc, char **argv)
{
    return pprof_run(&cmd_peek, PPROF_PEEK, argc, argv);
}
