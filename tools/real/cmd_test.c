/*
 * cmd_test.c: `hmap test`: go test with profiles of every frame, and then what
 * explain has to say of all of them together.
 *
 *     go list -> packages -> go test -overlay … -memprofile, one by one
 *             -> the profiles merged -> hmap explain
 */
#include "tools/cli/cmd.h"
#include "tools/lib/outfile.h"
#include "tools/lib/process.h"
#include "tools/profile/profileout.h"
#include "tools/real/overlay.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char test_doc[] =
    "PACKAGES are as for go test (./..., the folder's own by default), and all "
    "flags are go test's: -run, -bench, -count, -tags …, the packages before "
    "them. Each package's tests run once with a profile of every allocation "
    "and every frame (`hmap help overlay`); then `hmap explain` tells of all "
    "packages together. Where go test fails its exit status is kept.\n"
    "\n"
    "  hmap test ./...\n"
    "  hmap test ./decode -run NONE -bench .";

static int run(int argc, char **argv);

const struct command cmd_test = {
    .name = "test",
    .args = "[PACKAGES] [FLAGS OF go test]",
    .summary = "go test with every frame profiled, and explain over all of it",
    .doc = test_doc,
    .run = run,
};

/* A row of words, NULL at the end. */
struct words {
    const char **list;
    size_t n, cap;
};

static void add_word(struct words *w, const char *word)
{
    w->list = array_reserve(w->list, &w->cap, w->n + 2, sizeof *w->list);
    w->list[w->n++] = word;
    w->list[w->n] = NULL;
}

/* Gives back w and its words, which are its own. */
static void free_own_words(struct words *w)
{
    for (size_t i = 0; i < w->n; i++)
        free((char *)(uintptr_t)w->list[i]);
    free(w->list);
}

/* Packages stand before the flags; behind them, what can be nothing else. */
static bool is_package(const char *word, bool flags_began)
{
    if (!flags_began)
        return *word != '-';
    return strcmp(word, ".") == 0 || strncmp(word, "./", 2) == 0 ||
           strncmp(word, "../", 3) == 0;
}

static void split_words(int argc, char **argv, struct words *packages,
                        struct words *flags)
{
    bool flags_began = false, args = false;
    for (int i = 1; i < argc; i++) {
        flags_began |= *argv[i] == '-';
        args |= strcmp(argv[i], "-args") == 0;
        add_word(!args && is_package(argv[i], flags_began) ? packages : flags,
                 argv[i]);
    }
}

/* The packages that go knows by these words, into list. Returns go's status. */
static int list_packages(const struct words *asked, const char *dir,
                         struct words *list)
{
    struct words w = {0};
    add_word(&w, "go");
    add_word(&w, "list");
    for (size_t i = 0; i < asked->n; i++)
        add_word(&w, asked->list[i]);
    char *out = xprintf("%s/packages", dir);
    int status = process_run(&(struct process){.out = out, .argv = w.list});
    FILE *f = fopen(out, "r");
    char *line = NULL;
    size_t cap = 0;
    while (f && status == 0 && getline(&line, &cap, f) > 0) {
        line[strcspn(line, "\n")] = '\0';
        add_word(list, xprintf("%s", line));
    }
    if (f)
        fclose(f);
    free(line);
    free(out);
    free(w.list);
    return status;
}

/* go test of one package; the profile, where it left one, is added to *all. */
static int test_package(const char *package, const struct words *flags,
                        const char *overlay, const char *dir,
                        struct words *profiles)
{
    char *profile = xprintf("%s/%zu.pb.gz", dir, profiles->n);
    char *binary = xprintf("%s/tests", dir);
    const char *const first[] = {
        "go",          "test",  "-overlay",        overlay,
        "-memprofile", profile, "-memprofilerate", "1",
        "-o",          binary};
    struct words w = {0};
    for (size_t i = 0; i < ARRAY_LEN(first); i++)
        add_word(&w, first[i]);
    size_t args = 0;
    while (args < flags->n && strcmp(flags->list[args], "-args") != 0)
        add_word(&w, flags->list[args++]);
    add_word(&w, package);
    while (args < flags->n)
        add_word(&w, flags->list[args++]);
    int status = process_run(&(struct process){.argv = w.list});
    add_word(profiles, profile);
    free(binary);
    free(w.list);
    return status;
}

/* All profiles that were written, as one file; NULL: there is none. */
static char *merge_profiles(const struct words *profiles, const char *dir)
{
    char err[ProfErrorSize];
    struct profile **list = xcalloc(profiles->n, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < profiles->n; i++)
        if ((list[n] = profile_read(profiles->list[i], err)))
            n++;
    struct profile *all = n ? profile_merge(list, n, err) : NULL;
    char *path = all ? xprintf("%s/all.pb.gz", dir) : NULL;
    struct outfile o;
    if (all && (!outfile_open(&o, path) ||
                !outfile_close(&o, profile_write_proto(all, o.f))))
        io_error("%s", path);
    for (size_t i = 0; i < n; i++)
        profile_free(list[i]);
    profile_free(all);
    free(list);
    return path;
}

static int test_and_explain(const struct words *packages,
                            const struct words *flags, const char *overlay,
                            const char *dir)
{
    struct words list = {0}, profiles = {0};
    int worst = list_packages(packages, dir, &list);
    for (size_t i = 0; i < list.n; i++) {
        int status = test_package(list.list[i], flags, overlay, dir, &profiles);
        worst = worst ? worst : status;
    }
    char *all = merge_profiles(&profiles, dir);
    if (all) {
        char command[] = "explain", *explain[] = {command, all, NULL};
        fflush(stdout);
        cmd_explain.run(2, explain);
    }
    free(all);
    free_own_words(&list);
    free_own_words(&profiles);
    return worst;
}

static int run(int argc, char **argv)
{
    struct words packages = {0}, flags = {0};
    char err[OverlayErrorSize];
    split_words(argc, argv, &packages, &flags);
    char *root = go_root(err);
    char *overlay = root ? overlay_make(root, err) : NULL;
    if (!overlay)
        file_error("%s", err);
    struct tempdir dir;
    tempdir_make(&dir, "hmap-test");
    int status = test_and_explain(&packages, &flags, overlay, dir.path);
    output_finish();
    tempdir_remove(&dir);
    free(overlay);
    free(root);
    free(packages.list);
    free(flags.list);
    return status;
}
