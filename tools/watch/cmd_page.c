/*
 * cmd_page.c: hmap page: a file for the browser in which a map grows step by
 * step above the allocator, or a profile is explained.
 */
#include "runtime/base/goversion.h"
#include "tools/cli/cmd.h"
#include "tools/lib/exits.h"
#include "tools/page/pagefile.h"
#include "tools/profile/profile.h"
#include "tools/watch/pagedoc.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pageOptions {
    struct subjectFlags subject;
    struct releases go;
    const char *out;
};

static const struct flag page_flags[] = {
    {.name = "o",
     .arg = "FILE",
     .help = "Where to write (default page.html; - is standard output).",
     .kind = FLAG_STRING,
     .offset = offsetof(struct pageOptions, out)},
    {.name = "go",
     .arg = "RELEASE,...",
     .kind = FLAG_RELEASES,
     .offset = offsetof(struct pageOptions, go)},
    SUBJECT_FLAGS(struct pageOptions, subject),
    {0},
};

static const char page_doc[] =
    "SOURCE is a scenario's name (`hmap scenarios`), a file with a workload "
    "(`hmap help replay`), or a heap profile as `hmap explain` takes it. One "
    "file is written that any browser opens, by a click, without a network: "
    "it asks nobody for anything.\n\n"
    "Of a scenario or a workload: every operation is a step; the page shows "
    "the map after it (buckets, or tables of groups, with every slot), who "
    "served what it allocated, by which chain of calls, and how objects and "
    "bytes add up. Two releases stand side by side, step by step; without -go "
    "those are the first and the last that are modelled. Of a profile: why "
    "each line allocates, as explain says it, with the histogram of its maps "
    "and the price of each hint.\n\n"
    "A page has at most 600 kB, unless growths alone take more. So of more "
    "than 10,000 steps, or of steps that say much, each k-th is shown, and all "
    "in which a map grows or a collection runs; a cell may stand for several "
    "buckets; and the map may be drawn in fewer of the steps. The page says "
    "all of it. The address of a state ends in #e=14&v=1.19: step 14, that "
    "release in front.\n\n"
    " hmap page first-inserts\n"
    " hmap page -o spike.html -go all spike\n"
    " hmap page mem.pb.gz";

/* What looks like a profile: an address, two words, or a file that is no text
 * or begins as the text forms do. */
static bool is_profile(char **words, int n)
{
    char head[512] = "";
    if (n == 2 || strstr(words[0], "://") != NULL)
        return true;
    if (strcmp(words[0], "-") == 0)
        return false;
    FILE *f = fopen(words[0], "rb");
    if (f == NULL)
        return false; /* whoever wants it says why */
    size_t len = fread(head, 1, sizeof head - 1, f);
    fclose(f);
    if (profile_is_text(head, len) || profile_is_log(head, len))
        return true;
    for (size_t i = 0; i < len; i++)
        if (iscntrl((unsigned char)head[i]) && !isspace((unsigned char)head[i]))
            return true;
    return false;
}

/* What the reader can type to have the page again. */
static char *command_text(int argc, char **argv)
{
    char *text = xprintf("hmap");
    for (int i = 0; i < argc; i++) {
        bool plain = strpbrk(argv[i], " '\"$`\\&|;<>()*?[]{}~#!") == NULL;
        xappend(&text, plain ? " %s" : " '%s'", argv[i]);
    }
    return text;
}

static json_t *profile_page(const struct pageOptions *o, char **words, int n,
                            const char *command)
{
    struct source *s = source_must_read("page", words, n);
    source_must_be_heap(s);
    json_t *doc = pagedoc_explained(s, o->subject.seed, command);
    source_free(s);
    return doc;
}

static json_t *recorded_page(struct pageOptions *o, const char *name,
                             const char *command)
{
    struct subject s = subject_named(name, &o->subject);
    if (o->go.list[0] == NULL) {
        o->go.list[0] = modelled;
        o->go.list[1] = goversion_newest();
    }
    json_t *doc = pagedoc_recorded(&s, &o->go, command);
    subject_free(&s);
    return doc;
}

static int run_page(int argc, char **argv)
{
    struct pageOptions o = {.subject = subject_defaults(), .out = "page.html"};
    char *command = command_text(argc, argv);
    int first = flags_parse(&cmd_page, argc, argv, &o);
    int n = argc - first;
    if (n < 1 || n > 2)
        usage_error("page wants one scenario, workload or profile");
    bool profile = !scenario_exists(argv[first]) && is_profile(argv + first, n);
    json_t *doc = profile ? profile_page(&o, argv + first, n, command)
                          : recorded_page(&o, argv[first], command);
    page_write(doc, o.out);
    if (strcmp(o.out, "-") != 0)
        printf("%s: %zu bytes%s; open it in a browser\n", o.out, page_size(doc),
               page_size(doc) > PageMost ? ", for so many growths" : "");
    json_decref(doc);
    free(command);
    return EXIT_OK;
}

const struct command cmd_page = {
    .name = "page",
    .args = "SOURCE | [PROGRAM] PROFILE",
    .summary = "write a page in which a map grows step by step",
    .doc = page_doc,
    .flags = page_flags,
    .takes = scenario_exists,
    .run = run_page,
};
