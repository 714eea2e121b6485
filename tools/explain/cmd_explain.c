/*
 * cmd_explain.c: `hmap explain FILE`: which lines of a Go program are maps that
 * grow, and what a hint would save.
 */
#include "tools/cli/program.h"
#include "tools/explain/explain.h"
#include "tools/pprof/pprofcmd.h"

#include <stdlib.h>
#include <string.h>

struct explainOptions {
    bool json, tsv, all;
    uint64_t seed;
    const struct goversion *go;
};

static const struct flag explain_flags[] = {
    {.name = "go",
     .arg = "RELEASE",
     .kind = FLAG_RELEASE,
     .offset = offsetof(struct explainOptions, go)},
    {.name = "json",
     .help = "Print one JSON document.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainOptions, json)},
    {.name = "tsv",
     .help = "Print one row a site: function:line (several where one map grows "
             "on several lines), verdict (map, unsure or swiss), the line's "
             "objects and bytes, bucket arrays and their bytes, bucket size, "
             "largest B, hint, and what it saves.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainOptions, tsv)},
    {.name = "all",
     .help =
         "Show also maps that cost less than half a percent of all objects and "
         "bytes.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainOptions, all)},
    {.name = "seed",
     .arg = "S",
     .help = "What hash keys of the replay come from: a number (default 1), or "
             "random.",
     .kind = FLAG_SEED,
     .offset = offsetof(struct explainOptions, seed)},
    {.name = NULL},
};

static const char explain_doc[] =
    "FILE is a heap profile of a real Go program, of any sampling rate: "
    ".pb.gz from runtime/pprof, net/http/pprof or go test -memprofile, a "
    "debug=1 page, or a log of GODEBUG=allocfreetrace=1; - is standard "
    "input.\n"
    "\n"
    "Go hides what happens below m[k] = v, but not the sizes allocated there. "
    "They tell the bucket size, how far the map grew, and which part of the "
    "line's objects is growth. The growth is then replayed on our own "
    "allocator, with and without the right hint. A map that grows on several "
    "lines is one row, \"main.add:7 +2\", of a profile at rate 1; of a line of "
    "Go's own packages the caller is told.\n"
    "\n"
    "  go test -bench . -memprofile mem.pb.gz -memprofilerate 1\n"
    "  hmap explain mem.pb.gz\n"
    "\n"
    "A rate of 1 makes every figure exact; at Go's default of 524288 small "
    "maps cannot be seen, counts are estimates, and a line is called a map "
    "only "
    "where single buckets were sampled beside the arrays; else it is unsure.";

static int run(int argc, char **argv);

const struct command cmd_explain = {
    .name = "explain",
    .args = SOURCE_ARGS,
    .summary = "which lines of a Go program are growing maps, and their hint",
    .doc = explain_doc,
    .flags = explain_flags,
    .run = run,
};

static int by_saving(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    double d = saved_bytes(y) - saved_bytes(x);
    if (d == 0)
        d = y->site->bytes - x->site->bytes;
    return (d > 0) - (d < 0);
}

/* Worth a reader's time: half a percent of all bytes or of all objects. */
static bool matters(const struct finding *f, const struct sites *s)
{
    if (f->verdict == VERDICT_SWISS)
        return true;
    return saved_bytes(f) * 200 >= s->bytes ||
           saved_objects(f) * 200 >= s->objects;
}

/* What is worth telling of all that was found, the largest saving first. */
static struct findings find_maps(struct sites *s, bool all, size_t *left_out)
{
    struct findings found = explain_lines(s);
    size_t n = 0;
    for (size_t i = 0; i < found.n; i++) {
        struct finding *f = &found.list[i];
        explain_replay(f, s->rate);
        if (all || matters(f, s))
            found.list[n++] = *f;
    }
    *left_out = found.n - n;
    found.n = n;
    if (n)
        qsort(found.list, n, sizeof *found.list, by_saving);
    return found;
}

static int run(int argc, char **argv)
{
    struct explainOptions o = {.seed = DefaultSeed, .go = modelled};
    int first = flags_parse(&cmd_explain, argc, argv, &o);
    if (o.json && o.tsv)
        usage_error("explain: -json or -tsv, not both");
    struct source *src =
        source_must_read("explain", argv + first, argc - first);
    struct profile *p = src->p;
    if (profile_type_index(p, "alloc_space") < 0 &&
        profile_type_index(p, "inuse_space") < 0)
        file_error("%s: no heap profile: its first sample type is %s",
                   src->title, p->ntypes ? p->types[0].type : "missing");
    program_start(o.go, o.seed, 0);
    struct sites *s = sites_collect(p);
    struct explainContext c = {.path = src->title, .sites = s, .seed = o.seed};
    struct findings found = find_maps(s, o.all, &c.left_out);
    explain_print(&found, &c,
                  o.json  ? EXPLAIN_JSON
                  : o.tsv ? EXPLAIN_TSV
                          : EXPLAIN_TEXT);
    free(found.list);
    sites_free(s);
    source_free(src);
    return EXIT_OK;
}
