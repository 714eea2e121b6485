/*
 * cmd_run.c: `hmap run`: one scenario, some, or the tour of all.
 *
 * Where several run, each gets a process of its own: it starts with an empty
 * heap, so that it shows the same numbers as when it is run alone, and what it
 * used is gone when it ends.
 */
#include "runtime/base/goversion.h"
#include "tools/cli/cmd.h"
#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/scenarios/runone.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LargestN = 1000000000000000 };

static const struct flag flags[] = {
    {"go", "RELEASE,...", NULL, FLAG_RELEASES, offsetof(struct runFlags, go), 0,
     0, NULL},
    {"n", "N", "How many entries; each scenario has its own default.", FLAG_INT,
     offsetof(struct runFlags, n), 1, LargestN, NULL},
    {"hint", "H", "The hint given to make(map[K]V, H).", FLAG_INT,
     offsetof(struct runFlags, hint), 0, LargestN, NULL},
    {"w", "W", "Writes of each task, where tasks run.", FLAG_INT,
     offsetof(struct runFlags, w), 1, 100000, NULL},
    {"type", "'map[K]V'", "The map's type, as Go writes it.", FLAG_STRING,
     offsetof(struct runFlags, type), 0, 0, NULL},
    {"seed", "S",
     "What hash keys and every other random number come from: a number "
     "(default 1: each run is the same), or random.",
     FLAG_SEED, offsetof(struct runFlags, seed), 0, 0, NULL},
    {"frames", "full|go",
     "Chains down to runtime.mallocgc (full, the default), or as Go's heap "
     "profile keeps them (go).",
     FLAG_CHOICE, offsetof(struct runFlags, frames), 0, 0, frame_words},
    {"sort", "objects|space", "Largest first: by objects (default) or bytes.",
     FLAG_CHOICE, offsetof(struct runFlags, sort), 0, 0, sort_words},
    {"memprofilerate", "N",
     "Bytes between samples of the profile: 1 records every allocation "
     "(default), 524288 is what Go does, 0 records none.",
     FLAG_INT, offsetof(struct runFlags, rate), 0, INT32_MAX, NULL},
    {"v", NULL,
     "Print all: every chain, table and word; not the answer alone, a screen "
     "of "
     "it.",
     FLAG_BOOL, offsetof(struct runFlags, whole), 0, 0, NULL},
    {"json", NULL, "Print one JSON document with everything.", FLAG_BOOL,
     offsetof(struct runFlags, json), 0, 0, NULL},
    {"page", "FILE",
     "Write the page of the run, too, with the newest release beside it "
     "(`hmap help page`).",
     FLAG_STRING, offsetof(struct runFlags, page), 0, 0, NULL},
    {"tsv", NULL, "Print the chain rows, tab-separated, with a header line.",
     FLAG_BOOL, offsetof(struct runFlags, tsv), 0, 0, NULL},
    {"memprofile", "FILE",
     "Write the heap profile for go tool pprof (.pb.gz): every frame, and the "
     "labels tier, served, sizeclass, type and map.",
     FLAG_STRING, offsetof(struct runFlags, files.memprofile), 0, 0, NULL},
    {"goview", NULL,
     "Files keep what Go's profile keeps: the runtime's frames are hidden.",
     FLAG_BOOL, offsetof(struct runFlags, files.goview), 0, 0, NULL},
    {"folded", "FILE", "Write the objects as folded stacks, for flamegraph.pl.",
     FLAG_STRING, offsetof(struct runFlags, files.folded), 0, 0, NULL},
    {"speedscope", "FILE",
     "Write the profile for speedscope, in the order of allocation.",
     FLAG_STRING, offsetof(struct runFlags, files.speedscope), 0, 0, NULL},
    {"textprofile", "FILE", "Write the profile as the text of debug=1.",
     FLAG_STRING, offsetof(struct runFlags, files.text), 0, 0, NULL},
    {0},
};

enum { BriefFigures = 4 }; /* that an answer alone shows */

static const char *between(const struct runFlags *f)
{
    return f->tsv ? "" : f->json ? ",\n" : "\n\n";
}

/* What holds for all that run. A release is named here only where it is the
 * only one; else each scenario says its own. */
static void open_json(const struct runFlags *f)
{
    fputs("{", stdout);
    if (f->go.list[1] == NULL)
        printf("\"version\": \"%s\", ", f->go.list[0]->name);
    printf("\"seed\": %" PRIu64 ", \"memprofilerate\": %" PRId64
           ", \"frames\": \"%s\",\n\"scenarios\": [\n",
           f->seed, f->rate, frame_words[f->frames]);
}

/* A lesson for which no release was asked ends with what the newest does. A
 * profile is of one run, and stays so. */
static bool compares_newest(const struct runFlags *f)
{
    return f->plain && format_of(f) == FORMAT_TEXT &&
           !profile_files_wanted(&f->files);
}

/* f as all releases are to run s that are compared: the same program, whose n
 * is the first one's default where none was given. */
static struct runFlags flags_for_all(const struct scenario *s,
                                     const struct runFlags *f)
{
    struct runFlags same = *f;
    bool compared = f->go.list[1] != NULL || compares_newest(f);
    if (compared && (s->takes & TAKES_N) && f->n == NotGiven)
        same.n = scenario_n(s, f->go.list[0]);
    return same;
}

/* Whether another release may run beside: not where a second program would
 * move what chance decides, nor where lines of both (gctrace) would mix. */
static bool may_run_beside(const struct scenario *s)
{
    return s->races == NULL && getenv("GODEBUG") == NULL;
}

/* The terminal sees nothing of it, neither what is printed nor what gctrace or
 * allocfreetrace write. */
static bool quiet(void)
{
    const char *debug_vars = getenv("GODEBUG");
    return term_width() == 0 &&
           (debug_vars == NULL || strstr(debug_vars, "trace=") == NULL);
}

/* s in each release that was asked for. Returns how many. */
static size_t run_given(const struct scenario *s, const struct runFlags *f,
                        bool apart, struct releaseFigures *of)
{
    size_t n = 0;
    for (; f->go.list[n] != NULL; n++) {
        if (n > 0)
            fputs(between(f), stdout);
        of[n].v = f->go.list[n];
        of[n].on = scenario_on(s, of[n].v);
        if (quiet())
            progress_doing("%s on %s", s->name, of[n].v->name);
        run_in(s, f, of[n].v, apart, &of[n].figures);
    }
    return n;
}

/* One scenario in every release that was asked for; then, where that can be
 * compared, the figures of all. */
static void run_releases(const struct scenario *s, const struct runFlags *given,
                         bool apart)
{
    const struct runFlags same = flags_for_all(s, given), *f = &same;
    const struct goversion *newest = goversion_newest();
    struct releaseFigures of[MaxReleases + 1] = {{.v = NULL}};
    bool compares = compares_newest(f), beside = compares && may_run_beside(s);
    struct asked asked;
    if (beside)
        asked = run_quietly(s, f, newest);
    size_t n = run_given(s, f, apart, of);
    if (compares) {
        of[n].v = newest;
        of[n].on = scenario_on(s, newest);
        run_answer(beside ? asked : run_quietly(s, f, newest), &of[n].figures);
        n++;
    }
    if (format_of(f) == FORMAT_TEXT &&
        (n > 1 || (!f->whole && of[0].figures.n > 0))) {
        putchar('\n');
        thennow_print(s, of, n, f->whole ? SIZE_MAX : BriefFigures);
    }
    while (n-- > 0)
        figures_free(&of[n].figures);
}

static void run_list(const struct scenario *const *list,
                     const struct runFlags *f)
{
    bool apart = list[1] != NULL || f->go.list[1] != NULL || compares_newest(f);
    size_t n = 0;
    while (list[n] != NULL)
        n++;
    if (n > 1 && format_of(f) == FORMAT_TEXT)
        pager_start();
    if (f->json)
        open_json(f);
    if (f->tsv)
        report_tsv_header(f->go.list[1] != NULL);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            fputs(between(f), stdout);
        run_releases(list[i], f, apart);
        if (quiet())
            progress(i + 1, n, "scenarios");
    }
    if (quiet())
        progress_doing(NULL);
    if (f->json)
        puts("]}");
    if (format_of(f) == FORMAT_TEXT && !f->whole)
        print_paragraph("-v shows all of it: every chain, table and growth.", 0,
                        STYLE_DIM);
}

/* What `hmap page` is to be told of the same run. */
static void add_number(char **words, int *n, const char *flag, int64_t value)
{
    if (value == NotGiven)
        return;
    words[(*n)++] = xprintf("-%s", flag);
    words[(*n)++] = xprintf("%" PRId64, value);
}

static void write_page(const struct scenario *s, const struct runFlags *f)
{
    char *words[16], *go = NULL;
    int n = 0;
    words[n++] = xprintf("page");
    words[n++] = xprintf("-o=%s", f->page);
    add_number(words, &n, "n", f->n);
    add_number(words, &n, "hint", f->hint);
    words[n++] = xprintf("-seed");
    words[n++] = xprintf("%" PRIu64, f->seed);
    if (f->type != NULL)
        words[n++] = xprintf("-type=%s", f->type);
    for (int i = 0; !f->plain && f->go.list[i] != NULL; i++) {
        const char *name = f->go.list[i]->name + strlen("go");
        go = i == 0 ? xprintf("-go=%s", name) : xprintf("%s,%s", go, name);
    }
    if (go != NULL)
        words[n++] = go;
    words[n++] = (char *)(uintptr_t)s->name;
    command_want("page")->run(n, words);
}

static int run(int argc, char **argv)
{
    struct runFlags f = {
        .n = NotGiven,
        .hint = NotGiven,
        .w = NotGiven,
        .rate = 1,
        .seed = DefaultSeed,
        .go = {{NULL}},
    };
    int at = flags_parse(&cmd_run, argc, argv, &f);
    f.plain = f.go.list[0] == NULL;
    if (f.plain)
        f.go.list[0] = modelled;
    if (f.json && f.tsv)
        usage_error("run: -json or -tsv, not both");
    const struct scenario *const *list = scenarios;
    const struct scenario **named =
        xcalloc((size_t)(argc - at) + 1, sizeof(struct scenario *));
    for (int i = at; i < argc; i++)
        named[i - at] = scenario_want(argv[i]);
    if (at < argc)
        list = named;
    else
        f.whole = true; /* the tour is */
    if (profile_files_wanted(&f.files) && argc - at != 1)
        usage_error("run: a profile is of one scenario: name it");
    if (profile_files_wanted(&f.files) && f.go.list[1] != NULL)
        usage_error("run: a profile is of one release: -go %s",
                    f.go.list[0]->name + strlen("go"));
    profile_files_check(&f.files, NULL);
    for (int i = 0; list[i] != NULL; i++)
        run_flags_check(list[i], &f);
    if (f.page != NULL && (argc - at != 1 || f.json || f.tsv))
        usage_error("run: -page is of one scenario, printed as text: name it");
    run_list(list, &f);
    if (f.page != NULL)
        write_page(list[0], &f);
    free(named);
    return EXIT_OK;
}

const struct command cmd_run = {
    .name = "run",
    .args = "[SCENARIO...]",
    .summary = "run scenarios and print who allocated what, chain by chain",
    .flags = flags,
    .doc =
        "Without a name: the tour of every scenario, all of it; with one: its "
        "answer, and -v for all. A chain reads from the "
        "function that allocated to the one that asked: runtime.mallocgc < ... "
        "< main.fill. Beside it stands the tier that served: tiny (a 16-byte "
        "block of tiny objects), mcache (the thread's own span had room), "
        "mcentral (a new span had to be fetched), mheap (above 32 KiB).\n\n"
        "Go's environment is read: GOGC, GOMEMLIMIT, GOMAXPROCS, "
        "GODEBUG=gctrace=1,allocfreetrace=1,cpu.aes=off.\n\n"
        " hmap run first-inserts\n"
        " hmap run small-map -n 500 -type 'map[int]struct{}'\n"
        " hmap run append -sort space -frames go\n"
        " hmap run -tsv > chains.tsv",
    .takes = scenario_exists,
    .run = run,
};
