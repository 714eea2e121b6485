/*
 * cmd_traces.c: `hmap traces`: pprof's traces report of a heap profile.
 */
#include "tools/pprof/pprofcmd.h"

static int run(int argc, char **argv);

const struct command cmd_traces = {
    .name = "traces",
    .args = SOURCE_ARGS,
    .summary = "every sample of a profile with its stack, as pprof -traces",
    .doc = "Each sample is printed with its labels (bytes: the size of one "
           "object) and its stack, leaf first.\n\n" SOURCE_DOC,
    .flags = pprof_flags,
    .run = run,
};

static int run(int argc, char **argv)
{
    return pprof_run(&cmd_traces, PPROF_TRACES, argc, argv);
}
