/*
 * cmd_traces.c: `hmap traces`: pprof's traces report of a heap profile.
 */
#include "tools/pprof/pprofcmd.h"

static int run(int argc, char **argv);

const struct command cmd_traces = {
    .name = "traces",
    .args = "FILE",
    .summary = "every sample of a profile with its stack, as pprof -traces",
    .doc =
        "FILE is a heap profile of a Go program (.pb.gz), of ours "
        "(-memprofile), a debug=1 page or a log of GODEBUG=allocfreetrace=1; - "
        "is standard input. Each sample is printed with its labels (bytes: the "
        "size of one object) and its stack, leaf first.",
    .flags = pprof_flags,
    .run = run,
};

static int run(int argc, char **argv)
{
    return pprof_run(&cmd_traces, PPROF_TRACES, argc, argv);
}
