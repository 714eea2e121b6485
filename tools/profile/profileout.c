/*
 * profileout.c: the files that a command was asked for, all from one reading of
 * the heap profile.
 */
#include "tools/profile/profileout.h"

#include "runtime/base/throw.h"
#include "tools/lib/exits.h"
#include "tools/profile/proftext.h"
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

bool profile_files_wanted(const struct profileFiles *w)
{
    return w->memprofile || w->folded || w->speedscope || w->text;
}

void profile_files_check(const struct profileFiles *w)
{
    const char *const names[] = {w->memprofile, w->folded, w->speedscope,
                                 w->text};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        for (size_t j = 0; j < i; j++)
            if (names[i] && names[j] && strcmp(names[i], names[j]) == 0)
                usage_error("%s: wanted in two formats: the second would "
                            "overwrite the first",
                            names[i]);
}

static FILE *create(const char *path)
{
    FILE *f = fopen(path, "wb");
    if (!f)
        io_error("%s", path);
    return f;
}

/* ok: everything was written. What the system keeps back shows at the close. */
static void finish(FILE *f, const char *path, bool ok)
{
    if (fclose(f) != 0 || !ok)
        io_error("%s", path);
}

void profile_files_write(const struct profileFiles *w)
{
    if (!profile_files_wanted(w))
        return;
    enum frameView view = w->goview ? FRAMES_USER : FRAMES_FULL;
    struct profile *p = profile_of_heap(view, false);
    if (w->memprofile) {
        FILE *f = create(w->memprofile);
        finish(f, w->memprofile, profile_write_proto(p, f));
    }
    if (w->folded) {
        FILE *f = create(w->folded);
        finish(f, w->folded, profile_write_folded(p, ALLOC_OBJECTS, f));
    }
    if (w->speedscope) {
        FILE *f = create(w->speedscope);
        finish(f, w->speedscope, profile_write_speedscope(p, w->speedscope, f));
    }
    profile_free(p);
    if (w->text) {
        FILE *f = create(w->text);
        p = profile_of_heap(view, true);
        finish(f, w->text, profile_write_text(p, f));
        profile_free(p);
    }
}

static const struct profileFiles *atCrash;

/* In a child: where the heap under study is broken, or memory is short, it may
 * fail, and yet the program that dies has its words to say. */
static void write_at_crash(void)
{
    enum { Patience = 20 }; /* seconds: a lock may never be free again */
    fflush(stdout);         /* or the child would print it once more */
    pid_t child = fork();
    if (child == 0) {
        alarm(Patience);
        profile_files_write(atCrash);
        _exit(EXIT_OK);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

void profile_files_at_crash(const struct profileFiles *w)
{
    if (!profile_files_wanted(w))
        return;
    atCrash = w;
    atcrash(write_at_crash);
}
