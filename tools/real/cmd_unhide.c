/*
 * cmd_unhide.c: `hmap unhide`: a source with hidden frames into a profile that
 * shows them in every reader.
 */
#include "tools/cli/cmd.h"
#include "tools/lib/outfile.h"
#include "tools/profile/profileout.h"
#include "tools/profile/source.h"

#include <stdio.h>
#include <stdlib.h>

struct unhideOptions {
    const char *out;
};

static const struct flag unhide_flags[] = {
    {.name = "o",
     .arg = "FILE",
     .help = "The file to write, full.pb.gz by default.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct unhideOptions, out)},
    {.name = NULL},
};

static const char unhide_doc[] =
    "Names the frames that the source's addresses keep and Go's own text and "
    "tools leave out, and writes a profile of the common form with all of "
    "them: go tool pprof -http opens it and shows what happens below "
    "m[k] = v.\n"
    "\n"
    "  hmap unhide http://localhost:6060 -o full.pb.gz\n"
    "  hmap unhide ./server heap.txt -o full.pb.gz\n"
    "  go tool pprof -peek mapassign full.pb.gz";

static int run(int argc, char **argv);

const struct command cmd_unhide = {
    .name = "unhide",
    .args = SOURCE_ARGS,
    .summary = "a profile with every frame, for go tool pprof",
    .doc = unhide_doc,
    .flags = unhide_flags,
    .run = run,
};

static void write_profile(const struct profile *p, const char *path)
{
    struct outfile o;
    if (!outfile_open(&o, path) ||
        !outfile_close(&o, profile_write_proto(p, o.f)))
        io_error("%s", path);
}

static int run(int argc, char **argv)
{
    struct unhideOptions o = {.out = "full.pb.gz"};
    int first = flags_parse(&cmd_unhide, argc, argv, &o);
    struct source *s = source_must_read("unhide", argv + first, argc - first);
    source_must_be_heap(s);
    char *says = source_says(s);
    if (s->shown != SHOWN_COMPLETE)
        file_error("%s: nothing to unhide: %s", s->title, says);
    write_profile(s->p, o.out);
    printf("%s: %s\n", o.out, says);
    free(says);
    source_free(s);
    return EXIT_OK;
}
