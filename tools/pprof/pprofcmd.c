/*
 * pprofcmd.c: flags and files of the four pprof reports.
 *
 *     file --read--> --merge with the base--> --prune--> pprof_report
 */
#include "tools/pprof/pprofcmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pprofOptions {
    const char *sample_index, *focus, *ignore, *hide, *diff_base;
    int64_t nodecount;
    bool cum;
};

const struct flag pprof_flags[] = {
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

const char *profile_title(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

struct profile *profile_must_read(const char *path)
{
    char err[ProfErrorSize];
    struct profile *p = profile_read(path, err);
    if (!p)
        file_error("%s: %s", profile_title(path), err);
    return p;
}

int profile_must_have_type(const struct profile *p, const char *name)
{
    int index = profile_type_index(p, name);
    if (index >= 0)
        return index;
    if (p->ntypes == 0)
        usage_error("the profile has no samples");
    char *names = xprintf("%s", p->types[0].type);
    for (size_t i = 1; i < p->ntypes; i++) {
        char *longer = xprintf("%s, %s", names, p->types[i].type);
        free(names);
        names = longer;
    }
    usage_error("-sample_index=%s: this profile has %s", name, names);
}

static struct goregex *must_compile(const char *flag, const char *text)
{
    char err[100];
    if (!text || !*text)
        return NULL;
    struct goregex *re = goregex_compile(text, err, sizeof err);
    if (!re)
        usage_error("%s '%s' is no regular expression: %s", flag, text, err);
    return re;
}

/* The file's profile, or its difference to the base's, as pprof has it before
 * any report. */
static struct profile *load(const char *path, const char *base)
{
    struct profile *srcs[2] = {profile_must_read(path), NULL};
    size_t n = 1;
    if (base && *base) {
        srcs[n++] = profile_must_read(base);
        profile_make_base(srcs[1]);
    }
    char err[ProfErrorSize];
    struct profile *p = profile_merge(srcs, n, err);
    if (!p && n > 1)
        file_error("%s and %s: %s", profile_title(path), profile_title(base),
                   err);
    if (!p)
        file_error("%s: %s", profile_title(path), err);
    profile_free(srcs[0]);
    profile_free(srcs[1]);
    profile_prune(p);
    return p;
}

int pprof_run(const struct command *c, enum pprofKind kind, int argc,
              char **argv)
{
    struct pprofOptions o = {.nodecount = -1};
    int first = flags_parse(c, argc, argv, &o);
    int want = kind == PPROF_PEEK ? 2 : 1;
    if (argc - first != want)
        usage_error("%s: want %s", c->name,
                    want == 2 ? "a regular expression and one profile"
                              : "one profile (.pb.gz, debug=1 text, or an "
                                "allocfreetrace log)");
    struct goregex *focus = must_compile("-focus", o.focus);
    struct goregex *ignore = must_compile("-ignore", o.ignore);
    struct goregex *hide = must_compile("-hide", o.hide);
    struct goregex *symbol =
        want == 2 ? must_compile("peek", argv[first]) : NULL;
    struct profile *p = load(argv[argc - 1], o.diff_base);
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
        usage_error("peek: no function matches '%s'", argv[first]);
    return EXIT_OK;
}
