/*
 * cmd_run.c: `hmap run`: one scenario, some, or the tour of all.
 *
 * Where several run, each gets a process of its own: it starts with an empty
 * heap, so that it shows the same numbers as when it is run alone, and what it
 * used is gone when it ends.
 */
#include "runtime/base/goversion.h"
#include "runtime/type/hash.h"
#include "tools/cli/cmd.h"
#include "tools/cli/program.h"
#include "tools/profile/profileout.h"
#include "tools/scenarios/scenario.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NotGiven = -1, LargestN = 100000000 };

struct runFlags {
    int64_t n, hint, rate, w;
    const char *type;
    const struct type *map; /* type, where it is given */
    uint64_t seed;
    struct releases go;
    int frames, sort;
    bool json, tsv;
    struct profileFiles files;
};

static const char *const frame_words[] = {"full", "go", NULL};
static const enum frameView frame_views[] = {FRAMES_FULL, FRAMES_GO};
static const char *const sort_words[] = {"objects", "space", NULL};
static const enum chainOrder sort_orders[] = {CHAINS_OBJECTS, CHAINS_SPACE};

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
    {"json", NULL, "Print one JSON document with everything.", FLAG_BOOL,
     offsetof(struct runFlags, json), 0, 0, NULL},
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

/* A flag that a scenario does not know would be ignored in silence: refused. */
static void check_takes(const struct scenario *s, const struct runFlags *f)
{
    if (f->n != NotGiven && !(s->takes & TAKES_N))
        usage_error("scenario %s takes no -n; `hmap scenarios` shows which do",
                    s->name);
    if (f->hint != NotGiven && !(s->takes & TAKES_HINT))
        usage_error("scenario %s takes no -hint; `hmap scenarios` shows which "
                    "do",
                    s->name);
    if (f->type != NULL && !(s->takes & TAKES_TYPE))
        usage_error("scenario %s takes no -type; `hmap scenarios` shows which "
                    "do",
                    s->name);
    if (f->w != NotGiven && !(s->takes & TAKES_W))
        usage_error("scenario %s takes no -w; `hmap scenarios` shows which do",
                    s->name);
    if (f->n != NotGiven && (f->n < 1 || f->n > s->nmax))
        usage_error("scenario %s: -n %" PRId64 ": want 1 to %" PRId64, s->name,
                    f->n, s->nmax);
}

/* The map that text names. How it lies in memory is another matter: that depends
 * on the release, which is chosen later. */
static const struct type *map_named(const char *text)
{
    struct typeError err;
    const struct type *t = type_parse(text, &err);
    if (t != NULL && t->kind == kindMap)
        return t;
    maptype_parse(text, &err); /* says what is wrong with it */
    usage_error("-type '%s': at byte %zu: %s", text, err.at + 1, err.msg);
}

static const struct maptype *layout_of(const struct type *map)
{
    struct typeError err;
    const struct maptype *t = maptype_of(map->key, map->elem, &err);
    if (t == NULL)
        usage_error("-type '%s': %s", map->str, err.msg);
    return t;
}

/* Entries that do not fit into memory would only drive the machine to swap. */
static void check_fits(const struct scenario *s, const struct runFlags *f)
{
    uint64_t n = (uint64_t)(f->n != NotGiven ? f->n : s->n), bytes;
    uint64_t memory =
        (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t entry = f->map->key->size + f->map->elem->size;
    if (mul_overflows(n, entry, &bytes) || bytes > memory)
        usage_error("scenario %s: %" PRIu64 " entries of %" PRIu64
                    " bytes are more than this machine's memory, %" PRIu64
                    " MiB; try a smaller -n or -type",
                    s->name, n, entry, memory >> 20);
}

static void print_heading(const struct scenario *s, const struct runFlags *f,
                          const struct scenarioArgs *a)
{
    char n[40] = "", hint[40] = "", w[40] = "";
    char *line = xprintf("%s: %s", s->name, s->lesson);
    print_paragraph(line, 0, STYLE_TITLE);
    free(line);
    if (s->takes & TAKES_N)
        snprintf(n, sizeof n, ", n %s", commas(a->n));
    if (s->takes & TAKES_HINT)
        snprintf(hint, sizeof hint, ", hint %s", commas(a->hint));
    if (s->takes & TAKES_W)
        snprintf(w, sizeof w, ", w %s", commas(a->w));
    line = xprintf("%s, seed %" PRIu64 ", %s hash%s%s%s%s%s", modelled->name,
                   f->seed, hash_family(), a->type != NULL ? ", " : "",
                   a->type != NULL ? a->type->typ.str : "", n, hint, w);
    print_paragraph(line, 0, STYLE_DIM);
    free(line);
    if (s->races == NULL)
        return;
    line = xprintf("not repeatable: %s", s->races);
    print_paragraph(line, 0, STYLE_DIM);
    free(line);
}

static json_t *json_scenario(const struct scenario *s,
                             const struct scenarioArgs *a,
                             const struct report *r)
{
    json_t *doc = json_pack("{s:s, s:s, s:s}", "scenario", s->name, "lesson",
                            s->lesson, "hash", hash_family());
    if (r->release != NULL)
        json_object_set_new(doc, "version", json_string(r->release));
    if (s->takes & TAKES_N)
        json_object_set_new(doc, "n", json_integer(a->n));
    if (s->takes & TAKES_HINT)
        json_object_set_new(doc, "hint", json_integer(a->hint));
    if (s->takes & TAKES_W)
        json_object_set_new(doc, "w", json_integer(a->w));
    if (a->type != NULL)
        json_object_set_new(doc, "type", json_string(a->type->typ.str));
    if (s->races != NULL)
        json_object_set_new(doc, "not_repeatable", json_string(s->races));
    json_object_set_new(doc, "parts", r->parts);
    return doc;
}

static void run_one(const struct scenario *s, const struct runFlags *f,
                    const struct goversion *v)
{
    program_start(v, f->seed, f->rate);
    program_use_aes();
    gc_scan_this_stack(__builtin_frame_address(0));
    struct scenarioArgs a = {
        .n = f->n != NotGiven ? f->n : s->n,
        .hint = f->hint != NotGiven ? f->hint : s->hint,
        .w = f->w != NotGiven ? f->w : s->w,
    };
    if (s->takes & TAKES_TYPE)
        a.type = layout_of(f->map != NULL ? f->map : map_named(s->type));
    struct report r = {
        .scenario = s->name,
        .release = f->go.list[1] != NULL ? v->name : NULL,
        .format = f->json  ? FORMAT_JSON
                  : f->tsv ? FORMAT_TSV
                           : FORMAT_TEXT,
        .view = frame_views[f->frames],
        .order = sort_orders[f->sort],
        .rate = f->rate,
        .parts = f->json ? json_array() : NULL,
    };
    if (r.format == FORMAT_TEXT)
        print_heading(s, f, &a);
    profile_files_rescue(&f->files);
    s->run(&r, &a);
    profile_files_write(&f->files);
    if (r.format == FORMAT_JSON)
        print_json(json_scenario(s, &a, &r));
}

/* In a process of its own. What ended it badly ends us in the same way. */
static void run_apart(const struct scenario *s, const struct runFlags *f,
                      const struct goversion *v)
{
    output_finish();
    pid_t pid = fork();
    if (pid < 0)
        io_error("a process for scenario %s", s->name);
    if (pid == 0) {
        run_one(s, f, v);
        output_finish();
        _exit(EXIT_OK);
    }
    int status;
    if (waitpid(pid, &status, 0) < 0)
        io_error("waiting for scenario %s", s->name);
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    if (WEXITSTATUS(status) != EXIT_OK)
        exit(WEXITSTATUS(status));
}

/* What holds for all that run. A release is named here only where it is the only
 * one; else each scenario says its own. */
static void open_json(const struct runFlags *f)
{
    fputs("{", stdout);
    if (f->go.list[1] == NULL)
        printf("\"version\": \"%s\", ", f->go.list[0]->name);
    printf("\"seed\": %" PRIu64 ", \"memprofilerate\": %" PRId64
           ", \"frames\": \"%s\",\n\"scenarios\": [\n",
           f->seed, f->rate, frame_words[f->frames]);
}

static void run_list(const struct scenario *const *list,
                     const struct runFlags *f)
{
    bool alone = list[0] != NULL && list[1] == NULL && f->go.list[1] == NULL;
    const char *between = f->tsv ? "" : f->json ? ",\n" : "\n\n";
    if (f->json)
        open_json(f);
    if (f->tsv)
        report_tsv_header(f->go.list[1] != NULL);
    for (int i = 0; list[i] != NULL; i++) {
        for (int j = 0; f->go.list[j] != NULL; j++) {
            if (i > 0 || j > 0)
                fputs(between, stdout);
            if (alone)
                run_one(list[i], f, f->go.list[j]);
            else
                run_apart(list[i], f, f->go.list[j]);
        }
    }
    if (f->json)
        puts("]}");
}

static int run(int argc, char **argv)
{
    struct runFlags f = {
        .n = NotGiven,
        .hint = NotGiven,
        .w = NotGiven,
        .rate = 1,
        .seed = DefaultSeed,
        .go = {{modelled}},
    };
    int at = flags_parse(&cmd_run, argc, argv, &f);
    if (f.json && f.tsv)
        usage_error("run: -json or -tsv, not both");
    const struct scenario *const *list = scenarios;
    const struct scenario **named =
        xcalloc((size_t)(argc - at) + 1, sizeof(struct scenario *));
    for (int i = at; i < argc; i++)
        named[i - at] = scenario_want(argv[i]);
    if (at < argc)
        list = named;
    if (profile_files_wanted(&f.files) && argc - at != 1)
        usage_error("run: a profile is of one scenario: name it");
    if (profile_files_wanted(&f.files) && f.go.list[1] != NULL)
        usage_error("run: a profile is of one release: -go %s",
                    f.go.list[0]->name + strlen("go"));
    profile_files_check(&f.files, NULL);
    for (int i = 0; list[i] != NULL; i++)
        check_takes(list[i], &f);
    if (f.type != NULL)
        f.map = map_named(f.type);
    for (int i = 0; f.type != NULL && list[i] != NULL; i++)
        check_fits(list[i], &f);
    run_list(list, &f);
    free(named);
    return EXIT_OK;
}

const struct command cmd_run = {
    .name = "run",
    .args = "[SCENARIO...]",
    .summary = "run scenarios and print who allocated what, chain by chain",
    .flags = flags,
    .doc =
        "Without a name: the tour of every scenario. A chain reads from the "
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
    .run = run,
};
