/*
 * profileout.c: the files that a command was asked for, all from one reading of
 * the heap profile.
 */
#include "tools/profile/profileout.h"

#include "tools/lib/exits.h"
#include "tools/lib/outfile.h"
#include "tools/profile/proftext.h"
#include <pthread.h>

bool profile_files_wanted(const struct profileFiles *w)
{
    return w->memprofile || w->folded || w->speedscope || w->text;
}

/* name: of an output, or of the input, which is to stay. */
static void check_differs(const char *name, const char *other, const char *why)
{
    if (name != NULL && other != NULL && outfile_same(name, other))
        usage_error("%s: %s", name, why);
}

void profile_files_check(const struct profileFiles *w, const char *input)
{
    const char *const names[] = {w->memprofile, w->folded, w->speedscope,
                                 w->text};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        check_differs(names[i], input,
                      "the profile would overwrite what is read");
        for (size_t j = 0; j < i; j++)
            check_differs(names[i], names[j],
                          "wanted in two formats: the second would overwrite "
                          "the first");
        if (names[i] != NULL && !outfile_possible(names[i]))
            io_error("%s", names[i]);
    }
}

static void create(struct outfile *o, const char *path)
{
    if (!outfile_open(o, path))
        io_error("%s", path);
}

/* good: everything was written. */
static void finish(struct outfile *o, const char *path, bool good)
{
    if (!outfile_close(o, good))
        io_error("%s", path);
}

/* The forms that show what samples stand for. */
static void write_scaled(const struct profileFiles *w, struct profile *p)
{
    struct outfile o;
    if (w->memprofile) {
        create(&o, w->memprofile);
        finish(&o, w->memprofile, profile_write_proto(p, o.f));
    }
    if (w->folded) {
        create(&o, w->folded);
        finish(&o, w->folded, profile_write_folded(p, ALLOC_OBJECTS, o.f));
    }
    if (w->speedscope) {
        create(&o, w->speedscope);
        finish(&o, w->speedscope,
               profile_write_speedscope(p, w->speedscope, o.f));
    }
}

static void write_files(const struct profileFiles *w)
{
    enum frameView view = w->goview ? FRAMES_USER : FRAMES_FULL;
    struct profile *p = profile_of_heap(view, false);
    write_scaled(w, p);
    profile_free(p);
    if (w->text) {
        struct outfile o;
        create(&o, w->text);
        p = profile_of_heap(view, true);
        finish(&o, w->text, profile_write_text(p, o.f));
        profile_free(p);
    }
}

/* Whoever writes first does it: the ordinary end, or the watcher of rescue.c
 * because of a signal. That one ends the program, so it is waited for in
 * vain. */
void profile_files_write(const struct profileFiles *w)
{
    static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;
    static bool written;
    if (!profile_files_wanted(w))
        return;
    pthread_mutex_lock(&writing);
    if (!written)
        write_files(w);
    written = true;
    pthread_mutex_unlock(&writing);
}
