/*
 * cmd_explain.c: `hmap explain SOURCE`: why the lines of a Go program allocate,
 * and what would save it.
 */
#include "tools/cli/cmd.h"
#include "tools/explain/daily.h"
#include "tools/lib/process.h"
#include "tools/pprof/pprofreport.h"
#include "tools/profile/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct explainFlags {
    const char *sample_index;
    bool json, tsv, ndjson, notes, github, sarif, all;
    const char *labels, *files0, *diff_base, *fail_over;
    const char *baseline, *save_baseline;
    int64_t most;
    uint64_t seed;
    const struct goversion *go;
};

static const struct flag explain_flags[] = {
    {.name = "sample_index",
     .arg = "NAME",
     .help = "What to rank by: alloc_objects (default) or alloc_space; of a "
             "profile without those, inuse_objects or inuse_space.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct explainFlags, sample_index)},
    {.name = "n",
     .arg = "N",
     .help = "List at most N lines.",
     .kind = FLAG_INT,
     .offset = offsetof(struct explainFlags, most),
     .min = 0,
     .max = INT32_MAX},
    {.name = "all",
     .help = "List also lines of less than half a percent of all objects and "
             "bytes.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainFlags, all)},
    {.name = "go",
     .arg = "RELEASE",
     .help = "The release that built the program, where the evidence does not "
             "tell.",
     .kind = FLAG_RELEASE,
     .offset = offsetof(struct explainFlags, go)},
    {.name = "json",
     .help = "Print one JSON document.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainFlags, json)},
    {.name = "tsv",
     .help = "Print one row a line: place, file, verdict, mechanism, objects, "
             "bytes; of its maps how many, their arrays and bytes, bucket or "
             "group size, largest stage, best hint, what it saves.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainFlags, tsv)},
    {.name = "ndjson",
     .help = "Print flat JSON rows, a line of the program each, of any number "
             "of files; a file that cannot be read is a row with its error.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainFlags, ndjson)},
    {.name = "label",
     .arg = "K=V,...",
     .help = "With -ndjson: fields to add to every row.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct explainFlags, labels)},
    {.name = "files0-from",
     .arg = "FILE",
     .help = "With -ndjson: read the files' names from FILE, or - for standard "
             "input, each ended by a NUL (find -print0).",
     .kind = FLAG_STRING,
     .offset = offsetof(struct explainFlags, files0)},
    {.name = "notes",
     .help = "Print FILE:LINE: note: lines, for editors.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainFlags, notes)},
    {.name = "github",
     .help = "Print annotations for GitHub's workflows.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainFlags, github)},
    {.name = "sarif",
     .help = "Print SARIF 2.1.0.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct explainFlags, sarif)},
    {.name = "diff_base",
     .arg = "OLD",
     .help = "Compare with an earlier profile: whose maps are new, gone, grow "
             "further, or lost their hint.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct explainFlags, diff_base)},
    {.name = "baseline",
     .arg = "FILE",
     .help = "Compare with a baseline: a small text of which functions grow "
             "maps, kept beside the source.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct explainFlags, baseline)},
    {.name = "save-baseline",
     .arg = "FILE",
     .help = "Write the baseline of this profile.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct explainFlags, save_baseline)},
    {.name = "fail-over",
     .arg = "64kB|10%|growths",
     .help = "With -diff_base or -baseline: exit status 3 where a function's "
             "maps allocate so much more, or any grows further than before.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct explainFlags, fail_over)},
    {.name = "seed",
     .arg = "S",
     .help = "What hash keys of the measurements come from: a number (default "
             "1), or random.",
     .kind = FLAG_SEED,
     .offset = offsetof(struct explainFlags, seed)},
    {.name = NULL},
};

static const char explain_doc[] = SOURCE_DOC
    "\n\n"
    "One row is one line of the program: its share of all objects, and by "
    "which mechanisms it allocates (map, append, make, strings, boxing, new "
    "...). Of maps that grow the story follows: how many there were, how "
    "large each became, and what every hint would have saved or cost all of "
    "them, measured on our own heap as that Go release; of slices that grow by "
    "append, what a capacity would save.\n"
    "\n"
    "  hmap test ./...                          every frame, every allocation\n"
    "  hmap explain http://localhost:6060       a running program\n"
    "  hmap explain ./server heap.txt           a debug=1 page and its "
    "program\n"
    "\n"
    "  hmap explain -diff_base old.pb.gz -fail-over growths new.pb.gz\n"
    "  hmap explain -save-baseline maps.tsv mem.pb.gz       once, and commit "
    "it\n"
    "  hmap explain -baseline maps.tsv -fail-over growths mem.pb.gz\n"
    "  find . -name '*.pb.gz' -print0 | hmap explain -ndjson -files0-from -\n"
    "\n"
    "With frames nothing is inferred; sampling then makes counts estimates, "
    "never a verdict. In a file with hidden frames maps are known by the sizes "
    "of their arrays: `map` where they can be nothing else, `unsure` where "
    "they can.\n"
    "\n"
    "No profile says how many entries a map has: that a hint was too small "
    "shows, since the map grew all the same; that it was too large does not.";

static int run(int argc, char **argv);

const struct command cmd_explain = {
    .name = "explain",
    .args = SOURCE_ARGS,
    .summary = "why lines of a Go program allocate: maps, slices, and hints",
    .doc = explain_doc,
    .flags = explain_flags,
    .run = run,
};

/* Ranks by bytes where the sample type is one of bytes. */
static bool by_bytes(const struct source *s, const char *name)
{
    if (!name)
        return false;
    int index = profile_must_have_type(s->p, name);
    return strcmp(s->p->types[index].unit, "bytes") == 0;
}

/* Of the forms of output at most one. */
static void check_flags(const struct explainFlags *f)
{
    bool compares = f->diff_base || f->baseline;
    int forms = f->json + f->tsv + f->ndjson + f->notes + f->github + f->sarif +
                (f->diff_base != NULL) + (f->baseline != NULL) +
                (f->save_baseline != NULL);
    struct gate g;
    if (forms > 1)
        usage_error("explain: one of -json, -tsv, -ndjson, -notes, -github, "
                    "-sarif, -diff_base, -baseline and -save-baseline");
    if ((f->labels || f->files0) && !f->ndjson)
        usage_error("explain: -label and -files0-from go with -ndjson");
    if (f->labels && !labels_ok(f->labels))
        usage_error("explain: -label %s: want K=V, several parted by commas",
                    f->labels);
    if (f->fail_over && !compares)
        usage_error("explain: -fail-over goes with -diff_base or -baseline");
    if (f->fail_over && !gate_parse(f->fail_over, &g))
        usage_error("explain: -fail-over %s: want bytes (64kB), a share (10%%) "
                    "or growths",
                    f->fail_over);
}

static struct explained *explain_source(const struct source *s,
                                        const struct explainFlags *f)
{
    source_must_be_heap(s);
    return explain(
        s, &(struct explainOptions){
               .go = f->go,
               .by_bytes = by_bytes(s, f->sample_index),
               .all = f->all || f->diff_base || f->baseline || f->save_baseline,
               .most = f->most,
               .seed = f->seed,
           });
}

static void print(const struct explained *e, const struct explainFlags *f)
{
    if (f->json)
        explain_json(e);
    else if (f->tsv)
        explain_tsv(e);
    else if (f->notes)
        explain_notes(e);
    else if (f->github)
        explain_github(e);
    else if (f->sarif)
        explain_sarif(e);
    else
        explain_show(e);
}

static struct growths *source_growths(const struct source *s,
                                      const struct explainFlags *f)
{
    struct explained *e = explain_source(s, f);
    struct growths *g = growths_of(e);
    explained_free(e);
    return g;
}

/* What is compared with: a profile's growths, or a baseline's. */
static struct growths *base_growths(const struct explainFlags *f)
{
    if (f->baseline) {
        char err[GrowthsErrorSize];
        struct growths *g = growths_read(f->baseline, err);
        if (!g)
            file_error("-baseline %s: %s", f->baseline, err);
        return g;
    }
    char *words[] = {(char *)(uintptr_t)f->diff_base};
    struct source *base = source_must_read("-diff_base", words, 1);
    struct growths *g = source_growths(base, f);
    source_free(base);
    return g;
}

static int compare(const struct source *s, const struct explainFlags *f)
{
    struct gate gate = {0};
    struct growths *old = base_growths(f), *now = source_growths(s, f);
    if (f->fail_over)
        gate_parse(f->fail_over, &gate);
    bool red = growths_compare(old, now, f->fail_over ? &gate : NULL);
    growths_free(old);
    growths_free(now);
    return red ? EXIT_GATE : EXIT_OK;
}

static void save_baseline(const struct source *s, const struct explainFlags *f)
{
    struct growths *g = source_growths(s, f);
    if (!growths_write(g, f->save_baseline))
        io_error("%s", f->save_baseline);
    growths_free(g);
}

/* --- many sources --- */

struct rowsJob {
    char *file;
    const struct explainFlags *flags;
};

/* One source's rows, in a process of its own: each models its own release, and
 * gives all its memory back. */
static void print_rows(void *arg)
{
    const struct rowsJob *job = arg;
    const struct explainFlags *f = job->flags;
    char err[SourceErrorSize];
    struct source *s = source_read(&job->file, 1, err);
    if (!s)
        ndjson_error(job->file, err, f->labels);
    else if (!source_is_heap(s))
        ndjson_error(job->file, "no heap profile", f->labels);
    else
        explain_ndjson(explain_source(s, f), f->labels);
}

static void print_file_rows(char *file, const struct explainFlags *f)
{
    struct rowsJob job = {file, f};
    output_finish();
    int status = process_run(&(struct process){.fn = print_rows, .arg = &job});
    if (status != EXIT_OK)
        ndjson_error(file, "the reader died of it", f->labels);
}

static void print_listed_rows(const struct explainFlags *f)
{
    bool is_stdin = strcmp(f->files0, "-") == 0;
    FILE *list = is_stdin ? stdin : fopen(f->files0, "rb");
    if (!list)
        io_error("%s", f->files0);
    char *name = NULL;
    size_t cap = 0;
    while (getdelim(&name, &cap, '\0', list) > 0)
        print_file_rows(name, f);
    free(name);
    if (!is_stdin)
        fclose(list);
}

static int print_all_rows(char **files, int n, const struct explainFlags *f)
{
    if (f->files0 && n > 0)
        usage_error("explain: files, or -files0-from, not both");
    if (!f->files0 && n == 0)
        usage_error("explain: want files, or -files0-from FILE");
    if (f->files0)
        print_listed_rows(f);
    for (int i = 0; i < n; i++)
        print_file_rows(files[i], f);
    return EXIT_OK;
}

static int run(int argc, char **argv)
{
    struct explainFlags f = {.seed = DefaultSeed};
    int first = flags_parse(&cmd_explain, argc, argv, &f);
    check_flags(&f);
    if (f.ndjson)
        return print_all_rows(argv + first, argc - first, &f);
    struct source *s = source_must_read("explain", argv + first, argc - first);
    int status = EXIT_OK;
    if (f.diff_base || f.baseline) {
        status = compare(s, &f);
    } else if (f.save_baseline) {
        save_baseline(s, &f);
    } else {
        struct explained *e = explain_source(s, &f);
        print(e, &f);
        explained_free(e);
    }
    source_free(s);
    return status;
}
