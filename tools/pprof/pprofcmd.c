/*
 * pprofcmd.c: `hmap top`, `tree`, `peek` and `traces`: pprof's reports of a
 * heap profile, with pprof's flags.
 *
 *     source --read--> --merge with the base--> --prune--> pprof_report
 */
#include "tools/cli/cmd.h"
#include "tools/pprof/pprofreport.h"
#include "tools/profile/source.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pprofOptions {
    const char *sample_index, *focus, *ignore, *hide, *diff_base;
    int64_t nodecount;
    bool cum;
};

static const struct flag pprof_flags[] = {
    {.name = "sample_index",
     .arg = "NAME",
     .help = "The value to show: alloc_objects, alloc_space, inuse_objects, "
             "inuse_space, or its number. The profile's default otherwise.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct pprofOptions, sample_index)},
    {.name = "cum",
     .help = "Sort by what a function and all it calls allocated.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct pprofOptions, cum)},
    {.name = "nodecount",
     .arg = "N",
     .help = "Show at most N functions.",
     .kind = FLAG_INT,
     .offset = offsetof(struct pprofOptions, nodecount),
     .min = -1,
     .max = INT32_MAX},
    {.name = "focus",
     .arg = "REGEX",
     .help = "Keep only stacks with a frame that matches.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct pprofOptions, focus)},
    {.name = "ignore",
     .arg = "REGEX",
     .help = "Drop stacks with a frame that matches.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct pprofOptions, ignore)},
    {.name = "hide",
     .arg = "REGEX",
     .help = "Leave out the frames that match.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct pprofOptions, hide)},
    {.name = "diff_base",
     .arg = "FILE",
     .help = "Subtract this profile; percentages are of its total.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct pprofOptions, diff_base)},
    {.name = NULL},
};

int profile_must_have_type(const struct profile *p, const char *name)
{
    int index = profile_type_index(p, name);
    if (index >= 0)
        return index;
    if (p->ntypes == 0)
        usage_error("the profile has no samples");
    char *names = xprintf("%s", p->types[0].type);
    for (size_t i = 1; i < p->ntypes; i++)
        xappend(&names, ", %s", p->types[i].type);
    usage_error("-sample_index=%s: this profile has %s", name, names);
}

struct goregex *regex_must_compile(const char *flag, const char *text)
{
    char err[100];
    if (!text || !*text)
        return NULL;
    struct goregex *re = goregex_compile(text, err, sizeof err);
    if (!re)
        usage_error("%s '%s' is no regular expression: %s", flag, text, err);
    return re;
}

/* What the source had goes to standard error, once the report is out: standard
 * output is pprof's, to the byte. */
static void say_source(const struct source *s)
{
    output_finish();
    if (!source_is_heap(s))
        return; /* of no other kind does Go hide anything */
    char *says = source_says(s);
    fprintf(stderr, "hmap: %s\n", says);
    free(says);
}

/* The source's profile, or its difference to the base's, as pprof has it before
 * any report. */
static struct profile *load(const struct source *s, const char *base)
{
    struct profile *srcs[2] = {s->p, NULL};
    struct source *b = NULL;
    size_t n = 1;
    if (base && *base) {
        char *words[] = {(char *)(uintptr_t)base};
        b = source_must_read("-diff_base", words, 1);
        srcs[n++] = b->p;
        profile_make_base(b->p);
    }
    char err[ProfErrorSize];
    struct profile *p = profile_merge(srcs, n, err);
    if (!p && n > 1)
        file_error("%s and %s: %s", s->title, b->title, err);
    if (!p)
        file_error("%s: %s", s->title, err);
    source_free(b);
    profile_prune(p);
    return p;
}

/* Runs c: reads the flags and the operands (a regular expression first when
 * kind is PPROF_PEEK, then the source), prints the report. Returns the exit
 * status. */
static int pprof_run(const struct command *c, enum pprofKind kind, int argc,
                     char **argv)
{
    struct pprofOptions o = {.nodecount = -1};
    int first = flags_parse(c, argc, argv, &o);
    const char *expression = NULL;
    if (kind == PPROF_PEEK && first < argc)
        expression = argv[first++];
    if (kind == PPROF_PEEK && (!expression || first == argc))
        usage_error("peek: want a regular expression and a profile: "
                    "REGEX " SOURCE_ARGS);
    struct goregex *focus = regex_must_compile("-focus", o.focus);
    struct goregex *ignore = regex_must_compile("-ignore", o.ignore);
    struct goregex *hide = regex_must_compile("-hide", o.hide);
    struct goregex *symbol = regex_must_compile("peek", expression);
    struct source *s = source_must_read(c->name, argv + first, argc - first);
    struct profile *p = load(s, o.diff_base);
    struct pprofReport r = {
        .kind = kind,
        .value = profile_must_have_type(p, o.sample_index),
        .cum = o.cum,
        .nodecount = (int)o.nodecount,
        .focus = o.focus,
        .ignore = o.ignore,
        .hide = o.hide,
        .filter = &(struct profFilter){focus, ignore, hide},
        .symbol = symbol,
    };
    bool ok = pprof_report(p, &r);
    profile_free(p);
    goregex_free(focus);
    goregex_free(ignore);
    goregex_free(hide);
    goregex_free(symbol);
    if (!ok)
        usage_error("peek: no function matches '%s'", expression);
    say_source(s);
    source_free(s);
    return EXIT_OK;
}

static int run_top(int argc, char **argv)
{
    return pprof_run(&cmd_top, PPROF_TOP, argc, argv);
}

const struct command cmd_top = {
    .name = "top",
    .args = SOURCE_ARGS,
    .summary = "functions of a profile, the costliest first, as pprof -top",
    .doc =
        "The layout is that of go tool pprof -top, to the byte.\n\n" SOURCE_DOC,
    .flags = pprof_flags,
    .run = run_top,
};

static int run_tree(int argc, char **argv)
{
    return pprof_run(&cmd_tree, PPROF_TREE, argc, argv);
}

const struct command cmd_tree = {
    .name = "tree",
    .args = SOURCE_ARGS,
    .summary = "functions with their callers and callees, as pprof -tree",
    .doc = "Each function stands between its callers, above, and its callees, "
           "below.\n\n" SOURCE_DOC,
    .flags = pprof_flags,
    .run = run_tree,
};

static int run_peek(int argc, char **argv)
{
    return pprof_run(&cmd_peek, PPROF_PEEK, argc, argv);
}

const struct command cmd_peek = {
    .name = "peek",
    .args = "REGEX " SOURCE_ARGS,
    .summary = "callers and callees of some functions, as pprof -peek",
    .doc = "Shows the functions whose name matches REGEX between their "
           "callers, above, and their callees, below.\n\n" SOURCE_DOC,
    .flags = pprof_flags,
    .run = run_peek,
};

static int run_traces(int argc, char **argv)
{
    return pprof_run(&cmd_traces, PPROF_TRACES, argc, argv);
}

const struct command cmd_traces = {
    .name = "traces",
    .args = SOURCE_ARGS,
    .summary = "every sample of a profile with its stack, as pprof -traces",
    .doc = "Each sample is printed with its labels (bytes: the size of one "
           "object) and its stack, leaf first.\n\n" SOURCE_DOC,
    .flags = pprof_flags,
    .run = run_traces,
};
